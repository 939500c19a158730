// SPDX-License-Identifier: MIT
#include "support/expect_message.hpp"

#include <poise/grid/field_arithmetic.hpp>
#include <poise/grid/gradient.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

namespace poise::grid {
namespace {

using poise_test::expect_message;

TEST(Gradient, IsExactForPolynomialsOfDegreeTwo) {
    for (auto const where : {centering::cell, centering::node}) {
        cartesian<3> const grid{{.lower = {-1, 0, 2}, .upper = {1, 3, 3}, .cells = {4, 6, 3}, .centering = where}};
        auto const u =
            sample(grid, [](double x, double y, double z) { return x * x - 2 * y * y + 3 * z * z + x * y - z; });
        auto const du = gradient(u);
        auto const exact_x = sample(grid, [](double x, double y, double) { return 2 * x + y; });
        auto const exact_y = sample(grid, [](double x, double y, double) { return -4 * y + x; });
        auto const exact_z = sample(grid, [](double, double, double z) { return 6 * z - 1; });
        // Values below 100 and spacings above 0.3: rounding is some 1e-13.
        EXPECT_LT(norm_max(du[0] - exact_x), 1e-12);
        EXPECT_LT(norm_max(du[1] - exact_y), 1e-12);
        EXPECT_LT(norm_max(du[2] - exact_z), 1e-12);
    }
}

template <std::size_t D, class U, class Exact>
double error_of(std::ptrdiff_t n, centering where, std::size_t d, U const& f, Exact const& exact) {
    extents<D> cells;
    cells.fill(n);
    cartesian<D> const grid{{.cells = cells, .centering = where}};
    return norm_max(derivative(sample(grid, f), d) - sample(grid, exact));
}

TEST(Gradient, IsOfSecondOrder) {
    for (auto const where : {centering::cell, centering::node}) {
        auto const f = [](double x, double y) { return std::sin(3 * x) * std::exp(y); };
        auto const dfx = [](double x, double y) { return 3 * std::cos(3 * x) * std::exp(y); };
        auto const dfy = f;
        double before_x = error_of<2>(16, where, 0, f, dfx), before_y = error_of<2>(16, where, 1, f, dfy);
        for (std::ptrdiff_t const n : {32, 64, 128, 256}) {
            double const x = error_of<2>(n, where, 0, f, dfx), y = error_of<2>(n, where, 1, f, dfy);
            EXPECT_NEAR(std::log2(before_x / x), 2.0, 0.1) << n;
            EXPECT_NEAR(std::log2(before_y / y), 2.0, 0.1) << n;
            before_x = x, before_y = y;
        }
    }
}

TEST(Gradient, NeedsTwoPointsAlongALine) {
    auto const two = sample(cartesian<1>{{.cells = {2}}}, [](double x) { return 3 * x; });
    EXPECT_DOUBLE_EQ(derivative(two, 0)(0), 3.0);
    EXPECT_DOUBLE_EQ(derivative(two, 0)(1), 3.0);
    field<2> const thin{cartesian<2>{{.cells = {4, 1}}}};
    EXPECT_EQ(norm_max(derivative(thin, 0)), 0.0);
    expect_message<std::invalid_argument>([&] { (void)derivative(thin, 1); }, "one point along direction 1");
    expect_message<std::invalid_argument>([&] { (void)gradient(thin); }, "one point along direction 1");
    expect_message<std::invalid_argument>([&] { (void)derivative(thin, 2); }, "direction 2 of 2");
}

TEST(Gradient, IsExactForPolynomialsOfDegreeTwoOnStretchedGrids) {
    for (auto const where : {centering::cell, centering::node}) {
        cartesian<2> const grid{
            {.upper = {1, 2}, .cells = {0, 3}, .centering = where, .faces = {{{0.0, 0.1, 0.7, 0.8, 2.0}, {}}}}};
        auto const u = sample(grid, [](double x, double y) { return 3 * x * x - x + y * y; });
        EXPECT_LT(norm_max(derivative(u, 0) - sample(grid, [](double x, double) { return 6 * x - 1; })), 1e-12);
        EXPECT_LT(norm_max(derivative(u, 1) - sample(grid, [](double, double y) { return 2 * y; })), 1e-12);
        cartesian<1> const two{{.centering = centering::node, .faces = {{{0.0, 0.25, 1.0}}}}};
        EXPECT_LT(norm_max(derivative(sample(two, [](double x) { return x * x; }), 0) -
                           sample(two, [](double x) { return 2 * x; })),
                  1e-14);
    }
    cartesian<1> const pair{{.faces = {{{0.0, 0.25, 1.0}}}}};
    EXPECT_EQ(derivative(sample(pair, [](double x) { return 2 * x; }), 0).values()[1], 2.0);
}

}  // namespace
}  // namespace poise::grid
