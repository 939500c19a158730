// SPDX-License-Identifier: MIT
// Requests to stop, and the executor whose order is known.
#include "support/message_of.hpp"

#include <poise/task/executor.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <stdexcept>
#include <stop_token>
#include <thread>
#include <vector>

namespace task = poise::task;
using namespace std::chrono_literals;
using poise_test::message_of;

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

TEST(Stop, AtTheFirstFailureIsSeenByWhatRuns) {
    task::graph g;
    std::atomic<bool> has_begun = false;
    auto const waits = g.add("waits", [&](task::context const& self) {
        has_begun = true;
        auto const end = std::chrono::steady_clock::now() + 80s;
        while (!self.stop_requested() && std::chrono::steady_clock::now() < end) std::this_thread::yield();
        return self.stop_requested();
    });
    auto const bad = g.add("bad", [&] {  // not before the other runs, which would be cancelled
        while (!has_begun) std::this_thread::yield();
        throw std::runtime_error{"x"};
    });
    auto const later = g.map(
        "later", 5, [](std::size_t, bool) {}, waits);
    auto const run = task::executor{{.threads = 2}}.run(g, {.stop_at_failure = true});
    EXPECT_TRUE(run[waits].value());
    EXPECT_EQ(run[bad].state(), task::state::failed);
    EXPECT_EQ(run[later[4]].state(), task::state::cancelled);
}
