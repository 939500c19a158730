// SPDX-License-Identifier: MIT
#include "support/message_of.hpp"

#include <poise/task/executor.hpp>
#include <poise/task/task_options.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
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
