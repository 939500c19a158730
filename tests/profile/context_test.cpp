// SPDX-License-Identifier: MIT
#include "profiled.hpp"

#include <poise/profile/context.hpp>
#include <poise/profile/memory.hpp>
#include <poise/profile/report.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <new>
#include <optional>
#include <string>
#include <thread>
#include <type_traits>

namespace poise::profile {
namespace {

static_assert(std::is_trivially_copyable_v<context>);
static_assert(!std::is_copy_constructible_v<context_guard>);

using contexts = profiled;

void spend_a_millisecond() {
    auto const until = std::chrono::steady_clock::now() + std::chrono::milliseconds{1};
    while (std::chrono::steady_clock::now() < until) {
    }
}

TEST_F(contexts, PutTasksOfOtherThreadsUnderTheScopeThatMadeThem) {
    {
        scope const run{"run"};
        scope const graph{"graph"};
        std::thread worker{[here = capture()] {
            { scope const own{"worker's own"}; }
            {
                context_guard const guard{here};
                scope const task{"task", category::task};
                spend_a_millisecond();
            }
            { scope const own{"worker's own"}; }
        }};
        worker.join();
    }
    report const r;
    EXPECT_EQ(r.root().children.size(), 2U);
    ASSERT_NE(r.find("run/graph/task"), nullptr);
    EXPECT_EQ(r.find("run/graph/task")->calls, 1U);
    EXPECT_EQ(r.find("run")->calls, 1U);
    EXPECT_EQ(r.find("run/graph")->calls, 1U);
    EXPECT_EQ(r.find("worker's own")->calls, 2U);
    EXPECT_EQ(r.threads(), 2U);
    // The scope that waits owns its waiting; what another thread did is not taken from it.
    EXPECT_GT(r.find("run/graph")->exclusive_s, 0.9e-3);
    EXPECT_LE(r.find("run/graph")->exclusive_s, r.find("run/graph")->inclusive_s);
}

TEST_F(contexts, TasksOnTheWaitingThreadTakeTheirTimeFromIt) {
    {
        scope const run{"run"};
        context const here = capture();
        scope const wait{"wait"};
        context_guard const guard{here};
        scope const task{"task"};
        spend_a_millisecond();
    }
    report const r;
    EXPECT_EQ(r.find("run/wait/task"), nullptr);
    ASSERT_NE(r.find("run/task"), nullptr);
    EXPECT_GT(r.find("run/task")->inclusive_s, 0.9e-3);
    // The time lies in "task" alone: all exclusive times together are the time of the outermost scope. Each of the
    // three is rounded from ticks once.
    double const sum = r.find("run")->exclusive_s + r.find("run/wait")->exclusive_s + r.find("run/task")->exclusive_s;
    EXPECT_NEAR(sum, r.find("run")->inclusive_s, 1e-12);
    EXPECT_LT(r.find("run/wait")->exclusive_s, 0.1 * r.find("run/wait")->inclusive_s + 1e-4);
}

TEST_F(contexts, AStolenTaskIsNotChargedToTheScopeThatWaits) {
    context elsewhere;
    {
        scope const other{"other"};
        elsewhere = capture();
    }
    {
        scope const mine{"mine"};
        context_guard const guard{elsewhere};
        scope const stolen{"stolen"};
        spend_a_millisecond();
    }
    report const r;
    EXPECT_GT(r.find("other/stolen")->exclusive_s, 0.9e-3);
    EXPECT_GE(r.find("other")->exclusive_s, 0.0);
    EXPECT_EQ(r.find("mine/stolen"), nullptr);
    EXPECT_NEAR(r.find("mine")->exclusive_s, r.find("mine")->inclusive_s, 1e-12);
    EXPECT_LT(r.find("mine")->inclusive_s, r.find("other/stolen")->inclusive_s);
    EXPECT_GT(r.find("mine")->max_s, r.find("other/stolen")->inclusive_s);  // how long the call took, as a clock saw it

    // On its thread it stands where it ran.
    scope_statistics const& physical = r.data().threads.at(0).root;
    ASSERT_NE(physical.find("mine/stolen"), nullptr);
    EXPECT_EQ(physical.find("other/stolen"), nullptr);
    EXPECT_NEAR(physical.find("mine")->exclusive_s + physical.find("mine/stolen")->exclusive_s,
                physical.find("mine")->inclusive_s, 1e-12);
}

// a waits and runs b, which waits and runs c: c's time is neither b's nor a's, and is taken from a once, within b's.
TEST_F(contexts, OfTasksStolenWithinStolenTasksEachOwnsItsOwnTime) {
    std::optional<context> of_b, of_c;
    {
        scope const owner{"owner of b"};
        of_b = capture();
    }
    {
        scope const owner{"owner of c"};
        of_c = capture();
    }
    {
        scope const a{"a"};
        context_guard const to_b{*of_b};
        scope const b{"b"};
        {
            context_guard const to_c{*of_c};
            scope const c{"c"};
            spend_a_millisecond();
        }
    }
    report const r;
    for (char const* path : {"a", "owner of b/b", "owner of c/c"}) {
        ASSERT_NE(r.find(path), nullptr) << path;
        EXPECT_NEAR(r.find(path)->inclusive_s, r.find(path)->exclusive_s, 1e-12) << path;
    }
    scope_statistics const& physical = r.data().threads.at(0).root;
    EXPECT_NE(physical.find("a/b/c"), nullptr);
}

TEST_F(contexts, ATaskOfTheWaitingScopeItselfIsPartOfIt) {
    {
        scope const run{"run"};
        context const here = capture();
        scope const wait{"wait"};
        context_guard const guard{here};
        scope const task{"task"};
        spend_a_millisecond();
    }
    report const r;
    EXPECT_GE(r.find("run")->inclusive_s, r.find("run/task")->inclusive_s);
    EXPECT_LT(r.find("run/wait")->inclusive_s, r.find("run/task")->inclusive_s);
}

// On a worker: outer task, which waits and runs an inner task of its own. The inner one is part of it.
TEST_F(contexts, ATaskOfATaskOnAWorkerIsPartOfIt) {
    scope const main_scope{"main"};
    std::thread{[here = capture()] {
        context_guard const guard{here};
        scope const outer{"outer", category::task};
        context_guard const to_inner{capture()};
        scope const inner{"inner", category::task};
        spend_a_millisecond();
    }}.join();
    report const r;
    ASSERT_NE(r.find("main/outer/inner"), nullptr);
    EXPECT_GE(r.find("main/outer")->inclusive_s, r.find("main/outer/inner")->inclusive_s);
}

TEST_F(contexts, WhatAStolenTaskAllocatedIsNotTheWaitingScopes) {
    if (!hooks_in_effect()) GTEST_SKIP() << "a sanitizer owns the heap";
    enable({.memory = true});
    void* (*const volatile allocate)(std::size_t) = ::operator new;
    context elsewhere;
    {
        scope const other{"other"};
        elsewhere = capture();
    }
    {
        scope const waits{"waits"};
        ::operator delete(allocate(1000));
        {
            context_guard const guard{elsewhere};
            scope const stolen{"stolen"};
            for (int i = 0; i < 10; ++i) ::operator delete(allocate(1 << 20));
        }
        ::operator delete(allocate(2000));
    }
    report const r;
    EXPECT_EQ(r.find("waits")->allocations, 2U);
    EXPECT_LT(r.find("waits")->allocated_bytes, 4000U);
    EXPECT_LT(r.find("waits")->peak_bytes, 3000U);
    EXPECT_EQ(r.find("other/stolen")->allocations, 10U);
    EXPECT_GE(r.find("other/stolen")->peak_bytes, 1U << 20);
}

// Tasks stolen within stolen tasks nest on the thread without end; the tree does not.
TEST_F(contexts, DeepNestsOfStolenTasksAreCut) {
    context elsewhere;
    {
        scope const other{"other"};
        elsewhere = capture();
    }
    auto const steal = [&](auto const& self, int depth) -> void {
        context_guard const guard{elsewhere};
        scope const stolen{"stolen " + std::to_string(depth % 7)};
        if (depth > 0) self(self, depth - 1);
    };
    steal(steal, 1000);
    report const r;
    EXPECT_EQ(r.calls(), 1002U);
    auto const depth_of = [](auto const& self, scope_statistics const& s) -> int {
        int deepest = 0;
        for (auto const& child : s.children) deepest = std::max(deepest, self(self, child));
        return deepest + 1;
    };
    EXPECT_LE(depth_of(depth_of, r.data().threads.at(0).root), 131);
}

// A task that makes tasks of its own kind, as recursive algorithms do: one row, on the thread that made the first too.
TEST_F(contexts, TasksWithinTasksOfOneKindAreOneRow) {
    auto const work = [](context const& where) {
        context_guard const guard{where};
        scope const task{"divide", category::task};
        return capture();
    };
    context const first = work(capture());
    std::thread{[&] { work(work(first)); }}.join();
    report const r;
    ASSERT_NE(r.find("divide"), nullptr);
    EXPECT_EQ(r.find("divide")->calls, 3U);
    EXPECT_TRUE(r.find("divide")->children.empty());
    EXPECT_GE(r.find("divide")->inclusive_s, r.find("divide")->exclusive_s * (1.0 - 1e-9));
}

TEST_F(contexts, WithoutAScopeLeadToTheRoot) {
    context const none = capture();
    {
        scope const outer{"outer"};
        context_guard const guard{none};
        scope const task{"task"};
    }
    EXPECT_NE(report().find("task"), nullptr);
}

TEST_F(contexts, NestAndRestore) {
    std::optional<context> a, b;
    {
        scope const scope_a{"a"};
        a = capture();
    }
    {
        scope const scope_b{"b"};
        b = capture();
    }
    {
        context_guard const outer{*a};
        {
            context_guard const inner{*b};
            scope const under_b{"under b"};
        }
        scope const under_a{"under a"};
    }
    scope const under_root{"under root"};
    report const r;
    EXPECT_NE(r.find("b/under b"), nullptr);
    EXPECT_NE(r.find("a/under a"), nullptr);
    EXPECT_NE(r.find("under root"), nullptr);
}

TEST_F(contexts, OutliveTheThreadTheyComeFrom) {
    context there;
    std::thread{[&] {
        scope const timing{"gone"};
        there = capture();
    }}.join();
    {
        context_guard const guard{there};
        scope const timing{"here"};
    }
    EXPECT_EQ(report().find("gone/here")->calls, 1U);
}

TEST(ContextsOff, DoNothing) {
    disable();
    context const none = capture();
    enable();
    reset();
    {
        scope const outer{"outer"};
        context_guard const guard{none};
        scope const task{"task"};
    }
    EXPECT_NE(report().find("outer/task"), nullptr);
    disable();
}

}  // namespace
}  // namespace poise::profile
