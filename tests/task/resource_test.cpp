// SPDX-License-Identifier: MIT
#include "executors.hpp"
#include "support/callback_thread.hpp"
#include "support/message_of.hpp"
#include "support/temporary_folder.hpp"

#include <poise/task/resource.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace task = poise::task;
using poise_test::callback_thread;
using poise_test::executors;
using poise_test::message_of;

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
    callback_thread other;
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

TEST(Resource, IsWaitedForNoMoreWhenTheRunIsAskedToStop) {
    task::resource const licence{"licence", 1};
    std::atomic<bool> go_on{false};
    task::graph holding, waiting;
    auto const holds = holding.add("holds", [&] {
        while (!go_on) std::this_thread::yield();
    });
    holding.configure(holds, {.uses = {{licence}}});
    std::jthread const other{[&] { (void)task::executor{{.threads = 1}}.run(holding); }};
    while (licence.in_use() == 0) std::this_thread::yield();

    task::resource const another{"another", 1};
    auto const waits = waiting.map("waits", 5, [](std::size_t) {});
    waiting.configure(waits, {.uses = {{licence}, {another}}});
    std::stop_source source;
    (void)waiting.add("stops", [&] { source.request_stop(); });
    auto const run = task::executor{{.threads = 2}}.run(waiting, {.stop = source.get_token()});
    EXPECT_EQ(run.summary().n_cancelled, 5u) << "although the resource is held by another run";
    EXPECT_EQ(licence.in_use(), 1u);
    EXPECT_EQ(another.in_use(), 0u);
    go_on = true;
}

TEST(Resource, IsGivenBackWhenAnotherRunHasKeptTheResultMeanwhile) {
    poise_test::temporary_folder const folder;
    task::resource const licence{"licence", 1};
    for (int repeat = 0; repeat < 20; ++repeat) {
        task::graph g;
        auto const x = g.map("x " + std::to_string(repeat), 4, [](std::size_t i) {
            std::this_thread::yield();
            return i;
        });
        g.configure(x, {.uses = {{licence}}});
        std::vector<std::jthread> runs;
        for (int r = 0; r < 3; ++r)
            runs.emplace_back([&] { EXPECT_TRUE(task::executor{{.threads = 2}}.run(g, {.results = folder.path()})); });
        runs.clear();
        ASSERT_EQ(licence.in_use(), 0u);
    }
}

TEST(Resource, MayComeWhenNoProcessIsIdle) {
    task::resource const a{"a", 1}, b{"b", 1};
    std::atomic<bool> go_on{false};
    task::graph holding, g;
    auto const holds = holding.add("holds", [&] {
        while (!go_on) std::this_thread::yield();
    });
    holding.configure(holds, {.uses = {{a}, {b}}});
    std::jthread const other{[&] { (void)task::executor{{.threads = 1}}.run(holding); }};
    while (b.in_use() == 0) std::this_thread::yield();
    auto const x = g.add("x", [] { std::this_thread::sleep_for(std::chrono::milliseconds{5}); });
    auto const y = g.add("y", [] { std::this_thread::sleep_for(std::chrono::milliseconds{5}); });
    g.configure(x, {.uses = {{a}}});
    g.configure(y, {.uses = {{b}}});
    std::jthread const releaser{[&] {
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
        go_on = true;
    }};
    auto const run = task::processes(1).run(g);
    EXPECT_TRUE(run) << run.failures();
}
