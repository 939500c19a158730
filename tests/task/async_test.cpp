// SPDX-License-Identifier: MIT
// Tasks that end later, and resources: what makes a task wait without a thread.
#include "support/message_of.hpp"

#include <poise/task/executor.hpp>

#include <gtest/gtest.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace task = poise::task;
using namespace std::chrono_literals;
using poise_test::message_of;

namespace {

// Somebody else's thread, which calls back.
class service {
public:
    service()
        : thread_{[this](std::stop_token const& over) {
              std::unique_lock lock{mutex_};
              while (woken_.wait(lock, over, [&] { return !calls_.empty(); })) {
                  auto const call = std::move(calls_.front());
                  calls_.pop_front();
                  lock.unlock();
                  call();
                  lock.lock();
              }
          }} {}
    void post(std::function<void()> call) {
        std::scoped_lock const lock{mutex_};
        calls_.push_back(std::move(call));
        woken_.notify_one();
    }

private:
    std::mutex mutex_;
    std::condition_variable_any woken_;
    std::deque<std::function<void()>> calls_;
    std::jthread thread_;
};

std::vector<task::executor> executors() {
    return {task::serial(), task::executor{{.threads = 1}}, task::executor{{.threads = 2}},
            task::executor{{.threads = 4, .timed = false}}};
}

}  // namespace

