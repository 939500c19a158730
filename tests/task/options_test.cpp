// SPDX-License-Identifier: MIT
// Tries again, limits of time, requests to stop, priorities, and what a task may know about itself.
#include "support/message_of.hpp"

#include <poise/task/executor.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <set>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace task = poise::task;
using namespace std::chrono_literals;
using poise_test::message_of;

TEST(Retry, RepeatsATaskThatThrows) {
    task::graph g;
    std::atomic<int> n_calls{0};
    auto const flaky = g.add("flaky", [&](task::context const& self) {
        ++n_calls;
        if (self.attempt() < 3) throw std::runtime_error{"attempt " + std::to_string(self.attempt())};
        return self.attempt();
    });
    g.configure(flaky, {.retries = 3});
    auto const run = task::executor{{.threads = 2}}.run(g);
    EXPECT_EQ(run[flaky].value(), 3);
    EXPECT_EQ(run[flaky].record().attempts, 3);
    EXPECT_EQ(n_calls.load(), 3);
}

TEST(Retry, GivesUpWithTheLastException) {
    task::graph g;
    auto const bad = g.add("bad", [](task::context const& self) -> int {
        throw std::runtime_error{"attempt " + std::to_string(self.attempt())};
    });
    auto const other = g.add("other", [] { return 1; });
    auto const below = g.add(
        "below", [](int) {}, bad);
    g.configure(bad, {.retries = 2, .backoff = 1us});
    auto const run = task::executor{{.threads = 2}}.run(g);
    EXPECT_EQ(run[bad].record().message, "attempt 3");
    EXPECT_EQ(run[bad].record().attempts, 3);
    EXPECT_EQ(run[below].record().attempts, 0);
    EXPECT_EQ(run[other].record().attempts, 1);
}

TEST(Retry, WaitsLongerEachTime) {
    task::graph g;
    auto const bad = g.add("bad", [] { throw std::runtime_error{"x"}; });
    g.configure(bad, {.retries = 3, .backoff = 5ms});
    auto const run = task::executor{{.threads = 1}}.run(g);
    auto const r = run[bad].record();
    EXPECT_GE(r.end_s - r.start_s, 0.035) << "5 + 10 + 20 ms";
}

TEST(Retry, IsForEachTaskOfAMapAndTheLastConfigurationHolds) {
    task::graph g;
    std::vector<std::atomic<int>> n_calls(4);
    auto const x = g.map("x", 4, [&](std::size_t i) {
        ++n_calls[i];
        throw std::runtime_error{"x"};
    });
    g.configure(x, {.retries = 1});
    g.configure(x[2], {.retries = 4});
    g.configure(x[3], {});
    (void)task::executor{{.threads = 2}}.run(g);
    EXPECT_EQ(n_calls[0].load(), 2);
    EXPECT_EQ(n_calls[2].load(), 5);
    EXPECT_EQ(n_calls[3].load(), 1);
}

TEST(Timeout, FailsATaskThatTakesTooLong) {
    task::graph g;
    std::weak_ptr<int> dropped;
    auto const slow = g.add("slow", [&](task::context const& self) {
        EXPECT_LT(self.deadline(), std::chrono::steady_clock::time_point::max());
        while (!self.stop_requested()) std::this_thread::sleep_for(1ms);
        auto const result = std::make_shared<int>(1);
        dropped = result;
        return result;
    });
    auto const below = g.add(
        "below", [](std::shared_ptr<int> const&) {}, slow);
    auto const quick = g.add("quick", [](task::context const& self) { return self.stop_requested(); });
    g.configure(slow, {.timeout = 20ms});
    g.configure(quick, {.timeout = 1h});
    auto const run = task::executor{{.threads = 2}}.run(g);
    EXPECT_EQ(run[slow].state(), task::state::failed);
    EXPECT_THROW((void)run[slow].value(), task::timeout_error);
    EXPECT_NE(run[slow].record().message.find("its timeout is 20"), std::string::npos) << run[slow].record().message;
    EXPECT_TRUE(dropped.expired()) << "a result that is not used is not kept";
    EXPECT_EQ(run[below].state(), task::state::skipped);
    EXPECT_FALSE(run[quick].value());
}

TEST(Timeout, IsOfOneAttempt) {
    task::graph g;
    auto const slow_once = g.add("slow once", [](task::context const& self) {
        if (self.attempt() == 1) std::this_thread::sleep_for(30ms);
        return self.attempt();
    });
    g.configure(slow_once, {.retries = 1, .timeout = 20ms});
    EXPECT_EQ(task::executor{}.run(g)[slow_once].value(), 2);
}

