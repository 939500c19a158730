// SPDX-License-Identifier: MIT
#include "profile/verdicts.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace poise::profile::detail {
namespace {

TEST(Verdicts, TheWholeIntervalDecides) {
    EXPECT_EQ(judge({1.02, 1.04}, 0.01), verdict::slower);
    EXPECT_EQ(judge({0.96, 0.98}, 0.01), verdict::faster);
    EXPECT_EQ(judge({0.995, 1.009}, 0.01), verdict::equivalent);
    EXPECT_EQ(judge({0.995, 1.011}, 0.01), verdict::undecided);
    EXPECT_EQ(judge({1.001, 1.011}, 0.01), verdict::undecided);  // not 1, but perhaps too little to count
    EXPECT_EQ(judge({0.5, 2.0}, 0.01), verdict::undecided);
}

TEST(Verdicts, TheLimitsAreReciprocal) {
    EXPECT_EQ(judge({1.0, 1.25}, 0.25), verdict::equivalent);
    EXPECT_EQ(judge({0.8, 1.0}, 0.25), verdict::equivalent);
    EXPECT_EQ(judge({0.79, 1.0}, 0.25), verdict::undecided);
    EXPECT_EQ(judge({0.7, 0.79}, 0.25), verdict::faster);
}

TEST(Verdicts, WithoutALeastEffectAnyDifferenceCounts) {
    EXPECT_EQ(judge({1.0001, 1.0002}, 0.0), verdict::slower);
    EXPECT_EQ(judge({0.9998, 0.9999}, 0.0), verdict::faster);
    EXPECT_EQ(judge({1.0, 1.0}, 0.0), verdict::equivalent);
}

comparison lasting(double seconds) {
    comparison of;
    of.min_effect = 0.01;
    of.duration_s = seconds;
    return of;
}

contender undecided_at(double ratio, double spread) {
    contender c;
    c.ratio = ratio;
    c.ratio_interval = {ratio / spread, ratio * spread};
    c.outcome = verdict::undecided;
    return c;
}

TEST(Verdicts, TheTimeThatIsMissingGrowsWithTheSquareOfTheInterval) {
    // ln 1.0201 is twice ln 1.01: the ratio lies ln 1.01 above the limit, the interval reaches twice as far.
    EXPECT_NEAR(seconds_to_verdict(lasting(2.0), undecided_at(1.0201, 1.0201)), 6.0, 1e-9);
    EXPECT_NEAR(seconds_to_verdict(lasting(2.0), undecided_at(1.0 / 1.0201, 1.0201)), 6.0, 1e-9);
    // At 1 the limit is ln 1.01 away on either side.
    EXPECT_NEAR(seconds_to_verdict(lasting(1.0), undecided_at(1.0, std::pow(1.01, 3))), 8.0, 1e-9);
}

TEST(Verdicts, NoTimeIsMissingWhereThereIsOneAndNoneHelpsAtTheLimit) {
    contender c = undecided_at(1.01, 1.01);
    EXPECT_GT(seconds_to_verdict(lasting(1.0), c), 1e9);
    c.outcome = verdict::slower;
    EXPECT_EQ(seconds_to_verdict(lasting(1.0), c), 0.0);
}

}  // namespace
}  // namespace poise::profile::detail
