// SPDX-License-Identifier: MIT
#include "task/stable_vector.hpp"

#include <gtest/gtest.h>

#include <vector>

using poise::task::detail::stable_vector;

namespace {
stable_vector<int> counting(int n) {
    stable_vector<int> v;
    for (int i = 0; i < n; ++i) {
        v.reserve_one();
        v.push_back(i);
    }
    return v;
}
}  // namespace

TEST(StableVector, FindsEveryElement) {
    auto const v = counting(10'000);
    ASSERT_EQ(v.size(), 10'000u);
    for (int i = 0; i < 10'000; ++i) ASSERT_EQ(v[static_cast<std::size_t>(i)], i);
}

TEST(StableVector, LeavesElementsWhereTheyAre) {
    stable_vector<int> v;
    std::vector<int const*> places;
    for (int i = 0; i < 5'000; ++i) {
        v.reserve_one();
        v.push_back(i);
        places.push_back(&v[static_cast<std::size_t>(i)]);
    }
    for (std::size_t i = 0; i < places.size(); ++i) ASSERT_EQ(places[i], &v[i]);
}

TEST(StableVector, IsVisitedUpToAnySizeEitherWay) {
    auto const v = counting(500);
    for (std::size_t const n : {0u, 1u, 63u, 64u, 65u, 191u, 192u, 193u, 500u}) {
        std::size_t next = 0;
        v.for_each(n, [&](std::size_t i, int value) {
            EXPECT_EQ(i, next++);
            EXPECT_EQ(value, static_cast<int>(i));
        });
        EXPECT_EQ(next, n);
        v.for_each_reversed(n, [&](std::size_t i, int value) {
            EXPECT_EQ(i, --next);
            EXPECT_EQ(value, static_cast<int>(i));
        });
        EXPECT_EQ(next, 0u);
    }
}

TEST(StableVector, TakesBackTheLast) {
    auto v = counting(65);
    v.pop_back();
    v.reserve_one();
    v.push_back(7);
    EXPECT_EQ(v.size(), 65u);
    EXPECT_EQ(v[64], 7);
}
