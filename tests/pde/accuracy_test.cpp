// SPDX-License-Identifier: MIT
// Observed order of accuracy: dimension × centring × kinds of side × method, with inhomogeneous data everywhere.
#include "pde/manufactured.hpp"

#include <poise/pde/solve.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

using namespace poise;
using grid::centering;
using grid::condition_kind;
using pde::method;
using poise_test::manufactured;
using poise_test::of_point;

namespace {

// Every way for a direction to end; a mix has a digit for each direction.
constexpr auto wall = condition_kind::dirichlet, flux = condition_kind::neumann, around = condition_kind::periodic;
constexpr std::array<std::array<condition_kind, 2>, 5> ends{
    {{wall, wall}, {flux, wall}, {wall, flux}, {flux, flux}, {around, around}}};
constexpr unsigned n_mixes(std::size_t dimension) { return dimension == 0 ? 1 : 5 * n_mixes(dimension - 1); }

template <std::size_t D>
grid::condition_kinds<D> kinds_of(unsigned mix) {
    grid::condition_kinds<D> kinds;
    for (std::size_t d = 0; d < D; ++d, mix /= 5)
        for (std::size_t end = 0; end < 2; ++end) kinds[2 * d + end] = ends[mix % 5][end];
    return kinds;
}

// Boxes that are no cubes, with cells that are none.
template <std::size_t D>
grid::cartesian<D> box(std::ptrdiff_t n, centering where) {
    grid::cartesian_options<D> options{.centering = where};
    for (std::size_t d = 0; d < D; ++d) {
        options.lower[d] = -0.1 * static_cast<double>(d);
        options.upper[d] = 1.0 + 0.2 * static_cast<double>(d);
        options.cells[d] = n + static_cast<std::ptrdiff_t>(d) * n / 4;
    }
    return grid::cartesian<D>{options};
}

// Where u is known up to a constant, that of mean zero.
template <std::size_t D>
double largest_error(std::ptrdiff_t n, centering where, unsigned mix, double shift, method by) {
    auto const domain = box<D>(n, where);
    auto const kinds = kinds_of<D>(mix);
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
            bool const is_singular = shift == 0.0 && std::ranges::count(kinds_of<D>(mix), wall) == 0;
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
