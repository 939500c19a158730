// SPDX-License-Identifier: MIT
#include "executors.hpp"
#include "support/callback_thread.hpp"

#include <poise/task/completion.hpp>
#include <poise/task/wait.hpp>

#include <gtest/gtest.h>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <semaphore>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace task = poise::task;
using namespace std::chrono_literals;
using poise_test::callback_thread;
using poise_test::executors;

TEST(Completion, EndsWhenItsCompletionIsTold) {
    callback_thread other;
    for (auto const& executor : executors()) {
        task::graph g;
        auto const x = g.add("x", [] { return 20; });
        auto const later = g.add_async<std::string>(
            "later",
            [&](task::completion<std::string> const& done, int v) {
                other.post([done, v] { EXPECT_TRUE(done.set(std::to_string(v + 1))); });
            },
            x);
        auto const used = g.add(
            "used", [](std::string const& s) { return s + "!"; }, later);
        auto const order_only = g.add_async<void>(
            "order",
            [&](task::completion<void> const& done, std::string const&) { other.post([done] { done.set(); }); }, used);
        auto const run = executor.run(g);
        ASSERT_TRUE(run) << run.failures();
        EXPECT_EQ(run[used].value(), "21!");
        EXPECT_TRUE(run[order_only]);
        EXPECT_LE(run.summary().span_s, run.summary().wall_s);
    }
}

TEST(Completion, MayEndBeforeItsCallableReturns) {
    for (auto const& executor : executors()) {
        task::graph g;
        auto const now = g.map_async<std::size_t>(
            "now", 100, [](task::completion<std::size_t> const& done, std::size_t i) { done.set(i * i); });
        auto const sum = g.add(
            "sum",
            [](task::collection<std::size_t> const& all) {
                std::size_t s = 0;
                for (std::size_t const v : all) s += v;
                return s;
            },
            now);
        EXPECT_EQ(executor.run(g)[sum].value(), 328350u);
    }
}

TEST(Completion, ManyWaitOnNoThread) {
    callback_thread other;
    task::graph g;
    std::mutex mutex;
    std::vector<task::completion<int>> waiting;
    constexpr std::size_t n = 500;
    auto const all = g.map_async<int>("all", n, [&](task::completion<int> const& done, std::size_t) {
        std::scoped_lock const lock{mutex};
        waiting.push_back(done);
        if (waiting.size() < n) return;
        other.post([all_of_them = std::move(waiting)] {
            int next = 0;
            for (auto const& waits : all_of_them) waits.set(next++);
        });
    });
    auto const next = g.map(
        "next", n, [](std::size_t, int v) { return v; }, task::each(all));
    auto const run = task::executor{{.threads = 2}}.run(g);
    EXPECT_TRUE(run) << "two threads, and all five hundred were under way at once";
    EXPECT_TRUE(run[next[n - 1]]);
}

TEST(Completion, FailsAsToldAndOnlyOnce) {
    callback_thread other;
    task::graph g;
    auto const bad = g.add_async<int>("bad", [&](task::completion<int> const& done) {
        other.post([done] {
            EXPECT_TRUE(done.fail(std::make_exception_ptr(std::runtime_error{"no answer"})));
            EXPECT_FALSE(done.set(1));
            EXPECT_FALSE(done.fail(nullptr));
        });
    });
    auto const thrown =
        g.add_async<int>("thrown", [](task::completion<int> const&) { throw std::runtime_error{"early"}; });
    auto const dropped = g.add_async<int>("dropped", [](task::completion<int> const&) {});
    auto const below = g.add(
        "below", [](int) {}, bad);
    auto const run = task::executor{{.threads = 2}}.run(g);
    EXPECT_EQ(run[bad].record().message, "no answer");
    EXPECT_EQ(run[thrown].record().message, "early");
    EXPECT_EQ(run[dropped].record().message, "its completion was dropped before it was told anything");
    EXPECT_EQ(run[below].state(), task::state::skipped);
    EXPECT_EQ(run.summary().n_failed, 3u);
}

TEST(Completion, ACompletionMayOutliveTheRun) {
    std::optional<task::completion<int>> kept;
    {
        task::graph g;
        (void)g.add_async<int>("x", [&](task::completion<int> const& done) {
            kept = done;
            done.set(1);
        });
        EXPECT_TRUE(task::executor{{.threads = 2}}.run(g));
    }
    EXPECT_FALSE(kept->set(2));
    EXPECT_EQ(kept->name(), "x");
}

TEST(Completion, CanGiveUpWhenTheRunIsAskedToStop) {
    std::stop_source source;
    task::graph g;
    std::optional<std::stop_callback<std::function<void()>>> on_stop;
    std::binary_semaphore has_begun{0};
    auto const endless = g.add_async<int>("endless", [&](task::completion<int> const& done) {
        on_stop.emplace(done.stop_token(),
                        [done] { done.fail(std::make_exception_ptr(std::runtime_error{"gave up " + done.name()})); });
        has_begun.release();
    });
    auto const below = g.add(
        "below", [](int) {}, endless);
    std::jthread const stopper{[&] {
        has_begun.acquire();
        source.request_stop();
    }};
    auto const run = task::executor{{.threads = 2}}.run(g, {.stop = source.get_token()});
    EXPECT_EQ(run[endless].record().message, "gave up endless");
    EXPECT_EQ(run[below].state(), task::state::skipped);
    on_stop.reset();
}

