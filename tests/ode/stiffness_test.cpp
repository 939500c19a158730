// SPDX-License-Identifier: MIT
// Rates of a problem and the steps that methods may take.
#include "ode/stiff_problems.hpp"

#include <poise/ode.hpp>
#include <poise/ode/stiffness.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

using namespace poise;
using namespace poise_test;

TEST(Stiffness, IsThatOfTheEigenvalues) {
    auto const f = [](double, auto const& y, auto& dydt) {
        dydt[0] = -1000.0 * y[0] + y[1];
        dydt[1] = -2.0 * y[1];
        dydt[2] = 5.0 * y[3];
        dydt[3] = -5.0 * y[2];
    };
    for (auto const& found : {ode::stiffness_of(f, 0.0, std::array{1.0, 1.0, 1.0, 1.0}),
                              ode::stiffness_of(f, 0.0, std::vector{1.0, 1.0, 1.0, 1.0})}) {
        EXPECT_NEAR(found.fastest, 1000.0, 1e-4);
        EXPECT_NEAR(found.slowest, 2.0, 1e-5);
        EXPECT_NEAR(found.ratio(), 500.0, 1e-2);
        EXPECT_NEAR(std::abs(found.eigenvalues[1]), 5.0, 1e-5);
        EXPECT_EQ(found.eigenvalues.size(), 4u);
    }
    EXPECT_NEAR(ode::stiffness_of([](double, double y) { return 3.0 * y; }, 0.0, 1.0).growth, 3.0, 1e-6);
    EXPECT_EQ(ode::stiffness_of([](double, double) { return 3.0; }, 0.0, 1.0).ratio(), 1.0);
    EXPECT_THROW((void)ode::stiffness_of([](double, double y) { return std::sqrt(-1.0 - y); }, 0.0, 1.0),
                 std::invalid_argument);
}

// Just below the step that is said to be the longest a solution decays, just above it grows.
TEST(Stiffness, SaysWhichStepsAreStable) {
    auto const f = [](double, auto const& y, auto& dydt) {
        dydt[0] = -40.0 * y[0] + 30.0 * y[1];
        dydt[1] = -30.0 * y[0] - 40.0 * y[1];
    };
    std::array const y0{1.0, 0.0};
    auto const found = ode::stiffness_of(f, 0.0, y0);
    auto const expect_limit = [&](auto method) {
        double const step = largest_stable_step(method, found);
        auto const size_after = [&](double h) {
            auto const y =
                ode::solve(ode::problem{f, y0, {0.0, 2000.0 * h}}, method, {.fixed_step = h, .keep = ode::keep::ends})
                    .y.back();
            return std::hypot(y[0], y[1]);
        };
        EXPECT_LE(size_after(0.99 * step), 1.0) << method.name;
        EXPECT_GT(size_after(1.01 * step), 1.0) << method.name;
    };
    expect_limit(ode::bogacki_shampine3{});
    expect_limit(ode::tsitouras5{});
    expect_limit(ode::verner7{});
    EXPECT_EQ(largest_stable_step(ode::rodas5p{}, found), std::numeric_limits<double>::infinity());
}

TEST(Stiffness, OfKineticsIsLarge) {
    auto const found = ode::stiffness_of(ode::differentiable{robertson{}}, 0.0, std::array{1.0, 3.6e-5, 1e-3});
    EXPECT_GT(found.ratio(), 1e3);
    EXPECT_LT(largest_stable_step(ode::tsitouras5{}, found), 1e-2);
}
