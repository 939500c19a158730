// SPDX-License-Identifier: MIT
#include <poise/ode/detail/step_controller.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

using namespace poise::ode::detail;

TEST(StepController, HasLogarithmsAndPowersThatAreGoodEnough) {
    for (double x = 1e-300; x < 1e300; x *= 1.7) EXPECT_NEAR(quick_log2(x), std::log2(x), 1e-6) << x;
    for (double x = 0.5; x < 2.0; x += 0.001) EXPECT_NEAR(quick_log2(x), std::log2(x), 1e-6) << x;
    for (double x = -900.0; x < 900.0; x += 0.37) EXPECT_NEAR(quick_exp2(x) / std::exp2(x), 1.0, 1e-5) << x;
}

TEST(StepController, ShrinksAndGrowsWithinBounds) {
    step_controller steps{5};
    EXPECT_EQ(steps.after_accepted(1.0, 0.0), 10.0);
    step_controller others{5};
    EXPECT_LT(others.after_rejected(4.0), 0.9);
    EXPECT_GE(others.after_rejected(1e60), 0.2);
    EXPECT_EQ(others.after_rejected(std::numeric_limits<double>::quiet_NaN()), 0.1);
    EXPECT_EQ(others.after_rejected(std::numeric_limits<double>::infinity()), 0.1);
    EXPECT_LE(others.after_accepted(1.0, 1e-20), 1.0) << "no growth after a rejection";
    EXPECT_GT(others.after_accepted(1.0, 1e-20), 1.0);
}

// Where the error is C h⁵ it settles where that is a little below 1.
TEST(StepController, SettlesBelowTheTolerance) {
    step_controller steps{5};
    double h = 1e-3, error = 0.0;
    for (int i = 0; i < 50; ++i) {
        error = 3e4 * std::pow(h, 5);
        h *= error <= 1.0 ? steps.after_accepted(h, error * error) : steps.after_rejected(error * error);
    }
    EXPECT_GT(error, 0.4);
    EXPECT_LE(error, 1.0);
}

// Where the error's constant grows tenfold a step, one in two would be rejected by the last error alone.
TEST(StepController, PredictsThatAnErrorGoesOnGrowing) {
    step_controller steps{5};
    double h = 1e-2, constant = 1.0;
    int n_rejected = 0;
    for (int accepted = 0; accepted < 20;) {
        double const error = constant * std::pow(h, 5);
        if (error <= 1.0) {
            h *= steps.after_accepted(h, error * error);
            constant *= 10.0;
            ++accepted;
        } else {
            h *= steps.after_rejected(error * error);
            ++n_rejected;
        }
    }
    EXPECT_LE(n_rejected, 5);
}
