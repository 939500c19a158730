// SPDX-License-Identifier: MIT
#include <poise/task/execute_parallel.hpp>
#include <poise/task/executor.hpp>
#include <poise/task/graph.hpp>
#include <poise/task/parallel_for.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace poise;

TEST(ParallelFor, CoversTheRangeOnceInNearlyEqualParts) {
    for (std::size_t const n : {0, 1, 2, 7, 100})
        for (std::size_t const parts : {0, 1, 2, 3, 7, 200}) {
            std::vector<std::atomic<int>> seen(n);
            std::mutex mutex;
            std::vector<std::size_t> sizes;
            task::parallel_for(n, parts, [&](std::size_t first, std::size_t last) {
                for (std::size_t i = first; i < last; ++i) ++seen[i];
                std::scoped_lock const lock{mutex};
                sizes.push_back(last - first);
            });
            for (auto const& times : seen) EXPECT_EQ(times, 1);
            ASSERT_EQ(sizes.size(), std::min(n, std::max<std::size_t>(parts, 1)));
            if (n == 0) continue;
            auto const [smallest, largest] = std::ranges::minmax(sizes);
            EXPECT_LE(largest - smallest, 1U);
        }
}

TEST(ParallelFor, RethrowsWhatABodyThrows) {
    EXPECT_THROW(task::parallel_for(10, 5,
                                    [](std::size_t first, std::size_t) {
                                        if (first == 4) throw std::out_of_range{"four"};
                                    }),
                 std::out_of_range);
}

TEST(ParallelFor, CallsOnePartDirectly) {
    auto const here = std::this_thread::get_id();
    task::parallel_for(5, 1, [&](std::size_t first, std::size_t last) {
        EXPECT_EQ(std::this_thread::get_id(), here);
        EXPECT_EQ(last - first, 5U);
    });
}

// A loop within a task ends although all threads of the executor are in such loops, and stays within its threads.
TEST(ParallelFor, WorksWithinTasks) {
    task::graph graph;
    std::vector<task::handle<long>> sums;
    for (int t = 0; t < 8; ++t)
        sums.push_back(graph.add("sum " + std::to_string(t), [] {
            EXPECT_LE(task::available_threads(), 2U);
            std::atomic<long> sum{0};
            task::parallel_for(1000, 4, [&](std::size_t first, std::size_t last) {
                for (std::size_t i = first; i < last; ++i) sum += static_cast<long>(i);
            });
            return sum.load();
        }));
    task::run const run = task::executor{{.threads = 2}}.run(graph);
    for (auto const& sum : sums) EXPECT_EQ(run[sum].value(), 499'500);
}

// Also where the caller is a task itself, of an executor with more threads.
TEST(ParallelFor, HasOneThreadWithinASerialExecutor) {
    auto const expect_one_thread = [] {
        task::graph graph;
        (void)graph.add("loops", [here = std::this_thread::get_id()] {
            EXPECT_EQ(std::this_thread::get_id(), here);
            EXPECT_EQ(task::available_threads(), 1U);
            task::parallel_for(100, 50, [&](std::size_t, std::size_t) {
                EXPECT_EQ(std::this_thread::get_id(), here);
                std::this_thread::sleep_for(std::chrono::microseconds{100});  // others would come
            });
            task::graph inner;
            auto const thread = inner.add("inner", [] { return std::this_thread::get_id(); });
            EXPECT_EQ(task::executor{{.threads = 2}}.run(inner)[thread].value(), here);
        });
        EXPECT_TRUE(task::serial().run(graph));
    };
    expect_one_thread();
    task::graph outer;
    (void)outer.add("runs one after the other", expect_one_thread);
    EXPECT_TRUE(task::executor{{.threads = 3}}.run(outer));
}

TEST(ParallelPhases, DoesAllOfAPhaseBeforeTheNextBegins) {
    std::vector<std::size_t> const n_items{7, 0, 1, 300, 20};
    for (std::size_t const n_threads : {0, 1, 2, 5}) {
        std::vector<std::atomic<std::size_t>> done(n_items.size());
        std::vector<std::atomic<int>> seen(300);
        std::atomic<bool> in_order{true};
        task::parallel_phases(n_items, n_threads, [&](std::size_t phase, std::size_t item, std::size_t thread) {
            EXPECT_LT(thread, std::max<std::size_t>(n_threads, 1));
            for (std::size_t before = 0; before < phase; ++before)
                if (done[before] != n_items[before]) in_order = false;
            if (phase == 3) ++seen[item];
            ++done[phase];
        });
        EXPECT_TRUE(in_order);
        for (std::size_t phase = 0; phase < n_items.size(); ++phase) EXPECT_EQ(done[phase], n_items[phase]);
        for (auto const& times : seen) EXPECT_EQ(times, 1);
    }
}

TEST(ParallelPhases, TakesManyPhases) {
    std::vector<std::size_t> const n_items(100, 5);
    std::atomic<long> sum{0};
    task::parallel_phases(n_items, 2,
                          [&](std::size_t phase, std::size_t, std::size_t) { sum += static_cast<long>(phase); });
    EXPECT_EQ(sum, 5 * 99 * 100 / 2);
}

TEST(ParallelPhases, RethrowsWhatABodyThrowsAndLeavesTheRestOut) {
    std::vector<std::size_t> const n_items{4, 4};
    for (std::size_t const n_threads : {1, 3}) {
        std::atomic<int> later{0};
        EXPECT_THROW(task::parallel_phases(n_items, n_threads,
                                           [&](std::size_t phase, std::size_t item, std::size_t) {
                                               if (phase == 0 && item == 2) throw std::out_of_range{"two"};
                                               later += phase == 1;
                                           }),
                     std::out_of_range);
        EXPECT_EQ(later, 0);
    }
}

// One thread waits for items that another has taken, and none of them is ever waited for by who would have to take it.
TEST(ParallelPhases, EndsWithMoreThreadsThanThereAre) {
    std::vector<std::size_t> const n_items(200, 3);
    std::atomic<long> sum{0};
    task::parallel_phases(n_items, 16,
                          [&](std::size_t, std::size_t item, std::size_t) { sum += static_cast<long>(item); });
    EXPECT_EQ(sum, 600);
}
