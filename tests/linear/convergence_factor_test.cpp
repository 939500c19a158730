// SPDX-License-Identifier: MIT
// By what a cycle of multigrid, or an iteration of conjugate gradients with one, multiplies the residual: on every size
// of grid, however flat its cells are and whatever κ jumps by. Prints the tables; a bound of 10^(-8/k) says that eight
// digits take at most k of them.
#include "linear/kinds.hpp"
#include "linear/random_vector.hpp"

#include <poise/core/reductions.hpp>
#include <poise/grid/field.hpp>
#include <poise/linear/cg.hpp>
#include <poise/linear/laplacian_multigrid.hpp>
#include <poise/linear/multigrid.hpp>
#include <poise/linear/neg_diffusion.hpp>
#include <poise/task/executor.hpp>
#include <poise/task/graph.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

using namespace poise;
using grid::centering;
using grid::condition_kind;
using poise_test::random_vector;

namespace {

constexpr auto wall = condition_kind::dirichlet, mirror = condition_kind::neumann;

template <std::size_t D>
std::vector<std::ptrdiff_t> const sizes =
    D == 2 ? std::vector<std::ptrdiff_t>{63, 64, 65, 97, 100, 127} : std::vector<std::ptrdiff_t>{15, 16, 17, 25, 31};
std::vector<double> const aspects{1.0, 3.0, 10.0, 100.0, 1000.0};

double for_eight_digits_in(int cycles) { return std::pow(10.0, -8.0 / cycles); }

// n cells in every direction, the last one of which is `aspect` times as long as the others.
template <std::size_t D>
grid::cartesian<D> box_of(std::ptrdiff_t n, double aspect, centering where) {
    grid::cartesian_options<D> options{.centering = where};
    options.cells.fill(n);
    options.upper[D - 1] = aspect;
    return grid::cartesian<D>{options};
}

template <std::size_t D>
std::vector<grid::condition_kinds<D>> some_sides() {
    auto mixed = poise_test::everywhere<D>(wall);
    mixed[1] = mixed[2 * D - 2] = mirror;
    return {poise_test::everywhere<D>(wall), mixed, poise_test::everywhere<D>(mirror)};
}

std::vector<double> without_mean(std::vector<double> b) {
    double const mean = sum(b) / static_cast<double>(b.size());
    for (double& value : b) value -= mean;
    return b;
}

// A row of a table: factor(n) for each size. `most` for the whole row: that is what does not depend on the grid.
template <std::size_t D, class Factor>
void expect_row(std::string const& name, double most, Factor const& factor) {
    std::printf("%-34s", name.c_str());
    for (std::ptrdiff_t const n : sizes<D>) {
        double const found = factor(n);
        std::printf("  %3td: %.3f", n, found);
        EXPECT_LE(found, most) << name << ", " << n;
    }
    std::printf("   at most %.3f\n", most);
}

// Of the later cycles, which the first ones leave what they reduce least. Of x = 0, so that rounding sets no limit.
template <std::size_t D>
double cycle_factor(grid::cartesian<D> const& box, grid::condition_kinds<D> const& kinds) {
    linear::laplacian_multigrid<D> const levels{box, kinds};
    auto const error = random_vector(levels.n_unknowns());
    std::vector<double> b(error.size(), 0.0);
    b.front() = 1e-100;
    auto const residual_after = [&](int cycles) {
        auto x = error;
        return levels.solve(b, x, {.rtol = 0.0, .max_cycles = cycles}).residual_norm;
    };
    return std::pow(residual_after(6) / residual_after(2), 1.0 / 4.0);
}

// Of an iteration, the mean over those that five digits take: more of them rounding may not leave, where κ jumps by
// 10⁸.
template <std::size_t D, class Kappa>
double iteration_factor(grid::cartesian<D> const& box, grid::condition_kinds<D> const& kinds, Kappa const& kappa) {
    std::vector<double> k(box.size());
    std::vector<double> const sigma(box.size(), 0.0);
    grid::for_each_point(box, [&](std::size_t i, grid::point<D> const& x) { k[i] = kappa(box, x); });
    auto const A = linear::neg_diffusion(box, kinds, std::span<double const>{k}, std::span<double const>{sigma});
    auto const b = without_mean(random_vector(A.n_unknowns()));
    std::vector<double> x(b.size());
    auto const report = linear::cg(A, b, x, {.rtol = 1e-5, .max_iterations = 400}, linear::multigrid<D>{A});
    EXPECT_TRUE(report) << report;
    return std::pow(report.residual_norm / norm2(b), 1.0 / report.iterations);
}

// factor(box, kinds), on cells and nodes and for some mixes of sides.
template <std::size_t D, class Factor>
double worst(std::ptrdiff_t n, double aspect, Factor const& factor) {
    double most = 0.0;
    for (auto const where : {centering::cell, centering::node})
        for (auto const& kinds : some_sides<D>()) most = std::max(most, factor(box_of<D>(n, aspect, where), kinds));
    return most;
}

// Coordinates in the box as if it were a cube of side 1.
template <std::size_t D>
grid::point<D> relative(grid::cartesian<D> const& box, grid::point<D> x) {
    for (std::size_t d = 0; d < D; ++d) x[d] /= box.upper()[d];
    return x;
}

auto chequers(double jump, int n_fields) {
    return [=](auto const& box, auto const& x) {
        int sum = 0;
        for (double const t : relative(box, x)) sum += static_cast<int>(n_fields * t);
        return sum % 2 != 0 ? jump : 1.0;
    };
}

// Balls of three sizes.
auto inclusions(double jump) {
    return [=](auto const& box, auto const& x) {
        constexpr double places[6][4] = {{0.21, 0.30, 0.25, 0.14}, {0.70, 0.24, 0.65, 0.10}, {0.52, 0.55, 0.40, 0.06},
                                         {0.30, 0.77, 0.72, 0.12}, {0.81, 0.69, 0.33, 0.15}, {0.55, 0.86, 0.85, 0.05}};
        auto const at = relative(box, x);
        bool const is_inside = std::ranges::any_of(places, [&](auto const& ball) {
            double square = 0.0;
            for (std::size_t d = 0; d < at.size(); ++d) square += std::pow(at[d] - ball[d], 2);
            return square < ball[3] * ball[3];
        });
        return is_inside ? jump : 1.0;
    };
}

std::string named(char const* what, double number) {
    char text[64];
    std::snprintf(text, sizeof text, "%s %g", what, number);
    return text;
}

template <std::size_t D>
void check_laplacian(int cycles) {
    for (double const aspect : aspects)
        expect_row<D>(named("laplacian_multigrid, aspect", aspect), for_eight_digits_in(cycles),
                      [&](std::ptrdiff_t n) { return worst<D>(n, aspect, cycle_factor<D>); });
}

template <std::size_t D, class Kappa>
void expect_iterations(std::string const& name, double aspect, int iterations, Kappa const& kappa) {
    expect_row<D>(name, for_eight_digits_in(iterations), [&](std::ptrdiff_t n) {
        return worst<D>(n, aspect,
                        [&](auto const& box, auto const& kinds) { return iteration_factor(box, kinds, kappa); });
    });
}

template <std::size_t D>
void check_aspects(int iterations) {
    for (double const aspect : aspects)
        expect_iterations<D>(named("cg, multigrid, aspect", aspect), aspect, iterations,
                             [](auto const&, auto const&) { return 1.0; });
}

template <std::size_t D>
void check_jumps(std::vector<double> const& jumps, double aspect, int iterations) {
    for (double const jump : jumps) {
        expect_iterations<D>(named("cg, multigrid, chequers", jump), aspect, iterations, chequers(jump, 5));
        expect_iterations<D>(named("cg, multigrid, fine chequers", jump), aspect, iterations, chequers(jump, 23));
        expect_iterations<D>(named("cg, multigrid, inclusions", jump), aspect, iterations, inclusions(jump));
        expect_iterations<D>(named("cg, multigrid, holes", 1.0 / jump), aspect, iterations, inclusions(1.0 / jump));
    }
}

// Problems that are too small to share.
template <class Check>
void on_one_thread(Check const& check) {
    task::graph alone;
    alone.add("alone", check);
    ASSERT_TRUE((task::executor{{.threads = 1}}.run(alone)));
}

}  // namespace

TEST(ConvergenceFactor, OfLaplacianMultigridIsBoundedOnEveryGrid) {
    on_one_thread([] {
        check_laplacian<2>(6);
        check_laplacian<3>(7);
    });
}

TEST(ConvergenceFactor, OfMultigridIsBoundedForFlatCells) {
    on_one_thread([] {
        check_aspects<2>(13);
        check_aspects<3>(13);
    });
}

TEST(ConvergenceFactor, OfMultigridIsBoundedForJumpsInThePlane) {
    on_one_thread([] { check_jumps<2>({1e2, 1e4, 1e6, 1e8}, 1.0, 19); });
}

TEST(ConvergenceFactor, OfMultigridIsBoundedForJumpsInSpace) {
    on_one_thread([] { check_jumps<3>({1e2, 1e4, 1e6, 1e8}, 1.0, 21); });
}

// A direction is coarsened everywhere or nowhere, but which of them is strong differs from field to field. (At 10⁸
// rounding leaves no five digits.)
TEST(ConvergenceFactor, OfMultigridGrowsForJumpsInFlatCells) {
    on_one_thread([] { check_jumps<2>({1e2, 1e4, 1e6}, 30.0, 80); });
}
