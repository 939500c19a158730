// SPDX-License-Identifier: MIT
#include <poise/task/collection.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <numeric>

namespace task = poise::task;

TEST(Collection, GivesTheResultsInOrder) {
    int const values[] = {1, 2, 3};
    task::collection<int> const all{values, 3};
    ASSERT_EQ(all.size(), 3u);
    EXPECT_FALSE(all.empty());
    EXPECT_EQ(&all[2], &values[2]);
    EXPECT_TRUE((task::collection<int>{nullptr, 0}).empty());
}

TEST(Collection, IsARange) {
    static_assert(std::random_access_iterator<task::collection<int>::iterator>);
    double const values[] = {3.0, 1.0, 2.0};
    task::collection<double> const all{values, 3};
    EXPECT_EQ(std::accumulate(all.begin(), all.end(), 0.0), 6.0);
    EXPECT_EQ(std::ranges::max_element(all) - all.begin(), 0);
    EXPECT_EQ(*std::ranges::find(all, 2.0), 2.0);
    EXPECT_EQ(all.begin()[1], 1.0);
    EXPECT_EQ(*(all.end() - 1), 2.0);
    EXPECT_LT(all.begin(), all.end());
}
