// SPDX-License-Identifier: MIT
// scheme::compact_fourth_order: its order, with inhomogeneous data wherever there is a wall, and what it refuses.
#include "pde/manufactured.hpp"
#include "support/message_of.hpp"
#include "support/mixes_of_sides.hpp"

#include <poise/core/reductions.hpp>
#include <poise/pde/solve.hpp>
#include <poise/task/executor.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iostream>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

using namespace poise;
using grid::centering;
using grid::condition_kind;
using pde::method;
using pde::scheme;
using poise_test::box;
using poise_test::flux;
using poise_test::manufactured;
using poise_test::message_of;
using poise_test::mix_of;
using poise_test::n_mixes;
using poise_test::of_point;
using poise_test::wall;

namespace {

template <std::size_t D>
grid::field<D> error_of(pde::solution<D> const& solution, manufactured<D> const& exact) {
    auto const& domain = solution.u.grid();
    grid::field<D> error{domain};
    grid::for_each_point(domain, [&](std::size_t i, grid::point<D> const& x) {
        error.values()[i] = solution.u.values()[i] - exact.u(x);
    });
    return error;
}

// The root of the mean square: on cells the place of the largest error is at another distance from it on each grid.
// Where u is known up to a constant, that of mean zero.
template <std::size_t D>
double mean_error(grid::field<D> error, bool is_singular) {
    double const volume = grid::integral(grid::field<D>{error.grid(), 1.0});
    double const mean = is_singular ? grid::integral(error) / volume : 0.0;
    for (double& e : error.values()) e = (e - mean) * (e - mean);
    return std::sqrt(grid::integral(error) / volume);
}

template <std::size_t D>
pde::helmholtz<D> problem_of(grid::cartesian<D> const& domain, manufactured<D> const& exact,
                             grid::condition_kinds<D> const& kinds, double shift) {
    return {.domain = domain,
            .shift = shift,
            .source = of_point<D>(
                [exact, shift](grid::point<D> const& x) { return exact.neg_laplacian(x) + shift * exact.u(x); }),
            .boundary = exact.sides(kinds)};
}

template <std::size_t D>
double error_on(std::ptrdiff_t n, centering where, unsigned mix, double shift, scheme by) {
    auto const domain = box<D>(n, where);
    auto const kinds = mix_of<D>(mix);
    manufactured<D> const exact{domain, kinds};
    auto const solution = pde::solve(problem_of<D>(domain, exact, kinds, shift), {.rtol = 1e-10, .scheme = by});
    return mean_error(error_of(solution, exact), shift == 0.0 && std::ranges::count(kinds, wall) == 0);
}

// Four grids, each twice as fine as the one before.
template <std::size_t D>
int expect_fourth_order(std::ptrdiff_t coarsest, double shift, unsigned every = 1) {
    int n_sequences = 0;
    for (auto const where : {centering::cell, centering::node})
        for (unsigned mix = 0; mix < n_mixes(D); mix += every) {
            std::array<double, 4> errors;
            for (int level = 0; level < 4; ++level)
                errors[static_cast<std::size_t>(level)] =
                    error_on<D>(coarsest << level, where, mix, shift, scheme::compact_fourth_order);
            EXPECT_NEAR(std::log2(errors[2] / errors[3]), 4.0, 0.1)
                << D << "D, " << (where == centering::cell ? "cells" : "nodes") << ", mix " << mix << ", shift "
                << shift << ", errors " << errors[0] << ", " << errors[1] << ", " << errors[2] << ", " << errors[3];
            EXPECT_GT(errors[0], errors[1]);
            EXPECT_GT(errors[1], errors[2]);
            ++n_sequences;
        }
    return n_sequences;
}

std::string refusal(auto const& problem, pde::solve_options options = {}) {
    options.scheme = scheme::compact_fourth_order;
    return message_of<std::invalid_argument>([&] { (void)pde::solve(problem, options); });
}

grid::cartesian<2> const nodes{{.cells = {12, 9}, .centering = centering::node}};

}  // namespace

