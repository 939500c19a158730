// SPDX-License-Identifier: MIT
#include "task/ready_queue.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

using namespace poise::task::detail;

TEST(ReadyStack, GivesTheNewestFirst) {
    ready_stack s;
    s.make_room(3);
    EXPECT_EQ(s.pop(), no_node);
    s.push(1);
    s.push(2);
    EXPECT_EQ(s.pop(), 2u);
    s.push(3);
    EXPECT_EQ(s.pop(), 3u);
    EXPECT_EQ(s.pop(), 1u);
    EXPECT_EQ(s.pop(), no_node);
}

TEST(ReadyDeque, GivesTheNewestToItsOwnerAndTheOldestToThieves) {
    ready_deque d;
    d.make_room(4);
    EXPECT_TRUE(d.empty());
    EXPECT_EQ(d.pop(), no_node);
    EXPECT_EQ(d.steal(), no_node);
    for (std::uint32_t i = 0; i < 4; ++i) d.push(i);
    EXPECT_EQ(d.steal(), no_node) << "nothing is published";
    d.publish();
    EXPECT_FALSE(d.empty());
    EXPECT_EQ(d.steal(), 0u);
    EXPECT_EQ(d.pop(), 3u);
    EXPECT_EQ(d.steal(), 1u);
    EXPECT_EQ(d.pop(), 2u);
    EXPECT_EQ(d.pop(), no_node);
    EXPECT_EQ(d.steal(), no_node);
    EXPECT_TRUE(d.empty());
}

// Whatever the interleaving, each node is had once.
TEST(ReadyDeque, GivesEachNodeOnce) {
    constexpr std::uint32_t n = 40'000;
    for (int repeat = 0; repeat < 5; ++repeat) {
        ready_deque d;
        d.make_room(n);
        std::vector<std::atomic<int>> n_times(n);
        std::atomic<bool> over{false};
        std::vector<std::thread> thieves;
        for (int t = 0; t < 3; ++t)
            thieves.emplace_back([&] {
                while (!over)
                    if (auto const node = d.steal(); node != no_node) ++n_times[node];
            });
        for (std::uint32_t next = 0; next < n;) {
            for (std::uint32_t const end = std::min(n, next + 1 + next % 5); next < end; ++next) d.push(next);
            d.publish();
            for (int k = 0; k < 3; ++k)
                if (auto const node = d.pop(); node != no_node) ++n_times[node];
        }
        for (auto node = d.pop(); node != no_node || !d.empty(); node = d.pop())
            if (node != no_node) ++n_times[node];
        over = true;
        for (auto& thief : thieves) thief.join();
        for (std::uint32_t i = 0; i < n; ++i) ASSERT_EQ(n_times[i].load(), 1) << i;
    }
}
