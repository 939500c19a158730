// SPDX-License-Identifier: MIT
#include "support/expect_message.hpp"

#include <poise/grid/field_arithmetic.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <stdexcept>
#include <vector>

namespace poise::grid {
namespace {

using poise_test::expect_message;

field<3> random_field(cartesian<3> const& grid, unsigned seed) {
    std::mt19937 random{seed};
    std::uniform_real_distribution<double> values{-1.0, 1.0};
    field<3> u{grid};
    for (double& v : u.values()) v = values(random);
    return u;
}

TEST(FieldArithmetic, IsPointByPoint) {
    cartesian<2> const grid{{.cells = {3, 2}}};
    auto const x = sample(grid, [](double a, double b) { return a + 10 * b; });
    auto const y = sample(grid, [](double a, double b) { return a * b; });
    auto const z = 2.0 * x - y * 0.5 + x;
    for (std::size_t i = 0; i < grid.size(); ++i)
        EXPECT_EQ(z.values()[i], 2.0 * x.values()[i] - y.values()[i] * 0.5 + x.values()[i]);
    auto w = x;
    axpy(-3.0, y, w);
    (w *= 2.0) += x;
    for (std::size_t i = 0; i < grid.size(); ++i)
        EXPECT_EQ(w.values()[i], (x.values()[i] - 3.0 * y.values()[i]) * 2.0 + x.values()[i]);
}

TEST(FieldArithmetic, RefusesFieldsOnDifferentGrids) {
    field<2> u{cartesian<2>{{.cells = {3, 2}}}};
    field<2> const v{cartesian<2>{{.cells = {2, 2}}}};
    for (auto const& call : std::vector<std::function<void()>>{
             [&] { u += v; }, [&] { u -= v; }, [&] { axpy(1.0, v, u); }, [&] { (void)inner_product(u, v); }})
        expect_message<std::invalid_argument>(call, "on different grids, of 6 and 4 points");
}

// Polynomials whose integrals the rule has exactly: constants, and linear functions against constants.
TEST(FieldArithmetic, NormsAreThoseOfTheIntegral) {
    for (auto const where : {centering::cell, centering::node}) {
        cartesian<2> const grid{{.lower = {0, -1}, .upper = {2, 1}, .cells = {8, 5}, .centering = where}};
        field<2> const two{grid, -2.0};
        auto const x = sample(grid, [](double a, double) { return a; });
        EXPECT_DOUBLE_EQ(norm_l1(two), 8.0);
        EXPECT_DOUBLE_EQ(norm_l2(two), 4.0);
        EXPECT_EQ(norm_max(two), 2.0);
        EXPECT_DOUBLE_EQ(inner_product(two, x), -2.0 * integral(x));
        EXPECT_NEAR(inner_product(x, x), norm_l2(x) * norm_l2(x), 1e-14 * inner_product(x, x));
    }
    cartesian<3> const cube{{.upper = {2, 3, 4}, .cells = {2, 3, 4}, .centering = centering::node}};
    EXPECT_DOUBLE_EQ(norm_l2(field<3>{cube, 1.0}), std::sqrt(24.0));
}

TEST(FieldArithmetic, ObeysTheInequalitiesOfNorms) {
    cartesian<3> const grid{{.cells = {5, 4, 3}, .centering = centering::node}};
    for (unsigned seed = 0; seed < 200; ++seed) {
        auto const u = random_field(grid, seed), v = random_field(grid, seed + 1000);
        double const slack = 1.0 + 1e-13;
        ASSERT_LE(norm_l2(u + v), slack * (norm_l2(u) + norm_l2(v))) << "seed " << seed;
        ASSERT_LE(std::abs(inner_product(u, v)), slack * norm_l2(u) * norm_l2(v)) << "seed " << seed;
        ASSERT_LE(norm_l1(u), slack * norm_l2(u)) << "on a box of measure 1, seed " << seed;
        ASSERT_LE(norm_l2(u), slack * norm_max(u)) << "seed " << seed;
        ASSERT_DOUBLE_EQ(norm_l2(-4.0 * u), 4.0 * norm_l2(u)) << "seed " << seed;
    }
}

TEST(FieldArithmetic, NormsNeitherOverflowNorVanish) {
    cartesian<1> const grid{{.cells = {10}}};
    for (double const size : {1e300, 1e-300, 5e-324, std::numeric_limits<double>::max()})
        EXPECT_NEAR(norm_l2(field<1>{grid, size}) / size, 1.0, 1e-12) << size;
    field<1> u{grid};
    EXPECT_EQ(norm_l2(u), 0.0);
    u(3) = std::numeric_limits<double>::quiet_NaN();
    EXPECT_TRUE(std::isnan(norm_l2(u)));
    EXPECT_TRUE(std::isnan(norm_max(u)));
    u(3) = -std::numeric_limits<double>::infinity();
    EXPECT_EQ(norm_l2(u), std::numeric_limits<double>::infinity());
}

}  // namespace
}  // namespace poise::grid