TEST(FourthOrder, IsReachedOnALine) {
    for (double const shift : {0.0, 5.0}) EXPECT_EQ(expect_fourth_order<1>(16, shift), 10);
}
TEST(FourthOrder, IsReachedInThePlane) {
    for (double const shift : {0.0, 5.0}) EXPECT_EQ(expect_fourth_order<2>(16, shift), 50);
}
TEST(FourthOrder, IsReachedInABox) {
    EXPECT_EQ(expect_fourth_order<3>(12, 0.0, 19), 14);
    EXPECT_EQ(expect_fourth_order<3>(12, 1.0, 23), 12);
}

// One wave across: second order has up to (wh)²/12 of -Δu = 2w²u too little, fourth order (wh)⁴/240, and where -Δe is
// at most 1 on the unit square, e is at most 0.0737: errors of at most 5.9 times these.
TEST(FourthOrder, HasSmallErrorsOn255SquaredUnknowns) {
    grid::cartesian<2> const square{{.cells = {256, 256}, .centering = centering::node}};
    manufactured<2> exact{square, {}};
    exact.w.fill(2.0 * std::numbers::pi);
    auto const error_by = [&](scheme by) {
        return norm_max(error_of(pde::solve(problem_of<2>(square, exact, {}, 0.0), {.scheme = by}), exact).values());
    };
    double const second = error_by(scheme::second_order), fourth = error_by(scheme::compact_fourth_order);
    std::cout << "largest error: second order " << to_text(second, 2) << ", fourth order " << to_text(fourth, 2)
              << '\n';
    double const wh = 2.0 * std::numbers::pi / 256.0;
    EXPECT_GT(second, 0.5 * wh * wh / 12.0);
    EXPECT_LT(fourth, 5.9 * std::pow(wh, 4) / 240.0);
}

// −κΔu + σu with a κ for each direction is the scheme on a box of other lengths.
TEST(FourthOrder, IsReachedWithKappa) {
    grid::point<2> const kappa{3.0, 0.5};
    auto const error = [&](std::ptrdiff_t n, centering where, unsigned mix) {
        auto const domain = box<2>(n, where);
        auto const kinds = mix_of<2>(mix);
        manufactured<2> const exact{domain, kinds};
        double const factor = kappa[0] * exact.w[0] * exact.w[0] + kappa[1] * exact.w[1] * exact.w[1] + 2.0;
        pde::diffusion<2> const problem{.domain = domain,
                                        .kappa = pde::orthotropic{kappa[0], kappa[1]},
                                        .sigma = 2.0,
                                        .source =
                                            [=](double x, double y) {
                                                return factor * exact.u({x, y});
                                            },
                                        .boundary = exact.sides(kinds, kappa)};
        return mean_error(error_of(pde::solve(problem, {.scheme = scheme::compact_fourth_order}), exact), false);
    };
    for (auto const where : {centering::cell, centering::node})
        for (unsigned const mix : {0, 4, 7, 18}) {
            double const coarse = error(64, where, mix), fine = error(128, where, mix);
            EXPECT_NEAR(std::log2(coarse / fine), 4.0, 0.1) << mix << ": " << coarse << ' ' << fine;
        }
}

// A source that is a field has its values on the walls, and gives the bits of the callable that it was made from.
TEST(FourthOrder, TakesFields) {
    manufactured<2> const exact{nodes, {}};
    auto problem = problem_of<2>(nodes, exact, {}, 0.5);
    auto const by_callable = pde::solve(problem, {.scheme = scheme::compact_fourth_order});
    grid::field<2> f{nodes};
    problem.source.evaluate(nodes, f.values());
    problem.source = f;
    EXPECT_TRUE(std::ranges::equal(pde::solve(problem, {.scheme = scheme::compact_fourth_order}).u.values(),
                                   by_callable.u.values()));
}

