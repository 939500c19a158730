// SPDX-License-Identifier: MIT
// Observed order of accuracy: dimension × centring × kinds of side × method, with inhomogeneous data everywhere.
#include "pde/manufactured.hpp"
#include "support/mixes_of_sides.hpp"

#include <poise/pde/solve.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

using namespace poise;
using grid::centering;
using grid::condition_kind;
using pde::method;
using poise_test::box;
using poise_test::flux;
using poise_test::manufactured;
using poise_test::mix_of;
using poise_test::n_mixes;
using poise_test::of_point;
using poise_test::wall;

namespace {

// Where u is known up to a constant, that of mean zero.
template <std::size_t D>
double largest_error(std::ptrdiff_t n, centering where, unsigned mix, double shift, method by) {
    auto const domain = box<D>(n, where);
    auto const kinds = mix_of<D>(mix);
    manufactured<D> const exact{domain, kinds};
    pde::helmholtz<D> const problem{
        .domain = domain,
        .shift = shift,
        .source = of_point<D>([&](grid::point<D> const& x) { return exact.neg_laplacian(x) + shift * exact.u(x); }),
        .boundary = exact.sides(kinds)};
    auto const solution = pde::solve(problem, {.method = by});
    grid::field<D> error{domain};
    grid::for_each_point(domain, [&](std::size_t i, grid::point<D> const& x) {
        error.values()[i] = solution.u.values()[i] - exact.u(x);
    });
    bool const is_singular = shift == 0.0 && std::ranges::count(kinds, wall) == 0;
    double const mean = is_singular ? grid::integral(error) / grid::integral(grid::field<D>{domain, 1.0}) : 0.0;
    double largest = 0.0;
    for (double const e : error.values()) largest = std::max(largest, std::abs(e - mean));
    return largest;
}

// Four grids, each twice as fine as the one before: the order shows once the leading term dominates.
template <std::size_t D>
int expect_second_order(std::ptrdiff_t coarsest, double shift, method by, unsigned every = 1) {
    int n_sequences = 0;
    for (auto const where : {centering::cell, centering::node})
        for (unsigned mix = 0; mix < n_mixes(D); mix += every) {
            bool const is_singular = shift == 0.0 && std::ranges::count(mix_of<D>(mix), wall) == 0;
            if (is_singular && by == method::direct) continue;
            std::array<double, 4> errors;
            for (int level = 0; level < 4; ++level)
                errors[static_cast<std::size_t>(level)] = largest_error<D>(coarsest << level, where, mix, shift, by);
            EXPECT_NEAR(std::log2(errors[2] / errors[3]), 2.0, 0.1)
                << D << "D, " << (where == centering::cell ? "cells" : "nodes") << ", mix " << mix << ", shift "
                << shift << ", errors " << errors[0] << ", " << errors[1] << ", " << errors[2] << ", " << errors[3];
            EXPECT_GT(errors[0], errors[1]);
            EXPECT_GT(errors[1], errors[2]);
            ++n_sequences;
        }
    return n_sequences;
}

}  // namespace

TEST(Accuracy, IsSecondOrderInOneDimension) {
    int n = 0;
    for (double const shift : {0.0, 5.0})
        for (auto const by : {method::direct, method::fast_transform}) n += expect_second_order<1>(16, shift, by);
    EXPECT_EQ(n, 36);
}
TEST(Accuracy, IsSecondOrderInTwoDimensions) {
    int n = 0;
    for (double const shift : {0.0, 5.0}) n += expect_second_order<2>(8, shift, method::fast_transform);
    n += expect_second_order<2>(8, 5.0, method::direct, 3);
    EXPECT_EQ(n, 118);
}
TEST(Accuracy, IsSecondOrderInThreeDimensions) {
    EXPECT_EQ(expect_second_order<3>(4, 1.0, method::fast_transform), 250);
}
TEST(Accuracy, IsSecondOrderInThreeDimensionsWithoutAShift) {
    EXPECT_EQ(expect_second_order<3>(4, 0.0, method::fast_transform, 3), 84);
}
// No direction goes around: the mixes of which no digit is 4.
TEST(Accuracy, IsSecondOrderByMultigrid) {
    int n = 0;
    for (auto const where : {centering::cell, centering::node})
        for (unsigned mix = 0; mix < n_mixes(2); ++mix) {
            if (mix % 5 == 4 || mix / 5 == 4) continue;
            std::array<double, 4> errors;
            for (int level = 0; level < 4; ++level)
                errors[static_cast<std::size_t>(level)] =
                    largest_error<2>(8 << level, where, mix, 0.0, method::multigrid);
            EXPECT_NEAR(std::log2(errors[2] / errors[3]), 2.0, 0.1) << mix;
            ++n;
        }
    EXPECT_EQ(n, 32);
}
TEST(Accuracy, IsSecondOrderInThreeDimensionsByFactorisation) {
    EXPECT_EQ(expect_second_order<3>(3, 1.0, method::direct, 31), 10);
}