TEST(Stop, CancelsWhatHasNotBegun) {
    for (int const threads : {1, 3}) {
        std::stop_source source;
        task::graph g;
        auto const first = g.add("first", [&](task::context const& self) {
            EXPECT_FALSE(self.stop_requested());
            source.request_stop();
            return self.stop_requested();
        });
        auto const second = g.add(
            "second", [](bool b) { return b; }, first);
        auto const third = g.add(
            "third", [](task::outcome<bool> const&) {}, task::settled(second));
        auto const run = task::executor{{.threads = threads}}.run(g, {.stop = source.get_token()});
        EXPECT_FALSE(run);
        EXPECT_TRUE(run[first].value());
        EXPECT_EQ(run[second].state(), task::state::cancelled);
        EXPECT_EQ(run[third].state(), task::state::cancelled);
        EXPECT_EQ(run.summary().n_cancelled, 2u);
        EXPECT_EQ(message_of<task::skipped_error>([&] { (void)run[second].value(); }),
                  "second was cancelled: the run was asked to stop before it began");
        EXPECT_EQ(run.failures().records.size(), 2u);
    }
}

TEST(Stop, BeforeTheRunCancelsAll) {
    std::stop_source source;
    source.request_stop();
    task::graph g;
    (void)g.map("x", 100, [](std::size_t) { ADD_FAILURE(); });
    auto const run = task::executor{{.threads = 2}}.run(g, {.stop = source.get_token()});
    EXPECT_EQ(run.summary().n_cancelled, 100u);
    EXPECT_TRUE(task::graph{}.size() == 0 && task::executor{}.run(task::graph{}, {.stop = source.get_token()}));
}

TEST(Stop, EndsThePauseBeforeARepetition) {
    std::stop_source source;
    task::graph g;
    auto const bad = g.add("bad", [&] {
        source.request_stop();
        throw std::runtime_error{"x"};
    });
    g.configure(bad, {.retries = 100, .backoff = 1h});
    auto const run = task::executor{}.run(g, {.stop = source.get_token()});
    EXPECT_EQ(run[bad].state(), task::state::failed);
    EXPECT_EQ(run[bad].record().attempts, 1);
}

TEST(Stop, FromAnotherThreadDuringAPause) {
    std::stop_source source;
    task::graph g;
    std::atomic<bool> thrown{false};
    auto const bad = g.add("bad", [&] {
        thrown = true;
        throw std::runtime_error{"x"};
    });
    g.configure(bad, {.retries = 100, .backoff = 1h});
    std::jthread const stopper{[&] {
        while (!thrown) std::this_thread::yield();
        source.request_stop();
    }};
    auto const run = task::executor{}.run(g, {.stop = source.get_token()});
    EXPECT_EQ(run[bad].state(), task::state::failed);
    EXPECT_LE(run[bad].record().attempts, 2);
}

TEST(Priority, DecidesWhoGoesFirst) {
    task::graph g;
    std::string log;
    auto const root = g.add("root", [] { return 0; });
    auto const add = [&](std::string const& name) {
        return g.add(
            name, [&log, name](int) { log += name; }, root);
    };
    (void)add("a");
    auto const b = add("b");
    auto const c = add("c");
    auto const before_d = add("d");
    (void)g.add(
        "e", [&log] { log += "e"; }, before_d);
    g.configure(b, {.priority = 5});
    g.configure(c, {.priority = -5});
    ASSERT_TRUE(task::executor{{.threads = 1}}.run(g));
    EXPECT_EQ(log, "bdeac") << "b by its priority, d as e waits for it, then by number, c last";
}

TEST(Priority, IsInheritedByWhatATaskWaitsFor) {
    task::graph g;
    std::string log;
    auto const log_it = [&log](char const* text) { return [&log, text] { log += text; }; };
    (void)g.add("a", log_it("a"));
    auto const b = g.add("b", log_it("b"));
    auto const urgent = g.add("urgent", log_it("u"), b);
    g.configure(urgent, {.priority = 10});
    ASSERT_TRUE(task::executor{{.threads = 1}}.run(g));
    EXPECT_EQ(log, "bua");
}

TEST(Configure, RefusesWhatMakesNoSense) {
    task::graph g, other;
    auto const x = g.add("x", [] {});
    auto const foreign = other.add("x", [] {});
    auto const refused = [&](task::task_options const& o) {
        return message_of<std::invalid_argument>([&] { g.configure(x, o); });
    };
    EXPECT_NE(refused({.retries = -1}).find("retries is -1"), std::string::npos);
    EXPECT_NE(refused({.backoff = -1ns}).find("backoff is -1 ns"), std::string::npos);
    EXPECT_NE(refused({.timeout = -1ns}).find("timeout is -1 ns"), std::string::npos);
    EXPECT_NE(refused({.priority = 1001}).find("priority is 1001"), std::string::npos);
    EXPECT_THROW(g.configure(foreign, {}), std::invalid_argument);
}

TEST(Context, KnowsTheTask) {
    task::graph g;
    auto const x = g.map("x", 2, [](task::context const& self, std::size_t i) {
        EXPECT_EQ(self.attempt(), 1);
        EXPECT_EQ(self.deadline(), std::chrono::steady_clock::time_point::max());
        EXPECT_EQ(self.id(), i);
        return self.name();
    });
    auto const run = task::executor{}.run(g);
    EXPECT_EQ(run[x[1]].value(), "x[1]");
}

