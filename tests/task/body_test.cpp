// SPDX-License-Identifier: MIT
#include <poise/task/body.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <type_traits>

namespace task = poise::task;

namespace {
struct takes_int {
    int operator()(int const& x) const { return x; }
};
struct takes_mutable_reference {
    int operator()(int& x) const { return x; }
};
struct mutable_call {
    int operator()() { return 0; }
};
}  // namespace

TEST(Body, AcceptsCallablesThatFitTheInputs) {
    static_assert(task::callable_with<takes_int, task::handle<int>>);
    static_assert(task::callable_with<takes_int, task::handle<short>>, "conversions are the language's");
    static_assert(task::callable_with<takes_int, task::handle<int>, task::handle<void>>, "order only");
    auto const total = [](task::collection<int> const& all) { return all.size(); };
    static_assert(task::callable_with<decltype(total), task::handles<int>>);
    auto const indexed = [](std::size_t i, int const& x) { return static_cast<int>(i) + x; };
    static_assert(task::callable_with_index<decltype(indexed), task::handle<int>>);
}

TEST(Body, RefusesCallablesThatDoNotFit) {
    static_assert(!task::callable_with<takes_int, task::handle<std::string>>);
    static_assert(!task::callable_with<takes_int>);
    static_assert(!task::callable_with<takes_int, task::handles<int>>);
    static_assert(!task::callable_with<takes_mutable_reference, task::handle<int>>, "results are shared: const only");
    static_assert(!task::callable_with<mutable_call>, "a graph may run twice");
    static_assert(!task::callable_with_index<takes_int, task::handle<int>>);
}

TEST(Body, KeepsReferencesAsValues) {
    static int const number = 7;
    using body_type = task::detail::body_of<int const& (*)(), false>;
    static_assert(std::is_same_v<body_type::result, int>);
    body_type const body{[]() -> int const& { return number; }, 0, 8};
    alignas(8) std::byte results[16];
    auto const came = task::detail::kind_of_body<body_type>.call(&body, {.results = results, .run = nullptr}, 0);
    EXPECT_EQ(came, task::detail::verdict::done);
    int const* const held = task::detail::results_at<int>(results, 8);
    EXPECT_EQ(*held, 7);
    EXPECT_NE(held, &number);
}

TEST(Body, TakesNoMoreRoomThanItNeeds) {
    auto const nothing = [] {};
    static_assert(sizeof(task::detail::body_of<decltype(nothing), false>) == 1);
    auto const ordered = [] {};
    static_assert(sizeof(task::detail::body_of<decltype(ordered), false, task::handle<void>>) == 1);
    auto const sum = [](int a, int b) { return a + b; };
    static_assert(sizeof(task::detail::body_of<decltype(sum), false, task::handle<int>, task::handle<int>>) ==
                  3 * sizeof(std::size_t));
}

TEST(Body, NeedsNoDestructorWhereTheCallableNeedsNone) {
    auto const plain = [x = 1] { return x; };
    auto const owner = [x = std::string{"x"}] { return x; };
    EXPECT_EQ((task::detail::kind_of_body<task::detail::body_of<decltype(plain), false>>.destroy), nullptr);
    EXPECT_NE((task::detail::kind_of_body<task::detail::body_of<decltype(owner), false>>.destroy), nullptr);
    EXPECT_EQ(task::detail::kind_of<int>.destroy, nullptr);
    EXPECT_NE(task::detail::kind_of<std::string>.destroy, nullptr);
}