TEST(FourthOrder, GivesTheSameBitsOnTwoThreads) {
    auto const domain = box<2>(200, centering::node);
    manufactured<2> const exact{domain, {}};
    auto const problem = problem_of<2>(domain, exact, {}, 0.5);
    auto const solve_on = [&](int n_threads) {
        std::vector<double> u;
        task::graph graph;
        (void)graph.add("solve", [&] {
            auto const solution = pde::solve(problem, {.scheme = scheme::compact_fourth_order});
            u.assign(solution.u.values().begin(), solution.u.values().end());
        });
        auto const run = task::executor{{.threads = n_threads}}.run(graph);
        EXPECT_TRUE(run) << run.failures();
        return u;
    };
    EXPECT_EQ(solve_on(1), solve_on(2));
}

TEST(FourthOrder, IsToldAndCachedByItself) {
    linear::operator_cache cache;
    pde::poisson<2> const problem{.domain = nodes, .source = 1.0};
    (void)pde::solve(problem, {.cache = &cache});
    auto const cold = pde::solve(problem, {.scheme = scheme::compact_fourth_order, .cache = &cache}).report;
    EXPECT_FALSE(cold.operator_reused);
    EXPECT_EQ(cold.method, "fast transform, fourth order");
    EXPECT_EQ(cold.chosen, "constant coefficients on a box");
    EXPECT_TRUE(pde::solve(problem, {.scheme = scheme::compact_fourth_order, .cache = &cache}).report.operator_reused);
    EXPECT_EQ(pde::solve(problem, {.cache = &cache}).report.method, "fast transform");
}

TEST(FourthOrder, TakesTheMeanOutOfASingularProblem) {
    grid::cartesian<2> const torus{{.cells = {20, 24}}};
    auto const [u, report] = pde::solve(
        pde::poisson<2>{.domain = torus,
                        .source = [](double x, double) { return 0.25 + std::cos(2.0 * std::numbers::pi * x); },
                        .boundary = grid::periodic{}},
        {.scheme = scheme::compact_fourth_order});
    EXPECT_NEAR(report.removed_mean, 0.25, 1e-14);
    EXPECT_NEAR(grid::integral(u), 0.0, 1e-14);
}

TEST(FourthOrder, SolvesWhereAllOrAllButOneOfThePointsAreKnown) {
    for (std::ptrdiff_t const n : {1, 2}) {
        grid::cartesian<2> const small{{.cells = {n, n}, .centering = centering::node}};
        auto const u = pde::solve(pde::poisson<2>{.domain = small, .boundary = grid::dirichlet{2.0}},
                                  {.scheme = scheme::compact_fourth_order})
                           .u;
        for (double const value : u.values()) EXPECT_NEAR(value, 2.0, 1e-14);
    }
}

// Whatever the sides: a linear u is met to rounding, by few points as by many.
TEST(FourthOrder, MeetsLinearFunctionsOnSmallGrids) {
    auto const u = [](double x, double y) { return 1.0 + 2.0 * x - 0.7 * y; };
    std::array<double, 4> const slopes{-2.0, 2.0, 0.7, -0.7};  // outwards
    for (auto const where : {centering::cell, centering::node})
        for (std::ptrdiff_t const n : {2, 3, 4, 6})
            for (unsigned const mix : {0, 1, 2, 3, 5, 6, 7, 8, 10, 11, 12, 13, 15, 16, 17, 18}) {
                auto const kinds = mix_of<2>(mix);
                grid::boundary<2> sides = grid::dirichlet{u};
                for (std::size_t s = 0; s < 4; ++s)
                    if (kinds[s] == flux) sides.on(static_cast<grid::side>(s), grid::neumann{slopes[s]});
                grid::cartesian<2> const domain{{.upper = {1.0, 2.0}, .cells = {n, n + 1}, .centering = where}};
                auto const solution =
                    pde::solve(pde::helmholtz<2>{.domain = domain,
                                                 .shift = 0.5,
                                                 .source = [=](double x, double y) { return 0.5 * u(x, y); },
                                                 .boundary = sides},
                               {.scheme = scheme::compact_fourth_order});
                grid::for_each_point(domain, [&](std::size_t i, grid::point<2> const& x) {
                    EXPECT_NEAR(solution.u.values()[i], u(x[0], x[1]), 1e-13) << mix << ' ' << n;
                });
            }
}

