// SPDX-License-Identifier: MIT
#include <poise/profile/body.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <type_traits>

namespace poise::profile {
namespace {

int called = 0;
void count_call() { ++called; }

TEST(Body, RunsACallableSoOften) {
    int n = 0;
    body const counting{[&n] { return ++n; }};
    counting(0);
    EXPECT_EQ(n, 0);
    counting(7);
    counting(3);
    EXPECT_EQ(n, 10);
}

TEST(Body, TakesFunctionsStateAndWhatOnlyMoves) {
    called = 0;
    body const function{count_call};
    body const pointer{&count_call};
    function(2);
    pointer(3);
    EXPECT_EQ(called, 5);

    int seen = 0;
    body const changing{[n = 0, &seen]() mutable { seen = ++n; }};
    changing(4);
    EXPECT_EQ(seen, 4);
    body const same = changing;  // copies share the state
    same(1);
    EXPECT_EQ(seen, 5);

    body const owning{[p = std::make_unique<int>(3), &seen] { seen = *p; }};
    owning(1);
    EXPECT_EQ(seen, 3);
}

TEST(Body, IsMadeOnlyOfWhatCanBeCalled) {
    static_assert(!std::is_constructible_v<body, int>);
    auto const needs_argument = [](int) {};
    static_assert(!std::is_constructible_v<body, decltype(needs_argument)>);
    static_assert(std::is_constructible_v<body, void (&)()>);
}

TEST(Body, LetsExceptionsThroughAndKeepsNothing) {
    auto owner = std::make_shared<int>(1);
    std::weak_ptr<int> const watched = owner;
    {
        body const throwing{[owner = std::move(owner)] { throw std::runtime_error{"no"}; }};
        EXPECT_THROW(throwing(5), std::runtime_error);
        EXPECT_FALSE(watched.expired());
    }
    EXPECT_TRUE(watched.expired());
}

TEST(Body, LoopsOverWhatItBorrowsWithoutCopying) {
    struct pinned {
        int n = 0;
        pinned() = default;
        pinned(pinned const&) = delete;
        int operator()() { return ++n; }
    } object;
    detail::loop_over(object)(6);
    EXPECT_EQ(object.n, 6);
    auto const constant = [&object] { return object.n; };
    detail::loop_over(constant)(2);
}

}  // namespace
}  // namespace poise::profile
