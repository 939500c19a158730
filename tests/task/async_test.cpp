// SPDX-License-Identifier: MIT
#include "executors.hpp"
#include "support/message_of.hpp"

#include <poise/profile/control.hpp>
#include <poise/profile/scope.hpp>
#include <poise/task/async.hpp>
#include <poise/task/wait.hpp>

#include <gtest/gtest.h>

#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace task = poise::task;
using namespace std::chrono_literals;
using poise_test::executors;
using poise_test::message_of;

namespace {

task::async<int> later(int v) {
    co_await task::sleep_for(1ms);
    co_return v;
}

task::async<> fails_later() {
    co_await task::sleep_for(1ms);
    throw std::runtime_error{"late failure"};
}

// Works in threads, serial and other processes alike.
std::vector<task::executor> all_executors() {
    auto all = executors();
    all.push_back(task::processes(2));
    return all;
}

}  // namespace

TEST(Async, IsATaskWhoseResultItReturns) {
    for (auto const& executor : all_executors()) {
        task::graph g;
        auto const a = g.add("a", [] { return 20; });
        task::handle<std::string> const text = g.add(
            "text",
            [](int v) -> task::async<std::string> {
                int const w = co_await later(v);
                co_return std::to_string(w + 1);
            },
            a);
        task::handle<void> const nothing = g.add(
            "nothing", [](std::string const&) -> task::async<> { co_await task::sleep_for(1us); }, text);
        auto const used = g.add(
            "used", [](std::string const& s) { return s + "!"; }, text);
        auto const run = executor.run(g);
        ASSERT_TRUE(run) << run.failures();
        EXPECT_EQ(run[used].value(), "21!");
        EXPECT_TRUE(run[nothing]);
        EXPECT_LE(run.summary().span_s, run.summary().wall_s);
    }
}

TEST(Async, NeedsNoThreadWhileItWaits) {
    for (auto const& executor : executors()) {
        if (executor.threads() < 2) continue;
        task::graph g;
        constexpr std::size_t n = 300;
        std::atomic<std::size_t> n_begun{0};
        auto const all = g.map("all", n, [&](std::size_t i) -> task::async<std::size_t> {
            ++n_begun;
            while (n_begun < n) co_await task::sleep_for(1ms);  // for ever, if each needed a thread
            co_return i;
        });
        auto const run = executor.run(g);
        ASSERT_TRUE(run) << run.failures();
        for (std::size_t i = 0; i < n; ++i) ASSERT_EQ(run[all[i]].value(), i);
    }
}

TEST(Async, KeepsWhatItsParametersReferTo) {
    for (auto const& executor : all_executors()) {
        task::graph g;
        auto const squares = g.map("square", 5, [](std::size_t i) { return static_cast<int>(i * i); });
        auto const failing = g.add("failing", []() -> int { throw std::runtime_error{"no"}; });
        auto const sum = g.add(
            "sum",
            [factor = std::string{"a capture that is long enough not to be small"}](
                task::context const& self, task::collection<int> const& all,
                task::outcome<int> const& other) -> task::async<std::string> {
                int s = 0;
                for (int const v : all) {
                    co_await task::sleep_for(100us);
                    s += v;
                }
                co_return self.name() + " " + std::to_string(s) + " " + other.record().message + " " +
                    factor.substr(0, 9);
            },
            squares, task::settled(failing));
        auto const pieces = g.map(
            "piece", 3,
            [](task::context const& self, std::size_t i, task::collection<int> const& some) -> task::async<int> {
                co_await task::sleep_for(100us);
                EXPECT_EQ(self.name(), "piece[" + std::to_string(i) + "]");
                co_return some[0];
            },
            task::chunks(squares, 2));
        auto const run = executor.run(g);
        EXPECT_EQ(run[sum].value(), "sum 30 no a capture");
        EXPECT_EQ(run[pieces[2]].value(), 16);
    }
}

