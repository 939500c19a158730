// SPDX-License-Identifier: MIT
#include "profiled.hpp"

#include <poise/profile/report.hpp>
#include <poise/profile/scope.hpp>

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csetjmp>
#include <latch>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <vector>

namespace poise::profile {
namespace {

static_assert(!std::is_copy_constructible_v<scope> && !std::is_move_constructible_v<scope>);
static_assert(!std::is_copy_assignable_v<scope> && !std::is_move_assignable_v<scope>);
static_assert(!std::is_constructible_v<scope, char const*>);
static_assert(!std::is_constructible_v<scope, int>);
static_assert(sizeof(scope) == sizeof(void*));

using scopes = profiled;

TEST_F(scopes, NestIntoATree) {
    for (int i = 0; i < 3; ++i) {
        scope const step{"step"};
        { scope const assemble{"assemble"}; }
        { scope const solve{"solve"}; }
    }
    report const r;
    ASSERT_NE(r.find("step"), nullptr);
    EXPECT_EQ(r.find("step")->calls, 3U);
    EXPECT_EQ(r.find("step")->children.size(), 2U);
    EXPECT_EQ(r.find("step/solve")->calls, 3U);
    EXPECT_EQ(r.find("solve"), nullptr);
    EXPECT_EQ(r.root().children.size(), 1U);
    EXPECT_EQ(r.calls(), 9U);
}

TEST_F(scopes, StandTwiceOnOneLine) {
    // clang-format off
    { scope const a{"a"}; scope const b{"b"}; { scope const c{"c"}; } }
    // clang-format on
    EXPECT_NE(report().find("a/b/c"), nullptr);
}

TEST_F(scopes, TakeNamesThatAreMadeWhileRunning) {
    for (int i = 0; i < 100; ++i) {
        std::string const name = "solve[" + std::to_string(i % 50) + "]";
        scope const timing{name, category::task};
    }
    { scope const view{std::string_view{"a view, not terminated"}.substr(0, 6)}; }
    report const r;
    EXPECT_EQ(r.root().children.size(), 51U);
    ASSERT_NE(r.find("solve[49]"), nullptr);
    EXPECT_EQ(r.find("solve[49]")->calls, 2U);
    EXPECT_EQ(r.find("solve[49]")->kind, category::task);
    EXPECT_NE(r.find("a view"), nullptr);
}

TEST_F(scopes, ALiteralAndACopyOfOneNameAreOneRow) {
    { scope const literal_name{"same"}; }
    { scope const copied_name{std::string{"same"}}; }
    EXPECT_EQ(report().find("same")->calls, 2U);
}

TEST_F(scopes, OfOneNameOnTwoLinesNest) {
    {
        scope const outer{"solve"};
        scope const inner{"solve"};
    }
    EXPECT_NE(report().find("solve/solve"), nullptr);
}

int fibonacci(int n) {
    scope const timing{"fibonacci"};
    return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

TEST_F(scopes, OfARecursionAreOneRow) {
    EXPECT_EQ(fibonacci(10), 55);
    report const r;
    EXPECT_EQ(r.find("fibonacci")->calls, 177U);  // 2 F(11) − 1
    EXPECT_TRUE(r.find("fibonacci")->children.empty());
    EXPECT_LE(r.find("fibonacci")->inclusive_s, r.wall_s());
}

TEST_F(scopes, AreLeftByExceptions) {
    try {
        scope const outer{"outer"};
        scope const inner{"throws"};
        throw 1;
    } catch (int) {
    }
    { scope const after{"after"}; }
    report const r;
    EXPECT_GT(r.find("outer/throws")->max_s, 0.0);
    EXPECT_NE(r.find("after"), nullptr);
}

TEST_F(scopes, ThatAreJumpedOverAreClosedByTheOneAround) {
    {
        scope const outer{"outer"};
        std::jmp_buf place;
        if (setjmp(place) == 0) {
            alignas(scope) unsigned char never_destroyed[sizeof(scope)];
            new (never_destroyed) scope{"jumped over"};
            std::longjmp(place, 1);
        }
    }
    { scope const after{"after"}; }
    report const r;
    EXPECT_GT(r.find("outer/jumped over")->max_s, 0.0);
    EXPECT_NE(r.find("after"), nullptr);
}

TEST_F(scopes, OutliveDisable) {
    {
        scope const timing{"entered on"};
        disable();
        scope const off{"entered off"};
        enable();
        scope const inner{"inner"};
    }
    report const r;
    EXPECT_GT(r.find("entered on")->max_s, 0.0);
    EXPECT_EQ(r.find("entered on/entered off"), nullptr);
    EXPECT_EQ(r.find("entered on/inner")->calls, 1U);
}

TEST_F(scopes, OutliveReset) {
    {
        scope const old{"open over reset"};
        { scope const closed{"closed before"}; }
        reset();
        { scope const inner{"after"}; }
    }
    report const r;
    EXPECT_EQ(r.find("open over reset")->calls, 1U);
    EXPECT_LE(r.find("open over reset")->inclusive_s, r.wall_s());
    EXPECT_EQ(r.find("open over reset/closed before"), nullptr);
    EXPECT_EQ(r.find("open over reset/after")->calls, 1U);
}

TEST_F(scopes, OutliveAResetByAnotherThread) {
    std::latch entered{1}, seen{1};
    std::thread worker{[&] {
        scope const waits{"waits"};
        scope const inner{"inner"};
        { scope const closed{"closed before"}; }
        entered.count_down();
        seen.wait();
    }};
    entered.wait();
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
    reset();
    report const during;
    seen.count_down();
    worker.join();
    ASSERT_NE(during.find("waits/inner"), nullptr);
    EXPECT_EQ(during.calls(), 2U);
    EXPECT_EQ(during.threads(), 1U);
    EXPECT_GT(during.find("waits/inner")->inclusive_s, 0.0);
    // Both began at the reset, as the wall time did, and were read at one moment.
    EXPECT_EQ(during.find("waits")->inclusive_s, during.wall_s());
    EXPECT_EQ(during.find("waits/inner")->exclusive_s, during.wall_s());
    EXPECT_EQ(during.find("waits")->exclusive_s, 0.0);
    EXPECT_EQ(during.find("waits/inner")->max_s, 0.0);
    report const after;
    EXPECT_EQ(after.calls(), 2U);
    EXPECT_EQ(after.find("waits")->calls, 1U);
    EXPECT_LE(after.find("waits")->inclusive_s, after.wall_s());
}

TEST_F(scopes, LeftOnAnotherThreadStayOpenUntilTheOneAroundIsLeft) {
    {
        scope const outer{"outer"};
        std::unique_ptr<scope> strays{new scope{"strays"}};
        std::thread{[&] { strays.reset(); }}.join();
        { scope const below{"below"}; }
    }
    { scope const beside{"beside"}; }
    report const r;
    EXPECT_NE(r.find("outer/strays/below"), nullptr);
    EXPECT_GT(r.find("outer/strays")->max_s, 0.0);
    EXPECT_NE(r.find("beside"), nullptr);
}

TEST_F(scopes, OnManyThreadsAreCountedExactlyWhileTheyAreRead) {
    constexpr int n_threads = 8, per_thread = 20000;
    std::atomic<int> running{n_threads};
    std::vector<std::thread> threads;
    for (int t = 0; t < n_threads; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i < per_thread; ++i) {
                scope const outer{"outer"};
                scope const inner{"inner"};
            }
            --running;
        });
    std::uint64_t last = 0;
    while (running > 0) {
        std::uint64_t const seen = report().calls();
        ASSERT_GE(seen, last);
        last = seen;
    }
    for (auto& t : threads) t.join();
    report const r;
    EXPECT_EQ(r.find("outer")->calls, static_cast<std::uint64_t>(n_threads * per_thread));
    EXPECT_EQ(r.find("outer/inner")->calls, static_cast<std::uint64_t>(n_threads * per_thread));
    EXPECT_LE(r.threads(), static_cast<std::size_t>(n_threads));
}

TEST_F(scopes, ThreadsThatFollowOneAnotherShareARecord) {
    for (int t = 0; t < 50; ++t) std::thread{[] { scope const timing{"short life"}; }}.join();
    report const r;
    EXPECT_EQ(r.find("short life")->calls, 50U);
    EXPECT_EQ(r.threads(), 1U);
}

struct leaves_late {
    ~leaves_late() { scope const timing{"thread_local destructor"}; }
};

TEST_F(scopes, WorkInDestructorsOfThreadLocals) {
    std::thread{[] {
        scope const first{"first"};
        thread_local leaves_late object;
        static_cast<void>(&object);
    }}.join();
    EXPECT_EQ(report().find("thread_local destructor")->calls, 1U);
}

TEST_F(scopes, GoOnInAForkedChild) {
    std::thread{[] { scope const timing{"other thread"}; }}.join();
    scope const outer{"outer"};
    pid_t const child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        { scope const timing{"child"}; }
        report const r;
        bool const right = r.find("outer/child") != nullptr && r.find("other thread") == nullptr;
        ::_exit(right ? 0 : 1);
    }
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

TEST(ScopesOff, RecordNothingAndMakeNoRecord) {
    disable();
    reset();
    // A record is made when a thread records first, so a thread that never did has none, and nothing to share.
    std::thread{[] {
        for (int i = 0; i < 1000; ++i) {
            scope const timing{"off"};
            scope const copied{std::string_view{"off too"}};
        }
    }}.join();
    report const r;
    EXPECT_EQ(r.calls(), 0U);
    EXPECT_EQ(r.threads(), 0U);
}

}  // namespace
}  // namespace poise::profile
