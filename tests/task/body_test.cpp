// SPDX-License-Identifier: MIT
#include <poise/task/body.hpp>

#include <gtest/gtest.h>

#include <string>

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

TEST(Body, ReturnsReferencesAsValues) {
    static int const number = 7;
    task::detail::body_of<int const& (*)(), std::tuple<>> const body{[]() -> int const& { return number; }};
    auto const result = body.run({}, 0);
    auto const& held = static_cast<task::detail::slot_of<int> const&>(*result).value;
    EXPECT_EQ(held, 7);
    EXPECT_NE(&held, &number);
}

TEST(Collection, GivesTheResultsInOrder) {
    int const a = 1, b = 2;
    task::collection<int> const both{{&a, &b}};
    ASSERT_EQ(both.size(), 2u);
    EXPECT_EQ(&both[0], &a);
    EXPECT_EQ(&both[1], &b);
}
