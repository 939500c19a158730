// SPDX-License-Identifier: MIT
#include "task/bump_arena.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <random>
#include <vector>

using poise::task::detail::bump_arena;

TEST(BumpArena, OffersTheSameUntilItIsTaken) {
    bump_arena a;
    std::byte* const first = a.offer(10, 1);
    EXPECT_EQ(a.offer(10, 1), first);
    a.take(first + 10);
    std::byte* const second = a.offer(10, 1);
    EXPECT_EQ(second, first + 10);
    a.take(second + 10);
    a.give_back(second);
    EXPECT_EQ(a.offer(10, 1), second);
}

TEST(BumpArena, GivesPiecesThatAreAlignedAndApart) {
    std::mt19937 random{3};
    struct piece {
        std::byte* begin;
        std::size_t size;
    };
    bump_arena a;
    std::vector<piece> pieces;
    for (int i = 0; i < 5'000; ++i) {
        std::size_t const size = i % 500 == 0 ? 100'000 : random() % 200, alignment = std::size_t{1} << random() % 7;
        std::byte* const p = a.offer(size, alignment);
        ASSERT_EQ(reinterpret_cast<std::uintptr_t>(p) % alignment, 0u);
        std::memset(p, i % 251, size);
        a.take(p + size);
        pieces.push_back({p, size});
    }
    for (std::size_t i = 0; i < pieces.size(); ++i)
        for (std::size_t k = 0; k < pieces[i].size; ++k)
            ASSERT_EQ(pieces[i].begin[k], static_cast<std::byte>(i % 251)) << "piece " << i << " was written over";
}
