// SPDX-License-Identifier: MIT
#include "profile/looks.hpp"

#include "profile/statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace poise::profile::detail {
namespace {

TEST(Looks, ShareTheErrorBetweenThem) {
    looks schedule{0.05, 16.0};
    EXPECT_EQ(schedule.due(0.5, 1000, false), 0.0);  // before 1/16
    EXPECT_DOUBLE_EQ(schedule.due(1.0, 1000, false), 0.004);
    EXPECT_EQ(schedule.due(1.5, 1000, false), 0.0);
    EXPECT_DOUBLE_EQ(schedule.due(2.0, 1000, false), 0.004);
    EXPECT_DOUBLE_EQ(schedule.due(4.0, 1000, false), 0.004);
    EXPECT_DOUBLE_EQ(schedule.due(8.0, 1000, false), 0.004);
    EXPECT_EQ(schedule.due(15.9, 1000, false), 0.0);
    EXPECT_FALSE(schedule.ended());
    EXPECT_DOUBLE_EQ(schedule.due(16.0, 1000, false), 0.05 - 4 * 0.004);
    EXPECT_TRUE(schedule.ended());
}

TEST(Looks, OneThatCouldNotSayAnythingIsNotTaken) {
    looks schedule{0.05, 16.0};
    EXPECT_EQ(schedule.due(5.0, 49, false), 0.0);
    EXPECT_DOUBLE_EQ(schedule.due(5.0, 50, false), 0.004);  // instead of three
    EXPECT_EQ(schedule.due(6.0, 60, false), 0.0);
    EXPECT_DOUBLE_EQ(schedule.due(8.0, 60, false), 0.004);
    EXPECT_DOUBLE_EQ(schedule.due(9.0, 60, true), 0.05 - 2 * 0.004);
    EXPECT_TRUE(schedule.ended());
}

TEST(Looks, TheLastWaitsUntilThereIsAnInterval) {
    looks schedule{0.05, 1.0};
    EXPECT_EQ(schedule.due(2.0, 5, false), 0.0);  // 2 / 2⁵ is more than 5 %
    EXPECT_FALSE(schedule.ended());
    EXPECT_DOUBLE_EQ(schedule.due(2.4, 6, false), 0.05);
    EXPECT_TRUE(schedule.ended());
}

// Bodies that do not differ, looked at as compare() does, and as he does who stops when he likes what he sees. The
// former is wrong at most once in twenty, up to four standard deviations; the latter is the test of the test.
TEST(Looks, EarlyOnesDoNotMakeTheWholeWrongMoreOften) {
    unsigned const seed = 7;
    RecordProperty("seed", static_cast<int>(seed));
    std::mt19937_64 random{seed};
    std::normal_distribution<double> noise;
    constexpr int trials = 2000;
    int wrong = 0;
    int wrong_careless = 0;
    for (int t = 0; t < trials; ++t) {
        looks schedule{0.05, 800.0};
        std::vector<double> rounds;
        bool excluded = false;
        bool excluded_careless = false;
        while (!schedule.ended()) {
            rounds.push_back(noise(random));
            double const error = schedule.due(static_cast<double>(rounds.size()), rounds.size(), false);
            if (error == 0.0) continue;
            auto const excludes = [&](double confidence) {
                auto const [low, high] = median_interval(rounds, confidence);
                return low > 0.0 || high < 0.0;
            };
            excluded |= excludes(1.0 - error);
            excluded_careless |= excludes(0.95);
        }
        wrong += excluded ? 1 : 0;
        wrong_careless += excluded_careless ? 1 : 0;
    }
    double const spread = std::sqrt(trials * 0.05 * 0.95);
    EXPECT_LE(wrong, trials * 0.05 + 4.0 * spread) << "seed " << seed;
    EXPECT_GT(wrong_careless, trials * 0.05 + 4.0 * spread) << "seed " << seed;
}

}  // namespace
}  // namespace poise::profile::detail
