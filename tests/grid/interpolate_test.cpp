// SPDX-License-Identifier: MIT
#include "support/expect_message.hpp"

#include <poise/grid/field_arithmetic.hpp>
#include <poise/grid/interpolate.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <stdexcept>

namespace poise::grid {
namespace {

using poise_test::expect_message;

TEST(Interpolate, IsExactAtThePoints) {
    for (auto const where : {centering::cell, centering::node}) {
        cartesian<3> const grid{{.lower = {-1, 0, 2}, .upper = {1, 3, 3}, .cells = {4, 5, 3}, .centering = where}};
        auto const u = sample(grid, [](double x, double y, double z) { return std::sin(x + 2 * y) * z; });
        for_each_point(grid, [&](std::size_t i, point<3> const& x) { EXPECT_EQ(interpolate(u, x), u.values()[i]); });
    }
}

// Also in the half cells at the boundary, and on it.
TEST(Interpolate, IsExactForFunctionsLinearInEachDirection) {
    std::mt19937 random{5};
    for (auto const where : {centering::cell, centering::node}) {
        cartesian<3> const grid{{.lower = {-1, 0, 2}, .upper = {1, 3, 3}, .cells = {4, 5, 2}, .centering = where}};
        auto const f = [](double x, double y, double z) { return 1 + x - 2 * y + z + x * y * z - y * z; };
        auto const u = sample(grid, f);
        for (int k = 0; k < 1000; ++k) {
            auto const in = [&](double a, double b) { return std::uniform_real_distribution<double>{a, b}(random); };
            point<3> x{in(-1, 1), in(0, 3), in(2, 3)};
            if (k % 5 == 0) x[static_cast<std::size_t>(k) % 3] = grid.upper()[static_cast<std::size_t>(k) % 3];
            if (k % 7 == 0) x[static_cast<std::size_t>(k) % 3] = grid.lower()[static_cast<std::size_t>(k) % 3];
            ASSERT_NEAR(interpolate(u, x), f(x[0], x[1], x[2]), 1e-13 * 50);
        }
    }
}

TEST(Interpolate, IsOfSecondOrder) {
    cartesian<2> const fine{{.cells = {301, 307}, .centering = centering::node}};
    auto const f = [](double x, double y) { return std::sin(5 * x) * std::cos(4 * y); };
    auto const exact = sample(fine, f);
    for (auto const where : {centering::cell, centering::node}) {
        auto const error = [&](std::ptrdiff_t n) {
            return norm_l2(interpolate(sample(cartesian<2>{{.cells = {n, n}, .centering = where}}, f), fine) - exact);
        };
        double before = error(8);
        for (std::ptrdiff_t const n : {16, 32, 64}) {
            double const now = error(n);
            EXPECT_NEAR(std::log2(before / now), 2.0, 0.1) << n;
            before = now;
        }
    }
}

TEST(Interpolate, RefusesWhatIsOutside) {
    field<2> const u{cartesian<2>{{.upper = {2, 1}, .cells = {4, 1}}}, 3.0};
    EXPECT_EQ(interpolate(u, {2.0, 1.0}), 3.0) << "one point in a direction: a constant";
    expect_message<std::invalid_argument>(
        [&] {
            (void)interpolate(u, {1.0, 1.5});
        },
        "y = 1.5 is not in the box, from 0 to 1");
    expect_message<std::invalid_argument>([&] { (void)interpolate(u, {-1e-9, 0.5}); }, "x = -1e-09");
    expect_message<std::invalid_argument>(
        [&] {
            (void)interpolate(u, {std::numeric_limits<double>::quiet_NaN(), 0.5});
        },
        "x = nan");
    expect_message<std::invalid_argument>(
        [&] {
            (void)interpolate(u, cartesian<2>{{.upper = {3, 1}, .cells = {9, 3}}});
        },
        "x = 2.16");
}

TEST(Interpolate, IsExactForLinearFunctionsOnStretchedGrids) {
    for (auto const where : {centering::cell, centering::node}) {
        cartesian<2> const grid{{.cells = {0, 5}, .centering = where, .faces = {{{0.0, 0.01, 0.3, 0.35, 1.0}, {}}}}};
        auto const u = sample(grid, [](double x, double y) { return 2 * x - y; });
        for (double const x : {0.0, 0.005, 0.01, 0.1, 0.155, 0.3, 0.32, 0.675, 0.9, 1.0})
            EXPECT_NEAR(interpolate(u, {x, 0.4}), 2 * x - 0.4, 1e-14) << x;
        for_each_point(grid, [&](std::size_t i, point<2> const& x) { EXPECT_EQ(interpolate(u, x), u.values()[i]); });
    }
}

}  // namespace
}  // namespace poise::grid