TEST(Completion, WorksInAGraphInsideATask) {
    callback_thread other;
    for (int const threads : {1, 2, 4}) {
        task::graph g;
        auto const outer = g.map("outer", 6, [&](std::size_t i) {
            task::graph inner;
            auto const later = inner.add_async<std::size_t>(
                "later", [&](task::completion<std::size_t> const& done) { other.post([done, i] { done.set(i); }); });
            return task::executor{{.threads = 2}}.run(inner)[later].value();
        });
        auto const run = task::executor{{.threads = threads}}.run(g);
        for (std::size_t i = 0; i < 6; ++i) ASSERT_EQ(run[outer[i]].value(), i);
    }
}

TEST(Completion, IsTriedAgain) {
    callback_thread other;
    for (auto const& executor : executors()) {
        task::graph g;
        std::atomic<int> n_calls{0};
        auto const x = g.add_async<int>("x", [&](task::completion<int> const& done) {
            int const n = ++n_calls;
            other.post([done, n] {
                n < 3 ? done.fail(std::make_exception_ptr(std::runtime_error{"busy " + std::to_string(n)}))
                      : done.set(n);
            });
        });
        auto const never = g.add_async<int>("never", [&](task::completion<int> const& done) {
            other.post([done] { done.fail(std::make_exception_ptr(std::runtime_error{"no"})); });
        });
        g.configure(x, {.retries = 5, .backoff = 1ms});
        g.configure(never, {.retries = 2});
        auto const run = executor.run(g);
        ASSERT_EQ(run[x].value(), 3);
        EXPECT_EQ(run[x].record().attempts, 3);
        EXPECT_EQ(run[never].record().attempts, 3);
        EXPECT_EQ(run[never].record().message, "no");
    }
}

TEST(Completion, HasItsTimeAndNoMore) {
    for (auto const& executor : executors()) {
        std::vector<task::completion<int>> kept;
        task::graph g;
        auto const late = g.add_async<int>("late", [&](task::completion<int> const& done) { kept.push_back(done); });
        auto const fast = g.add_async<int>("fast", [](task::completion<int> const& done) { done.set(1); });
        auto const below = g.add(
            "below", [](int) {}, late);
        g.configure(late, {.retries = 1, .timeout = 5ms});
        g.configure(fast, {.timeout = 1h});
        auto const run = executor.run(g);
        EXPECT_THROW((void)run[late].value(), task::timeout_error);
        EXPECT_NE(run[late].record().message.find("its timeout is 5.000 ms"), std::string::npos)
            << run[late].record().message;
        EXPECT_EQ(run[late].record().attempts, 2);
        EXPECT_EQ(run[below].state(), task::state::skipped);
        EXPECT_EQ(run[fast].value(), 1);
        for (auto const& done : kept) EXPECT_FALSE(done.set(2)) << "too late";
    }
}

TEST(Completion, IsWaitedForUntilItsCallableHasReturned) {
    task::resource const licence{"licence", 1};
    std::atomic<int> n_inside{0}, most{0};
    task::graph g;
    auto const x = g.map_async<int>("x", 3, [&](task::completion<int> const&, std::size_t) {
        most = std::max(most.load(), ++n_inside);
        std::this_thread::sleep_for(10ms);
        --n_inside;
    });
    g.configure(x, {.retries = 1, .timeout = 1ms, .uses = {{licence}}});
    auto const run = task::executor{{.threads = 3}}.run(g);
    EXPECT_EQ(run.summary().n_failed, 3u);
    EXPECT_EQ(most.load(), 1) << "a timeout must not free what a callable still uses";
    EXPECT_EQ(licence.in_use(), 0u);
}

TEST(Completion, WithATimeoutMayDieInACopyOfTheProcess) {
#if defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "the thread sanitizer allows no thread in a copy of a process that had some";
#endif
    std::optional<task::completion<int>> kept;
    task::graph g;
    auto const x = g.add_async<int>("x", [&](task::completion<int> const& done) { kept = done; });
    g.configure(x, {.timeout = 5ms});
    EXPECT_FALSE(task::executor{{.threads = 2}}.run(g));
    pid_t const child = ::fork();
    if (child == 0) {
        ::alarm(20);
        kept.reset();
        task::graph h;
        (void)h.add("sleeps", []() -> task::async<> { co_await task::sleep_for(1ms); });
        ::_exit(task::serial().run(h) ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TEST(Completion, NeedsADescriptorForATimeoutAndSaysSo) {
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
    GTEST_SKIP() << "the sanitizers need descriptors, or no thread in a copy of a process that had some";
#endif
    // In a copy of the process, whose loop is yet to be made.
    pid_t const child = ::fork();
    if (child == 0) {
        ::alarm(20);
        rlimit const few{3, 3};
        ::setrlimit(RLIMIT_NOFILE, &few);
        task::graph g;
        auto const limited = g.add_async<int>("limited", [](task::completion<int> const&) {});
        int n_calls = 0;
        auto const pausing = g.add("pausing", [&] {
            if (++n_calls < 3) throw std::runtime_error{"busy"};
        });
        auto const sleeping = g.add("sleeping", []() -> task::async<> { co_await task::sleep_for(1ms); });
        g.configure(limited, {.timeout = 1h});
        g.configure(pausing, {.retries = 3, .backoff = 1ms});
        auto const run = task::serial().run(g);
        bool const told = run[limited].state() == task::state::failed &&
                          run[sleeping].record().message.find("cannot wait for events") != std::string::npos;
        ::_exit(told && run[pausing] ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