TEST(FourthOrder, SaysWhereDataIsNotFinite) {
    auto const refused = [](auto const& source, grid::boundary<2> const& sides) {
        return refusal(pde::poisson<2>{.domain = nodes, .source = source, .boundary = sides});
    };
    EXPECT_EQ(refused([](double x, double) { return 1.0 / x; }, grid::dirichlet{0.0}),
              "the source is inf at (0, 0); it must be finite, on the sides too in the compact fourth-order scheme");
    EXPECT_NE(refused([](double, double) { return 0.0; }, grid::dirichlet{[](double x, double) { return std::log(x); }})
                  .find("the boundary data is -inf at (0, "),
              std::string::npos);
    // What the source is on points that repeat others is not used.
    grid::boundary<2> const tube = grid::boundary<2>{grid::dirichlet{0.0}}.on(grid::side::x_lower, grid::periodic{});
    EXPECT_EQ(refused([](double x, double) { return x < 1.0 ? 1.0 : std::nan(""); }, tube), "(nothing was thrown)");
}

TEST(FourthOrder, RefusesWhatItIsNotFor) {
    pde::poisson<2> const problem{.domain = nodes};
    EXPECT_EQ(
        refusal(problem, {.method = method::multigrid}),
        "method is multigrid, and the compact fourth-order scheme is solved by method::fast_transform; take that, "
        "or scheme::second_order");
    EXPECT_EQ(refusal(problem, {.backend = linear::cholesky_backend::eigen}),
              "backend is Eigen, which factors, and the compact fourth-order scheme is solved by "
              "method::fast_transform; leave the backend out, or take scheme::second_order");
    EXPECT_EQ(refusal(pde::helmholtz<2>{.domain = nodes, .shift = -2.0}),
              "shift is -2, and the compact fourth-order scheme is for a shift >= 0; take scheme::second_order");
    EXPECT_EQ(refusal(pde::diffusion<2>{.domain = nodes, .kappa = [](double x, double) { return 1.0 + x; }}),
              "kappa varies, and the compact fourth-order scheme is for numbers; take scheme::second_order");
    EXPECT_EQ(refusal(pde::diffusion<2>{.domain = nodes, .sigma = [](double x, double) { return 1.0 + x; }}),
              "sigma varies, and the compact fourth-order scheme is for numbers; take scheme::second_order");
    EXPECT_EQ(refusal(pde::diffusion<2>{.domain = nodes, .kappa = 1e-309, .sigma = 1.0}),
              "of kappa = 1e-309 and sigma = 1 sigma / kappa or kappa / h^2 is not a normal number, which the compact "
              "fourth-order scheme needs; choose other units, or take scheme::second_order");
    EXPECT_EQ(refusal(pde::poisson<2>{
                  .domain = nodes,
                  .boundary = grid::boundary<2>{grid::dirichlet{0.0}}.on(grid::side::y_upper, grid::robin{1.0, 0.0})}),
              "the upper side of y is Robin, and the compact fourth-order scheme is for Dirichlet, Neumann and "
              "periodic sides; take scheme::second_order");
    EXPECT_EQ(refusal(pde::poisson<1>{
                  .domain = grid::cartesian<1>{{.cells = {1}, .centering = centering::node}},
                  .boundary = grid::boundary<1>{grid::dirichlet{0.0}}.on(grid::side::x_upper, grid::neumann{0.0})}),
              "there is one cell in x between a Dirichlet side and a Neumann side on nodes, and the compact "
              "fourth-order scheme needs two; refine the grid, or take scheme::second_order");
    grid::cartesian<2> const stretched{
        {.cells = {0, 4}, .centering = centering::node, .faces = {{{0.0, 0.1, 1.0}, {}}}}};
    EXPECT_EQ(refusal(pde::poisson<2>{.domain = stretched}),
              "the cells of a direction differ in width, and the compact fourth-order scheme is for equal ones; take "
              "scheme::second_order");
}