TEST(Context, SeedDependsOnTheNameAlone) {
    std::set<std::uint64_t> seeds;
    for (int const threads : {1, 2}) {
        task::graph g;
        if (threads == 2) (void)g.add("other", [] {});
        auto const x = g.map("x", 100, [](task::context const& self, std::size_t) { return self.seed(); });
        auto const run = task::executor{{.threads = threads}}.run(g);
        for (std::size_t i = 0; i < x.size(); ++i) seeds.insert(run[x[i]].value());
    }
    EXPECT_EQ(seeds.size(), 100u);
}

TEST(Serial, RunsByNumberOnTheCallingThread) {
    task::graph g;
    std::vector<int> order;
    auto const caller = std::this_thread::get_id();
    auto const task = [&](int i) {
        return [&, i](auto const&...) {
            EXPECT_EQ(std::this_thread::get_id(), caller);
            order.push_back(i);
            return i;
        };
    };
    auto const a = g.add("a", task(0));
    (void)g.add("b", task(1));
    auto const c = g.add("c", task(2), a);
    (void)g.add("d", task(3), c);
    auto const executor = task::serial();
    EXPECT_EQ(executor.threads(), 1);
    auto const run = executor.run(g);
    EXPECT_TRUE(run);
    EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3}));
    EXPECT_EQ(run.summary().threads, 1);
}

TEST(Retry, DoesNotTryAgainOnceTheRunIsToStop) {
    std::stop_source source;
    std::atomic<int> n_calls{0};
    task::graph g;
    auto const bad = g.add("bad", [&] {
        ++n_calls;
        throw std::runtime_error{"x"};
    });
    g.configure(bad, {.retries = 5, .backoff = 10s});
    std::jthread const stopper{[&] {
        while (n_calls == 0) std::this_thread::yield();
        std::this_thread::sleep_for(5ms);
        source.request_stop();
    }};
    auto const run = task::executor{{.threads = 2}}.run(g, {.stop = source.get_token()});
    EXPECT_EQ(n_calls.load(), 1);
    EXPECT_EQ(run[bad].record().message, "x");
}

TEST(Timeout, OfAllTimeIsNone) {
    task::graph g;
    auto const x = g.add("x", [](task::context const& self) { return self.stop_requested(); });
    g.configure(x, {.backoff = std::chrono::nanoseconds::max(), .timeout = std::chrono::nanoseconds::max()});
    EXPECT_FALSE(task::executor{}.run(g)[x].value());
}

TEST(Priority, OfALongChainDoesNotOverflow) {
    task::graph g;
    auto last = g.add("0", [] {});
    for (int i = 1; i < 3000; ++i)
        last = g.add(
            std::to_string(i), [] {}, last);
    for (std::uint32_t i = 0; i < 3000; ++i) g.configure(g.find<void>(std::to_string(i)), {.priority = 1000});
    EXPECT_TRUE(task::executor{{.threads = 2}}.run(g));
}

TEST(Context, HandsOnTheWishToStop) {
    std::stop_source source;
    task::graph g;
    auto const outer = g.add("outer", [&](task::context const& self) {
        source.request_stop();
        task::graph inner;
        (void)inner.add("x", [] {});
        return task::executor{{.threads = 1}}.run(inner, {.stop = self.stop_token()}).summary().n_cancelled;
    });
    EXPECT_EQ(task::executor{{.threads = 2}}.run(g, {.stop = source.get_token()})[outer].value(), 1u);
}

TEST(Record, HasItsTimesWhileTheRunGoesOn) {
    task::graph g;
    auto const x = g.add("x", [] { std::this_thread::sleep_for(2ms); });
    auto const told = g.add(
        "told", [](task::outcome<void> const& o) { return o.record().end_s - o.record().start_s; }, task::settled(x));
    EXPECT_GE(task::executor{{.threads = 2}}.run(g)[told].value(), 0.001);
}

TEST(Stop, AtTheFirstFailureIsSeenByWhatRuns) {
    task::graph g;
    auto const waits = g.add("waits", [](task::context const& self) {
        auto const end = std::chrono::steady_clock::now() + 80s;
        while (!self.stop_requested() && std::chrono::steady_clock::now() < end) std::this_thread::yield();
        return self.stop_requested();
    });
    auto const bad = g.add("bad", [] { throw std::runtime_error{"x"}; });
    auto const later = g.map(
        "later", 5, [](std::size_t, bool) {}, waits);
    auto const run = task::executor{{.threads = 2}}.run(g, {.stop_at_failure = true});
    EXPECT_TRUE(run[waits].value());
    EXPECT_EQ(run[bad].state(), task::state::failed);
    EXPECT_EQ(run[later[4]].state(), task::state::cancelled);
}
