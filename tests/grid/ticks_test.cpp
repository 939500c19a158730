// SPDX-License-Identifier: MIT
#include "grid/ticks.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <random>
#include <set>

namespace poise::grid::detail {
namespace {

std::vector<std::string> labels(double lower, double upper, int max_steps) {
    std::vector<std::string> texts;
    for (tick const& each : round_ticks(lower, upper, max_steps)) texts.push_back(each.label);
    return texts;
}
using texts = std::vector<std::string>;

TEST(Ticks, AreRound) {
    EXPECT_EQ(labels(0, 16, 10), (texts{"0", "2", "4", "6", "8", "10", "12", "14", "16"}));
    EXPECT_EQ(labels(0, 1, 5), (texts{"0.0", "0.2", "0.4", "0.6", "0.8", "1.0"}));
    EXPECT_EQ(labels(318.15, 361.2, 5), (texts{"320", "330", "340", "350", "360"}));
    EXPECT_EQ(labels(-0.13, 0.13, 3), (texts{"-0.1", "0.0", "0.1"}));
    EXPECT_EQ(labels(0.1, 0.3, 2), (texts{"0.1", "0.2", "0.3"}));  // 0.3 / 0.1 is below 3
    EXPECT_EQ(labels(999990, 999999, 2), (texts{"999990", "999995"}));
}

TEST(Ticks, ShareAPowerOfTenWhereNumbersAreLargeOrSmall) {
    EXPECT_EQ(labels(0, 2e6, 4), (texts{"0", "0.5e6", "1.0e6", "1.5e6", "2.0e6"}));
    EXPECT_EQ(labels(-1e-9, 1e-9, 2), (texts{"-1e-9", "0", "1e-9"}));
    EXPECT_EQ(labels(0, 1e6, 1), (texts{"0", "1e6"}));
    EXPECT_EQ(labels(0, 1e300, 1), (texts{"0", "1e300"}));
    EXPECT_EQ(labels(0, 3e-5, 3), (texts{"0", "1e-5", "2e-5", "3e-5"}));
}

TEST(Ticks, EndWhereNumbersAreTooLargeToCount) {
    // Near 1e16 the doubles are 2 apart; steps of 0.5 must neither loop for ever nor overflow.
    EXPECT_LE(round_ticks(1e16, 1e16 + 4, 8).size(), 10U);
}

TEST(Ticks, HoldForRandomRanges) {
    constexpr unsigned seed = 77;
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937 random{seed};
    std::uniform_real_distribution<double> exponent{-12.0, 12.0};
    std::uniform_real_distribution<double> middle{-20.0, 20.0};
    std::uniform_int_distribution<int> steps{1, 12};
    for (int repetition = 0; repetition < 2000; ++repetition) {
        double const range = std::pow(10.0, exponent(random));
        double const lower = middle(random) * range;
        double const upper = lower + range;
        int const max_steps = steps(random);
        auto const ticks = round_ticks(lower, upper, max_steps);
        SCOPED_TRACE(testing::Message() << lower << " to " << upper << " in " << max_steps);
        // The step is at most 2.5 times the smallest allowed, so at least max_steps / 2.5 - 1 whole ones fit.
        ASSERT_LE(ticks.size(), static_cast<std::size_t>(max_steps) + 1);
        ASSERT_GE(static_cast<double>(ticks.size()), std::floor(max_steps / 2.5));
        std::set<std::string> different;
        for (tick const& each : ticks) {
            EXPECT_GE(each.value, lower - 1e-8 * range);
            EXPECT_LE(each.value, upper + 1e-8 * range);
            EXPECT_NEAR(std::strtod(each.label.c_str(), nullptr), each.value, 1e-8 * range) << each.label;
            different.insert(each.label);
        }
        EXPECT_EQ(different.size(), ticks.size());
        if (ticks.size() < 2) continue;
        double const step = ticks[1].value - ticks[0].value;
        double const mantissa = step / std::pow(10.0, std::floor(std::log10(step * (1.0 + 1e-9))));
        EXPECT_LT(std::min({std::abs(mantissa - 1), std::abs(mantissa - 2), std::abs(mantissa - 5)}), 1e-6) << mantissa;
    }
}

}  // namespace
}  // namespace poise::grid::detail
