// SPDX-License-Identifier: MIT
#include "support/message_of.hpp"

#include <poise/grid/field_arithmetic.hpp>
#include <poise/pde/solve.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <stdexcept>

using namespace poise;
using grid::centering;
using pde::method;
using poise_test::message_of;

// u = sin(πx) sin(2πy) of the grid's own −κ_x ∂²/∂x² − κ_y ∂²/∂y², whose eigenvalues are known: exact to rounding.
TEST(Conductivity, SolvesForAKappaOfEachDirection) {
    constexpr double pi = std::numbers::pi, kappa_x = 20.0, kappa_y = 0.3;
    grid::cartesian<2> const board{{.upper = {1, 1}, .cells = {24, 40}, .centering = centering::node}};
    auto const mode = [](double x, double y) { return std::sin(pi * x) * std::sin(2 * pi * y); };
    auto const eigenvalue = [](double k, double n) { return std::pow(2.0 * n * std::sin(k * pi / (2.0 * n)), 2); };
    double const lambda = kappa_x * eigenvalue(1, 24) + kappa_y * eigenvalue(2, 40);
    auto const by_number = pde::orthotropic{kappa_x, kappa_y};
    auto const by_function = pde::orthotropic{[](double, double) { return kappa_x; }, kappa_y};
    auto const check = [&](pde::conductivity<2> const& kappa, method by) {
        auto const [u, report] = pde::solve(
            pde::diffusion<2>{
                .domain = board, .kappa = kappa, .source = [&](double x, double y) { return lambda * mode(x, y); }},
            {.rtol = 1e-12, .method = by});
        grid::for_each_point(board, [&](std::size_t i, grid::point<2> const& x) {
            EXPECT_NEAR(u.values()[i], mode(x[0], x[1]), 1e-10);
        });
        return report.method;
    };
    EXPECT_EQ(check(by_number, method::automatic), "fast transform");
    (void)pde::conductivity<2>{pde::orthotropic{20, 1}};  // integers will do
    EXPECT_EQ(check(by_number, method::multigrid), "multigrid");
    EXPECT_EQ(check(by_function, method::automatic), "multigrid, conjugate gradients");
    for (auto const by : {method::direct, method::conjugate_gradients}) {
        check(by_number, by);
        check(by_function, by);
    }
}

// What a Neumann side gives is κ of its own direction times the slope.
TEST(Conductivity, OfASideIsThatOfItsDirection) {
    using grid::side;
    auto const sides = grid::boundary<2>{grid::dirichlet{[](double x, double y) { return x + 2 * y; }}}
                           .on(side::x_upper, grid::neumann{3.0})
                           .on(side::y_lower, grid::robin{7.0, [](double x, double) { return -5.0 * 2.0 + 7.0 * x; }});
    for (auto const where : {centering::cell, centering::node}) {
        grid::cartesian<2> const plate{{.cells = {9, 7}, .centering = where}};
        for (auto const& kappa : {pde::conductivity<2>{pde::orthotropic{3.0, 5.0}},
                                  pde::conductivity<2>{pde::orthotropic{3.0, [](double, double) { return 5.0; }}}}) {
            auto const u =
                pde::solve(pde::diffusion<2>{.domain = plate, .kappa = kappa, .boundary = sides}, {.rtol = 1e-13}).u;
            grid::for_each_point(plate, [&](std::size_t i, grid::point<2> const& x) {
                EXPECT_NEAR(u.values()[i], x[0] + 2 * x[1], 1e-10);
            });
        }
    }
}

// A field, a callable and a number that say the same are the same problem.
TEST(Conductivity, IsHeldHoweverItIsGiven) {
    grid::cartesian<3> const box{{.cells = {6, 5, 4}}};
    auto const rising = [](double x, double, double) { return 1.0 + x; };
    auto const solve = [&](auto along_x) {
        return pde::solve(
                   pde::diffusion<3>{
                       .domain = box, .kappa = pde::orthotropic{std::move(along_x), 2.0, rising}, .source = 1.0},
                   {.method = method::direct})
            .u;
    };
    auto const u = solve(rising), v = solve(grid::sample(box, rising));
    for (std::size_t i = 0; i < box.size(); ++i) EXPECT_EQ(u.values()[i], v.values()[i]);
}

TEST(Conductivity, RefusesWhatIsNotPositiveAndSaysOfWhichDirection) {
    grid::cartesian<2> const square{{.cells = {4, 4}}};
    auto const said = [&](pde::conductivity<2> kappa) {
        return message_of<std::invalid_argument>(
            [&] { (void)pde::solve(pde::diffusion<2>{.domain = square, .kappa = std::move(kappa)}); });
    };
    EXPECT_EQ(said(pde::orthotropic{1.0, -2.0}), "kappa along y is -2; it must be positive and finite");
    EXPECT_EQ(said(pde::orthotropic{1.0, [](double x, double) { return x < 0.8 ? 1.0 : 0.0; }}),
              "kappa along y is 0 at (0.875, 0.125); it must be positive and finite");
    EXPECT_EQ(said(pde::orthotropic{grid::field<2>{grid::cartesian<2>{{.cells = {5, 4}}}}, 1.0}),
              "kappa is a field on another grid, of 20 points, than the domain, of 16");
}

// By LU where σ < 0.
TEST(Conductivity, OfEachDirectionSolvesWaves) {
    grid::cartesian<2> const square{{.cells = {16, 16}}};
    pde::diffusion<2> problem{.domain = square, .kappa = pde::orthotropic{4.0, 0.25}, .sigma = -30.0, .source = 1.0};
    auto const u = pde::solve(problem).u;
    problem.kappa = pde::orthotropic{[](double, double) { return 4.0; }, 0.25};
    auto const v = pde::solve(problem).u;
    for (std::size_t i = 0; i < square.size(); ++i) EXPECT_NEAR(u.values()[i], v.values()[i], 1e-12);
}

// Of a stretched grid far from 0 the widths count and not the places.
TEST(Conductivity, OfEachDirectionOnAStretchedGridFarFromZero) {
    for (double const offset : {0.0, 1e3, 1e6}) {
        grid::cartesian_options<2> options;
        for (auto& faces : options.faces) {
            faces = {offset};
            for (int i = 0; i < 24; ++i) faces.push_back(faces.back() + 1e-3 * std::pow(1.05, i));
        }
        pde::diffusion<2> problem{.domain = grid::cartesian<2>{options},
                                  .kappa = pde::orthotropic{1.0, 3.0},
                                  .source = [=](double x, double y) { return std::cos(40.0 * (x - y)); }};
        auto const by_numbers = pde::solve(problem, {.rtol = 1e-11}).u;
        problem.kappa = pde::orthotropic{[](double, double) { return 1.0; }, [](double, double) { return 3.0; }};
        auto const by_functions = pde::solve(problem, {.rtol = 1e-11, .method = pde::method::direct}).u;
        EXPECT_LE(grid::norm_max(by_numbers - by_functions), 1e-8 * grid::norm_max(by_functions)) << offset;
    }
}