TEST(Async, FailsWithWhatLeavesIt) {
    for (auto const& executor : all_executors()) {
        task::graph g;
        auto const a = g.add("a", []() -> task::async<int> {
            co_await fails_later();
            co_return 1;
        });
        auto const caught = g.add("caught", []() -> task::async<std::string> {
            std::string what;
            try {
                co_await fails_later();
            } catch (std::runtime_error const& e) {
                what = e.what();
            }
            co_return what;
        });
        auto const at_once = g.add("at once", []() -> task::async<> {
            if (true) throw std::runtime_error{"early"};
            co_return;
        });
        auto const below = g.add(
            "below", [](int) {}, a);
        auto const run = executor.run(g);
        EXPECT_EQ(run[a].record().message, "late failure");
        EXPECT_EQ(run[caught].value(), "late failure");
        EXPECT_EQ(run[at_once].record().message, "early");
        EXPECT_EQ(run[below].state(), task::state::skipped);
    }
}

TEST(Async, AwaitsAsOftenAsItLikesOnAFlatStack) {
    auto const count = [](int n) -> task::async<int> {
        auto const one = []() -> task::async<int> { co_return 1; };
        int sum = 0;
        for (int i = 0; i < n; ++i) sum += co_await one();
        co_return sum;
    };
    EXPECT_EQ(task::sync_wait(count(300'000)), 300'000);
}

TEST(Async, MovesItsResult) {
    auto const make = []() -> task::async<std::unique_ptr<int>> { co_return std::make_unique<int>(7); };
    EXPECT_EQ(*task::sync_wait(make()), 7);
    task::graph g;
    auto const p = g.add("p", make);
    auto const run = task::serial().run(g);
    EXPECT_EQ(*run[p].value(), 7);
}

TEST(Async, IsAwaitedOnce) {
    auto const twice = []() -> task::async<> {
        auto one = later(1);
        (void)co_await std::move(one);
        (void)co_await std::move(one);
    };
    EXPECT_NE(message_of<std::invalid_argument>([&] { task::sync_wait(twice()); }).find("awaited once"),
              std::string::npos);
    auto const gone = []() -> task::async<> {
        auto one = later(1);
        auto const other = std::move(one);
        (void)co_await std::move(one);
    };
    EXPECT_THROW(task::sync_wait(gone()), std::invalid_argument);
}

TEST(Async, IsTriedAgain) {
    for (auto const& executor : all_executors()) {
        task::graph g;
        auto const x = g.add("x", [](task::context const& self) -> task::async<int> {
            co_await task::sleep_for(1ms);
            if (self.attempt() < 3) throw std::runtime_error{"busy"};
            co_return self.attempt();
        });
        g.configure(x, {.retries = 4, .backoff = 1ms});
        auto const run = executor.run(g);
        EXPECT_EQ(run[x].value(), 3);
        EXPECT_EQ(run[x].record().attempts, 3);
        auto const r = run[x].record();
        EXPECT_TRUE(r.end_s == 0.0 || r.end_s - r.start_s >= 0.001) << "where it was timed";
    }
}

TEST(Async, IsWokenByItsTimeout) {
    for (auto const& executor : executors()) {
        task::graph g;
        std::atomic<int> n_cleaned{0};
        struct cleaner {
            std::atomic<int>& n;
            ~cleaner() { ++n; }
        };
        auto const x = g.add("x", [&]() -> task::async<> {
            cleaner const here{n_cleaned};
            co_await task::sleep_for(1h);
        });
        auto const busy = g.add("busy", []() -> task::async<int> {
            std::this_thread::sleep_for(20ms);
            co_return 1;
        });
        auto const fast = g.add("fast", []() -> task::async<int> { co_return co_await later(1); });
        g.configure(x, {.timeout = 10ms});
        g.configure(busy, {.timeout = 10ms});
        g.configure(fast, {.timeout = 1h});
        auto const run = executor.run(g);
        EXPECT_THROW(run[x].or_throw(), task::timeout_error);
        EXPECT_EQ(run[x].record().message, "its time was over while it slept");
        EXPECT_EQ(n_cleaned.load(), 1);
        EXPECT_THROW(run[busy].or_throw(), task::timeout_error);
        EXPECT_EQ(run[fast].value(), 1);
    }
}

TEST(Async, IsWokenWhenTheRunIsAskedToStop) {
    for (int const threads : {1, 2, 4}) {
        task::executor const executor{{.threads = threads}};
        std::stop_source source;
        task::graph g;
        auto const x = g.map("x", 20, [&](std::size_t i) -> task::async<> {
            if (i == 5) source.request_stop();
            co_await task::sleep_for(1h);
        });
        auto const catches = g.add("catches", []() -> task::async<int> {
            int woken = 0;
            try {
                co_await task::sleep_for(1h);
            } catch (task::stopped_error const&) {
                woken = 1;
            }
            co_return woken;
        });
        auto const below = g.add(
            "below", [] {}, x);
        auto const run = executor.run(g, {.stop = source.get_token()});
        EXPECT_FALSE(run);
        EXPECT_EQ(run.summary().n_failed, 0u);
        for (std::size_t i = 0; i < 20; ++i) ASSERT_EQ(run[x[i]].state(), task::state::cancelled);
        EXPECT_EQ(run[below].state(), task::state::cancelled);
        EXPECT_TRUE(!run[catches] || run[catches].value() == 1) << "cancelled before it began, or woken";
    }
}

TEST(Async, IsWokenWhenAnotherTaskFails) {
    task::graph g;
    auto const sleeps = g.add("sleeps", []() -> task::async<> { co_await task::sleep_for(1h); });
    auto const pauses = g.add("pauses", [] { throw std::runtime_error{"first"}; });
    g.configure(pauses, {.retries = 3, .backoff = 30min});
    auto const bad = g.add("bad", []() -> task::async<> {
        co_await task::sleep_for(5ms);
        throw std::runtime_error{"bad"};
    });
    auto const run = task::executor{{.threads = 2}}.run(g, {.stop_at_failure = true});
    EXPECT_EQ(run[bad].state(), task::state::failed);
    EXPECT_EQ(run[sleeps].state(), task::state::cancelled);
    EXPECT_EQ(run[pauses].record().message, "first");
}

TEST(Async, IsAFailureToThrowStoppedErrorOnOnesOwn) {
    task::graph g;
    auto const x = g.add("x", [] { throw task::stopped_error{"not me"}; });
    auto const below = g.add(
        "below", [] {}, x);
    auto const run = task::executor{{.threads = 2}}.run(g);
    EXPECT_EQ(run[x].state(), task::state::failed);
    EXPECT_EQ(run[below].state(), task::state::skipped);
}

TEST(Async, HoldsItsResourceWhileItWaits) {
    task::resource const licence{"licence", 2};
    for (auto const& executor : executors()) {
        task::graph g;
        std::atomic<int> n_inside{0};
        auto const x = g.map("x", 20, [&](std::size_t i) -> task::async<> {
            EXPECT_LE(++n_inside, 2);
            co_await task::sleep_for(200us);
            --n_inside;
            if (i == 3) throw std::runtime_error{"given back all the same"};
        });
        g.configure(x, {.uses = {{licence}}});
        auto const run = executor.run(g);
        EXPECT_EQ(run.summary().n_succeeded, 19u);
        EXPECT_EQ(licence.in_use(), 0u);
    }
}

TEST(Async, WorksInAGraphInsideATask) {
    for (int const threads : {1, 2, 4}) {
        task::graph g;
        auto const outer = g.map("outer", 6, [&](std::size_t i) {
            task::graph inner;
            auto const x = inner.add("x", [i]() -> task::async<int> { co_return co_await later(static_cast<int>(i)); });
            return task::executor{{.threads = 2}}.run(inner)[x].value();
        });
        auto const run = task::executor{{.threads = threads}}.run(g);
        for (std::size_t i = 0; i < 6; ++i) ASSERT_EQ(run[outer[i]].value(), static_cast<int>(i));
    }
}

TEST(Async, RefusesAScopeAcrossAnAwait) {
    poise::profile::enable();
    task::graph g;
    auto const x = g.add("x", []() -> task::async<> {
        poise::profile::scope const timing{"held"};
        co_await task::sleep_for(1ms);
    });
    auto const fine = g.add("fine", []() -> task::async<int> {
        { poise::profile::scope const timing{"ended"}; }
        co_await task::sleep_for(1ms);
        { poise::profile::scope const timing{"ended"}; }
        co_return 1;
    });
    auto const run = task::executor{{.threads = 2}}.run(g);
    poise::profile::disable();
    poise::profile::reset();
    EXPECT_NE(run[x].record().message.find("profile::scope is open across co_await"), std::string::npos)
        << run[x].record().message;
    EXPECT_EQ(run[fine].value(), 1);
}

TEST(Async, MaySleepForEverUntilTheRunIsAskedToStop) {
    for (int const threads : {1, 3}) {
        std::stop_source source;
        task::graph g;
        auto const x = g.add("x", []() -> task::async<> { co_await task::sleep_for(200 * 365 * 24h); });
        auto const y = g.add(
            "y", []() -> task::async<> { co_await task::sleep_until(std::chrono::steady_clock::time_point::max()); });
        (void)g.add("z", [&]() -> task::async<> {
            co_await task::sleep_for(5ms);
            source.request_stop();
        });
        auto const run = task::executor{{.threads = threads}}.run(g, {.stop = source.get_token()});
        EXPECT_EQ(run[x].state(), task::state::cancelled);
        EXPECT_EQ(run[y].record().message, "the run was asked to stop while it slept");
        EXPECT_EQ(run[y].record().attempts, 1);
    }
}

TEST(Async, IsCancelledInOtherProcessesToo) {
    std::stop_source source;
    task::graph g;
    auto const x = g.map("x", 2, [](std::size_t) -> task::async<> { co_await task::sleep_for(1h); });
    std::jthread const stopper{[&] {
        std::this_thread::sleep_for(30ms);
        source.request_stop();
    }};
    auto const run = task::processes(2).run(g, {.stop = source.get_token()});
    EXPECT_EQ(run.summary().n_cancelled, 2u);
    EXPECT_EQ(run[x[1]].record().message.substr(0, 23), "the run was asked to st");
}

TEST(Async, PausesWhateverItAwaitedBefore) {
    for (auto const& executor : executors()) {
        int const ready = ::eventfd(1, EFD_CLOEXEC);
        std::atomic<std::int64_t> between_ns{0};
        task::graph g;
        std::chrono::steady_clock::time_point failed;
        auto const x = g.add("x", [&](task::context const& self) -> task::async<> {
            if (self.attempt() > 1) {
                between_ns = (std::chrono::steady_clock::now() - failed).count();
                co_return;
            }
            if (!co_await task::readable(ready, 0ms)) throw std::logic_error{"ready counts more than a limit"};
            co_await task::sleep_for(1ms);
            (void)co_await task::readable(ready, 1h);
            failed = std::chrono::steady_clock::now();
            throw std::runtime_error{"again"};
        });
        g.configure(x, {.retries = 1, .backoff = 20ms});
        EXPECT_TRUE(executor.run(g));
        EXPECT_GE(between_ns.load(), 20'000'000);
        ::close(ready);
    }
}

TEST(Async, KeepsTheAlignmentOfItsResultsAndVariables) {
    struct alignas(64) lane {
        double values[8] = {};
    };
    std::atomic<int> n_wrong{0};
    auto const check = [&](void const* at) { n_wrong += reinterpret_cast<std::uintptr_t>(at) % 64 != 0; };
    task::graph g;
    auto const x = g.map("x", 20, [&](std::size_t) -> task::async<lane> {
        lane local;
        co_await task::sleep_for(10us);
        check(&local);
        co_return local;
    });
    auto const run = task::executor{{.threads = 2}}.run(g);
    for (auto const& o : run[x]) check(&o.value());
    EXPECT_EQ(n_wrong.load(), 0);
}

TEST(Async, CountsTheAttemptsOfARerunAnew) {
    task::graph g;
    std::atomic<bool> better{false};
    auto const x = g.add("x", [&]() -> task::async<int> {
        co_await task::sleep_for(10us);
        if (!better) throw std::runtime_error{"not yet"};
        co_return 1;
    });
    g.configure(x, {.retries = 2});
    auto run = task::executor{{.threads = 2}}.run(g);
    EXPECT_EQ(run[x].record().attempts, 3);
    better = true;
    run.rerun_failed(task::serial());
    EXPECT_EQ(run[x].value(), 1);
    EXPECT_EQ(run[x].record().attempts, 1);
}