TEST(Async, EndsWhenItsCompletionIsTold) {
    service other;
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

TEST(Async, MayEndBeforeItsCallableReturns) {
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

TEST(Async, ManyWaitOnNoThread) {
    service other;
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

TEST(Async, FailsAsToldAndOnlyOnce) {
    service other;
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

TEST(Async, ACompletionMayOutliveTheRun) {
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

TEST(Async, CanGiveUpWhenTheRunIsAskedToStop) {
    std::stop_source source;
    task::graph g;
    std::optional<std::stop_callback<std::function<void()>>> on_stop;
    auto const endless = g.add_async<int>("endless", [&](task::completion<int> const& done) {
        on_stop.emplace(done.stop_token(),
                        [done] { done.fail(std::make_exception_ptr(std::runtime_error{"gave up " + done.name()})); });
    });
    auto const below = g.add(
        "below", [](int) {}, endless);
    std::jthread const stopper{[&] {
        std::this_thread::sleep_for(5ms);
        source.request_stop();
    }};
    auto const run = task::executor{{.threads = 2}}.run(g, {.stop = source.get_token()});
    EXPECT_EQ(run[endless].record().message, "gave up endless");
    EXPECT_EQ(run[below].state(), task::state::skipped);
    on_stop.reset();
}

TEST(Async, WorksInAGraphInsideATask) {
    service other;
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

TEST(Async, RefusesRetriesAndTimeouts) {
    task::graph g;
    auto const x = g.add_async<int>("x", [](task::completion<int> const& done) { done.set(1); });
    EXPECT_NE(message_of<std::invalid_argument>([&] { g.configure(x, {.retries = 1}); }).find("'x' ends later"),
              std::string::npos);
}

TEST(Resource, LimitsHowManyRunAtOnce) {
    for (auto const& executor : executors()) {
        task::resource const licence{"licence", 3};
        std::atomic<int> n_inside{0}, most{0};
        task::graph g;
        auto const use = g.map("use", 200, [&](std::size_t) {
            int const n = ++n_inside;
            for (int m = most; n > m && !most.compare_exchange_weak(m, n);) {
            }
            std::this_thread::yield();
            --n_inside;
        });
        auto const free = g.map("free", 200, [](std::size_t) {});
        g.configure(use, {.uses = {{licence, 2}}});
        auto const run = executor.run(g);
        ASSERT_TRUE(run) << run.failures();
        EXPECT_TRUE(run[free[199]]);
        EXPECT_EQ(most.load(), 1) << "two units each, and there are three";
        EXPECT_EQ(licence.in_use(), 0u);
    }
}

TEST(Resource, IsSharedByRuns) {
    task::resource const gpu{"gpu", 1};
    std::atomic<int> n_inside{0};
    task::graph g;
    auto const x = g.map("x", 50, [&](std::size_t i) {
        EXPECT_EQ(++n_inside, 1);
        --n_inside;
        if (i == 20) throw std::runtime_error{"given back all the same"};
    });
    g.configure(x, {.uses = {{gpu}}});
    task::executor const executor{{.threads = 3}};
    std::vector<std::jthread> callers;
    for (int c = 0; c < 3; ++c)
        callers.emplace_back([&, c] {
            for (int repeat = 0; repeat < 10; ++repeat) {
                auto const run = c == 0 ? task::serial().run(g) : executor.run(g);
                EXPECT_EQ(run.summary().n_succeeded, 49u);
            }
        });
    callers.clear();
    EXPECT_EQ(gpu.in_use(), 0u);
}

TEST(Resource, SeveralAreTakenWithoutADeadlock) {
    std::vector<task::resource> forks;
    for (int i = 0; i < 5; ++i) forks.emplace_back("fork " + std::to_string(i), 1);
    task::graph g;
    for (std::size_t i = 0; i < 5; ++i) {
        auto const eats = g.map("philosopher " + std::to_string(i), 40, [](std::size_t) { std::this_thread::yield(); });
        g.configure(eats, {.uses = {{forks[i]}, {forks[(i + 1) % 5]}}});
    }
    for (auto const& executor : executors()) EXPECT_TRUE(executor.run(g));
    for (auto const& fork : forks) EXPECT_EQ(fork.in_use(), 0u);
}

TEST(Resource, IsHeldByATaskThatEndsLater) {
    service other;
    task::resource const one{"one", 1};
    std::atomic<int> n_inside{0};
    task::graph g;
    auto const x = g.map_async<void>("x", 30, [&](task::completion<void> const& done, std::size_t) {
        EXPECT_EQ(++n_inside, 1);
        other.post([&, done] {
            --n_inside;
            done.set();
        });
    });
    g.configure(x, {.uses = {{one}}});
    for (auto const& executor : executors()) ASSERT_TRUE(executor.run(g));
    EXPECT_EQ(one.in_use(), 0u);
}

TEST(Resource, IsGivenBackByTasksThatAreCancelledWhileTheyWait) {
    task::resource const a{"a", 1}, b{"b", 1};
    for (int repeat = 0; repeat < 50; ++repeat) {
        std::stop_source source;
        task::graph g;
        auto const first = g.map("first", 8, [&](std::size_t i) {
            if (i == 3) source.request_stop();
            std::this_thread::yield();
        });
        g.configure(first, {.uses = {{a}, {b}}});
        auto const second = g.map("second", 8, [](std::size_t) { std::this_thread::yield(); });
        g.configure(second, {.uses = {{b}}});
        (void)task::executor{{.threads = 3}}.run(g, {.stop = source.get_token()});
        ASSERT_EQ(a.in_use(), 0u);
        ASSERT_EQ(b.in_use(), 0u);
    }
}

TEST(Resource, RefusesWhatMakesNoSense) {
    EXPECT_THROW((task::resource{"", 1}), std::invalid_argument);
    EXPECT_THROW((task::resource{"x", 0}), std::invalid_argument);
    task::resource const gpu{"gpu", 2};
    EXPECT_EQ(gpu.name(), "gpu");
    EXPECT_EQ(gpu.capacity(), 2u);
    task::graph g;
    auto const x = g.add("x", [] {});
    EXPECT_NE(message_of<std::invalid_argument>([&] {
                  g.configure(x, {.uses = {{gpu, 3}}});
              }).find("uses 3 of 'gpu', which has 2"),
              std::string::npos);
    EXPECT_NE(message_of<std::invalid_argument>([&] {
                  g.configure(x, {.uses = {{gpu, 2}, {gpu, 1}}});
              }).find("uses 3"),
              std::string::npos);
    EXPECT_THROW(g.configure(x, {.uses = {{gpu, 0}}}), std::invalid_argument);
}
