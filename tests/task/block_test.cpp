// SPDX-License-Identifier: MIT
#include "task/block.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <thread>
#include <vector>

using namespace poise::task::detail;

namespace {
constexpr std::size_t mebibyte = std::size_t{1} << 20U;
#if defined(__SANITIZE_ADDRESS__)
constexpr bool keeps_blocks = false;
#else
constexpr bool keeps_blocks = true;
#endif
}  // namespace

TEST(Block, IsAlignedToACacheLine) {
    for (std::size_t const n : {std::size_t{1}, std::size_t{1000}, mebibyte, 5 * mebibyte}) {
        block<char> const b{n};
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(b.data()) % 64, 0u) << n;
        EXPECT_EQ(b.size(), n);
    }
    EXPECT_FALSE(block<int>{0});
    EXPECT_EQ(std::ranges::count(block<int>{100, 7}, 7), 100);
}

TEST(Block, IsUsedAgainWhenItIsLarge) {
    void* before = nullptr;
    {
        block<char> const first{mebibyte + 64};
        before = first.data();
    }
    block<char> const second{mebibyte + 64};
    EXPECT_TRUE(!keeps_blocks || second.data() == before);
}

TEST(Block, KeepsNoMoreThanItsLimit) {
    {
        std::vector<block<char>> many;
        for (int i = 0; i < 30; ++i) many.emplace_back(4 * mebibyte);
    }
    EXPECT_LE(kept_in_blocks(), 64 * mebibyte);
    EXPECT_GE(kept_in_blocks(), keeps_blocks ? 32 * mebibyte : 0);
    { block<char> const too_large{65 * mebibyte}; }
    EXPECT_LE(kept_in_blocks(), 64 * mebibyte);
}

TEST(Block, MovesAndSwaps) {
    block<int> a{3, 1}, b{5, 2};
    int const* const at = a.data();
    b = std::move(a);
    EXPECT_EQ(b.data(), at);
    block<int> const c{std::move(b)};
    EXPECT_EQ(c.data(), at);
    EXPECT_FALSE(b);  // NOLINT(bugprone-use-after-move): what is left is specified
}

TEST(Block, MayBeTakenOnOneThreadAndGivenBackOnAnother) {
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([] {
            for (int i = 1; i < 200; ++i) {
                block<int> b{static_cast<std::size_t>(i) * 4096, i};
                std::thread{[given = std::move(b), i] { EXPECT_EQ(given[0], i); }}.join();
            }
        });
    for (auto& thread : threads) thread.join();
}
