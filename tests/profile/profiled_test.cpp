// SPDX-License-Identifier: MIT
#include <poise/profile/control.hpp>
#include <poise/profile/profiled.hpp>
#include <poise/profile/report.hpp>

#include <gtest/gtest.h>

#include <concepts>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

namespace poise::profile {
namespace {

class profiled_callables : public testing::Test {
protected:
    profiled_callables() {
        enable();
        reset();
    }
    ~profiled_callables() override {
        disable();
        reset();
    }
    static std::uint64_t calls_of(std::string const& name) {
        report const seen;
        scope_statistics const* const found = seen.find(name);
        return found == nullptr ? 0 : found->calls;
    }
};

int add(int a, int b) { return a + b; }

struct account {
    int balance = 0;
    int deposit(int amount) { return balance += amount; }
};

TEST_F(profiled_callables, EachCallIsAScope) {
    auto const sum = profiled("sum", add);
    EXPECT_EQ(sum(1, 2), 3);
    EXPECT_EQ(sum(3, 4), 7);
    EXPECT_EQ(calls_of("sum"), 2U);
}

TEST_F(profiled_callables, NamesMayBeStrings) {
    std::string name = "row 1";
    auto const one = profiled(name, [] { return 1; });
    name = "something else";
    EXPECT_EQ(one(), 1);
    EXPECT_EQ(profiled(std::string_view{"row 2"}, [] { return 2; })(), 2);
    EXPECT_EQ(calls_of("row 1"), 1U);
    EXPECT_EQ(calls_of("row 2"), 1U);
    EXPECT_EQ(calls_of("something else"), 0U);
}

TEST_F(profiled_callables, ScopesInsideNestBelow) {
    auto const outer = profiled("outer", [] { return profiled("inner", add)(1, 1); });
    EXPECT_EQ(outer(), 2);
    EXPECT_EQ(calls_of("outer/inner"), 1U);
}

TEST_F(profiled_callables, AnExceptionEndsTheScope) {
    auto const failing = profiled("failing", [] { throw std::runtime_error{"no"}; });
    EXPECT_THROW(failing(), std::runtime_error);
    EXPECT_THROW(failing(), std::runtime_error);
    EXPECT_EQ(calls_of("failing"), 2U);  // not "failing/failing"
}

TEST_F(profiled_callables, TakesMembersStateAndWhatOnlyMoves) {
    account mine;
    auto const deposit = profiled("deposit", &account::deposit);
    EXPECT_EQ(deposit(mine, 5), 5);
    EXPECT_EQ(deposit(&mine, 5), 10);
    EXPECT_EQ(profiled("balance", &account::balance)(mine), 10);

    auto counting = profiled("counting", [n = 0]() mutable { return ++n; });
    counting();
    EXPECT_EQ(counting(), 2);

    auto const owning = profiled("owning", [p = std::make_unique<int>(3)] { return *p; });
    EXPECT_EQ(owning(), 3);
    auto const takes = profiled("takes", [](std::unique_ptr<int> p) { return *p; });
    EXPECT_EQ(takes(std::make_unique<int>(4)), 4);
    EXPECT_EQ(calls_of("deposit"), 2U);
    EXPECT_EQ(calls_of("counting"), 2U);
}

TEST_F(profiled_callables, ResultsAndArgumentsKeepTheirReferences) {
    int value = 1;
    auto const same = profiled("same", [](int& x) -> int& { return x; });
    static_assert(std::same_as<decltype(same(value)), int&>);
    same(value) = 9;
    EXPECT_EQ(value, 9);
    auto const moved = profiled("moved", [](std::string&& s) -> std::string&& { return std::move(s); });
    static_assert(std::same_as<decltype(moved(std::string{})), std::string&&>);
    auto const none = profiled("none", [] {});
    static_assert(std::is_void_v<decltype(none())>);
    struct stuck {
        stuck() = default;
        stuck(stuck const&) = delete;
    };
    [[maybe_unused]] stuck const made = profiled("stuck", [] { return stuck{}; })();
}

// Which overload runs says as what it was called.
struct by_kind {
    int operator()() & { return 1; }
    int operator()() const& { return 2; }
    int operator()() && { return 3; }
    int operator()() const&& { return 4; }
};

TEST_F(profiled_callables, CallsAsWhatItIsCalled) {
    auto wrapped = profiled("kind", by_kind{});
    EXPECT_EQ(wrapped(), 1);
    EXPECT_EQ(std::as_const(wrapped)(), 2);
    EXPECT_EQ(std::move(wrapped)(), 3);
    EXPECT_EQ(std::move(std::as_const(wrapped))(), 4);
}

template <class F, class... Args>
using wrapped_t = decltype(profiled("x", std::declval<F>()));

TEST_F(profiled_callables, IsInvocableExactlyWhereTheCallableIs) {
    auto const takes_int = [](int) {};
    using Wrapped = wrapped_t<decltype(takes_int)>;
    static_assert(std::invocable<Wrapped&, int> && std::invocable<Wrapped const&, int>);
    static_assert(!std::invocable<Wrapped&> && !std::invocable<Wrapped&, std::string>);

    auto const changing = [n = 0]() mutable { return ++n; };
    static_assert(std::invocable<wrapped_t<decltype(changing)>&>);
    static_assert(!std::invocable<wrapped_t<decltype(changing)> const&>);

    struct constant_only {
        void operator()() & = delete;
        void operator()() const& {}
    };
    static_assert(std::invocable<wrapped_t<constant_only> const&>);
    static_assert(!std::invocable<wrapped_t<constant_only>&>);  // no other overload steps in
    struct once {
        void operator()() && {}
    };
    static_assert(std::invocable<wrapped_t<once>> && !std::invocable<wrapped_t<once>&>);
}

TEST_F(profiled_callables, IsNoexceptWhereTheCallableIs) {
    static_assert(std::is_nothrow_invocable_v<decltype(profiled("x", [](int) noexcept {})) const&, int>);
    static_assert(!std::is_nothrow_invocable_v<decltype(profiled("x", [](int) {})) const&, int>);
}

TEST_F(profiled_callables, IsAFunctionForThoseThatStoreOne) {
    std::function<int(int, int)> const stored = profiled("stored", add);
    EXPECT_EQ(stored(2, 2), 4);
    EXPECT_EQ(calls_of("stored"), 1U);
}

}  // namespace
}  // namespace poise::profile
