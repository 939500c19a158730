// SPDX-License-Identifier: MIT
#include <poise/task/execute_parallel.hpp>
#include <poise/task/executor.hpp>
#include <poise/task/graph.hpp>
#include <poise/task/parallel_for.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
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
            if (parts == 0) continue;
            for (auto const& times : seen) EXPECT_EQ(times, 1);
            ASSERT_EQ(sizes.size(), std::min(n, parts));
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
