// SPDX-License-Identifier: MIT
#include "support/message_of.hpp"

#include <poise/core/reductions.hpp>
#include <poise/pde/solve.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <stdexcept>

using namespace poise;
using grid::centering;
using pde::method;
using poise_test::message_of;

namespace {

grid::cartesian<2> const square{{.cells = {24, 24}}};

std::string refusal(pde::diffusion<2> const& problem, pde::solve_options const& options = {}) {
    return message_of<std::invalid_argument>([&] { (void)pde::solve(problem, options); });
}
bool has(std::string const& text, char const* part) { return text.find(part) != std::string::npos; }

}  // namespace

// Layers in series: between walls at 0 and 1, the flux is 1 / Σ thickness/κ, and u is linear in each layer.
TEST(Diffusion, IsExactForLayersOnCells) {
    grid::cartesian<1> const rod{{.cells = {30}}};
    auto const kappa = [](double x) { return x < 0.3 ? 1.0 : x < 0.7 ? 1e4 : 0.01; };
    double const flux = 1.0 / (0.3 / 1.0 + 0.4 / 1e4 + 0.3 / 0.01);
    auto const exact = [&](double x) {
        return flux * (std::min(x, 0.3) + std::clamp(x - 0.3, 0.0, 0.4) / 1e4 + std::max(x - 0.7, 0.0) / 0.01);
    };
    for (auto const by : {method::direct, method::conjugate_gradients}) {
        auto const sides = grid::boundary<1>{grid::dirichlet{0.0}}.on(grid::side::x_upper, grid::dirichlet{1.0});
        auto const u = pde::solve(pde::diffusion<1>{.domain = rod, .kappa = kappa, .boundary = sides},
                                  {.rtol = 1e-10, .method = by})
                           .u;
        for (std::ptrdiff_t i = 0; i < 30; ++i) EXPECT_NEAR(u(i), exact(rod.coordinate(0, i)), 1e-9);
    }
}

// The flux that enters on one side is κ ∂u/∂n, whatever κ is there.
TEST(Diffusion, TakesTheFluxOfNeumannSides) {
    for (auto const where : {centering::cell, centering::node}) {
        grid::cartesian<1> const rod{{.cells = {16}, .centering = where}};
        auto const sides = grid::boundary<1>{grid::dirichlet{1.0}}.on(grid::side::x_upper, grid::neumann{6.0});
        auto const varying = pde::solve(
            pde::diffusion<1>{.domain = rod, .kappa = [](double) { return 3.0; }, .boundary = sides}, {.rtol = 1e-12});
        auto const constant =
            pde::solve(pde::diffusion<1>{.domain = rod, .kappa = 3.0, .boundary = sides}, {.rtol = 1e-12});
        EXPECT_EQ(constant.report.method, "fast transform");
        EXPECT_EQ(varying.report.chosen, "coefficients vary, and a factor is small");
        for (std::size_t i = 0; i < rod.size(); ++i) {
            double const exact = 1.0 + 2.0 * rod.coordinate(0, static_cast<std::ptrdiff_t>(i));
            EXPECT_NEAR(varying.u.values()[i], exact, 1e-12);
            EXPECT_NEAR(constant.u.values()[i], exact, 1e-12);
        }
    }
}

// u = sin(x+0.3) sin(1.5y+0.7), κ = 1 + x y/2, σ = 1 + x: second order whatever ends a direction and whoever solves.
TEST(Diffusion, IsSecondOrderForSmoothCoefficients) {
    auto const u = [](double x, double y) { return std::sin(x + 0.3) * std::sin(1.5 * y + 0.7); };
    auto const ux = [](double x, double y) { return std::cos(x + 0.3) * std::sin(1.5 * y + 0.7); };
    auto const uy = [](double x, double y) { return 1.5 * std::sin(x + 0.3) * std::cos(1.5 * y + 0.7); };
    auto const kappa = [](double x, double y) { return 1.0 + 0.5 * x * y; };
    auto const sigma = [](double x, double) { return 1.0 + x; };
    auto const source = [&](double x, double y) {
        return kappa(x, y) * 3.25 * u(x, y) - 0.5 * y * ux(x, y) - 0.5 * x * uy(x, y) + sigma(x, y) * u(x, y);
    };
    int n_sequences = 0;
    for (auto const where : {centering::cell, centering::node})
        for (unsigned flux = 0; flux < 16; ++flux)
            for (auto const by : {method::direct, method::multigrid}) {
                grid::boundary<2> sides = grid::dirichlet{u};
                auto const times = [&](auto const& derivative, double sign) {
                    return grid::neumann{
                        [&, sign](double x, double y) { return sign * kappa(x, y) * derivative(x, y); }};
                };
                if ((flux & 1) != 0) sides.on(grid::side::x_lower, times(ux, -1.0));
                if ((flux & 2) != 0) sides.on(grid::side::x_upper, times(ux, 1.0));
                if ((flux & 4) != 0) sides.on(grid::side::y_lower, times(uy, -1.0));
                if ((flux & 8) != 0) sides.on(grid::side::y_upper, times(uy, 1.0));
                std::array<double, 4> errors{};
                for (std::size_t level = 0; level < 4; ++level) {
                    std::ptrdiff_t const n = 8 << level;
                    grid::cartesian<2> const domain{{.cells = {n, n + n / 4}, .centering = where}};
                    auto const found = pde::solve(
                        pde::diffusion<2>{
                            .domain = domain, .kappa = kappa, .sigma = sigma, .source = source, .boundary = sides},
                        {.rtol = 1e-11, .method = by});
                    grid::for_each_point(domain, [&](std::size_t i, grid::point<2> const& x) {
                        errors[level] = std::max(errors[level], std::abs(found.u.values()[i] - u(x[0], x[1])));
                    });
                }
                EXPECT_NEAR(std::log2(errors[2] / errors[3]), 2.0, 0.1)
                    << (where == centering::cell ? "cells" : "nodes") << ", flux sides " << flux << ", errors "
                    << errors[0] << ", " << errors[1] << ", " << errors[2] << ", " << errors[3];
                ++n_sequences;
            }
    EXPECT_EQ(n_sequences, 64);
}

TEST(Diffusion, AgreesBetweenTheMethodsWhereKappaJumps) {
    for (auto const where : {centering::cell, centering::node}) {
        grid::cartesian<3> const box{{.upper = {1, 0.8, 1.2}, .cells = {12, 10, 9}, .centering = where}};
        auto const kappa = [](double x, double y, double z) {
            return std::sin(9 * x) * std::sin(7 * y) * std::sin(8 * z) > 0 ? 1.0 : 1e3;
        };
        auto const source = [](double x, double y, double z) { return x + std::sin(3 * y) * z; };
        auto const sides = grid::boundary<3>{grid::neumann{0.2}}
                               .on(grid::side::x_lower, grid::dirichlet{1.0})
                               .on(grid::side::z_lower, grid::periodic{});
        pde::diffusion<3> const problem{.domain = box, .kappa = kappa, .source = source, .boundary = sides};
        auto const a = pde::solve(problem, {.rtol = 1e-12, .method = method::direct}).u;
        auto const b = pde::solve(problem, {.rtol = 1e-12, .method = method::conjugate_gradients}).u;
        double const largest = norm_max(a.values());
        for (std::size_t i = 0; i < box.size(); ++i) EXPECT_NEAR(a.values()[i], b.values()[i], 1e-8 * largest);
    }
}

// The second solve with the same coefficients has its operator at hand, whatever the source and the data of the sides.
TEST(Diffusion, IsWarmForTheSameCoefficients) {
    for (auto const by : {method::multigrid, method::direct, method::conjugate_gradients}) {
        linear::operator_cache cache;
        pde::solve_options const options{.method = by, .cache = &cache};
        auto const problem = [](double jump, double value) {
            return pde::diffusion<2>{.domain = square,
                                     .kappa = [=](double x, double y) { return x * y < 0.3 ? 1.0 : jump; },
                                     .source = [=](double x, double) { return value + x; },
                                     .boundary = grid::dirichlet{value}};
        };
        auto const cold = pde::solve(problem(10.0, 1.0), options);
        EXPECT_FALSE(cold.report.operator_reused);
        EXPECT_GT(cold.report.assembly_s, 0.0);
        auto const warm = pde::solve(problem(10.0, 1.0), options);
        EXPECT_TRUE(warm.report.operator_reused);
        EXPECT_EQ(warm.report.assembly_s, 0.0);
        EXPECT_EQ(warm.report.factorisation_s, 0.0);
        EXPECT_TRUE(std::ranges::equal(cold.u.values(), warm.u.values()));
        EXPECT_TRUE(pde::solve(problem(10.0, 2.0), options).report.operator_reused);
        EXPECT_FALSE(pde::solve(problem(11.0, 1.0), options).report.operator_reused);
        EXPECT_EQ(cache.statistics().misses, 2U);
    }
}

// A ring and a box without walls: u of mean zero, and the mean of the source that no u has taken out.
TEST(Diffusion, GivesTheSolutionOfMeanZeroWithoutWalls) {
    for (auto const where : {centering::cell, centering::node}) {
        grid::cartesian<2> const domain{{.cells = {20, 16}, .centering = where}};
        auto const kappa = [](double, double y) { return y < 0.5 ? 1.0 : 10.0; };
        auto const source = [](double x, double y) { return 4.0 + std::cos(std::numbers::pi * x) * (1 + y); };
        auto const sides = grid::boundary<2>{grid::neumann{0.0}}.on(grid::side::y_lower, grid::periodic{});
        auto const [u, report] =
            pde::solve(pde::diffusion<2>{.domain = domain, .kappa = kappa, .source = source, .boundary = sides});
        EXPECT_TRUE(report) << report;
        EXPECT_EQ(report.chosen, "coefficients vary, periodic and singular");
        EXPECT_NEAR(report.removed_mean, 4.0, 1e-10);
        EXPECT_NEAR(grid::integral(u), 0.0, 1e-12);
    }
}

TEST(Diffusion, SolvesTheSmallestBoxes) {
    auto const kappa = [](double x, double y) { return 1.0 + x + y; };
    for (auto const by : {method::automatic, method::conjugate_gradients})
        for (auto const where : {centering::cell, centering::node})
            for (std::ptrdiff_t const nx : {1, 2, 3})
                for (std::ptrdiff_t const ny : {1, 2})
                    for (grid::boundary<2> const& sides :
                         {grid::boundary<2>{grid::dirichlet{0.5}}, grid::boundary<2>{grid::neumann{0.0}},
                          grid::boundary<2>{grid::periodic{}}}) {
                        grid::cartesian<2> const domain{{.cells = {nx, ny}, .centering = where}};
                        auto const [u, report] = pde::solve(
                            pde::diffusion<2>{.domain = domain, .kappa = kappa, .source = 1.0, .boundary = sides},
                            {.method = by});
                        EXPECT_TRUE(report) << report;
                        bool const has_walls = sides.kinds()[0] == grid::condition_kind::dirichlet;
                        EXPECT_NEAR(report.removed_mean, has_walls ? 0.0 : 1.0, 1e-12);
                        EXPECT_TRUE(has_walls || norm_max(u.values()) <= 1e-12) << "the source is all mean";
                    }
}

// Without walls, Σ σ u = Σ f: the constant part of u hangs on a σ that rounding would lose in the matrix.
TEST(Diffusion, KeepsTheMeanThatASmallSigmaGives) {
    for (auto const by : {method::direct, method::multigrid, method::conjugate_gradients}) {
        auto const sigma = [](double x, double) { return x < 0.5 ? 1e-6 : 3e-6; };
        auto const solution = pde::solve(pde::diffusion<2>{.domain = square,
                                                           .kappa = [](double, double) { return 1.0; },
                                                           .sigma = sigma,
                                                           .source = 1e-6,
                                                           .boundary = grid::neumann{0.0}},
                                         {.on_failure = pde::on_failure::return_report, .method = by});
        grid::field<2> weighted = solution.u;
        grid::for_each_point(
            square, [&](std::size_t i, grid::point<2> const& x) { weighted.values()[i] *= sigma(x[0], x[1]); });
        EXPECT_NEAR(grid::integral(weighted), 1e-6, 1e-17);
    }
}

TEST(Diffusion, IsSolvedByMultigridUnlessSomethingElseIsNamed) {
    auto const grains = [](double x, double y) { return std::sin(20 * x) * std::sin(15 * y) > 0.3 ? 1e4 : 1.0; };
    auto const layers = [](double x, double y, double z) { return x + y + z < 1.2 ? 1.0 : 1e-3; };
    for (auto const where : {centering::cell, centering::node}) {
        grid::cartesian<2> const plane{{.cells = {60, 45}, .centering = where}};
        pde::diffusion<2> const flat{.domain = plane, .kappa = grains, .source = 1.0};
        auto const a = pde::solve(flat, {.rtol = 1e-9});
        EXPECT_EQ(a.report.method, "multigrid, conjugate gradients");
        EXPECT_EQ(a.report.chosen, "coefficients vary");
        EXPECT_LE(a.report.iterations, 40);
        auto const b = pde::solve(flat, {.rtol = 1e-9, .method = method::direct});
        for (std::size_t i = 0; i < plane.size(); ++i)
            EXPECT_NEAR(a.u.values()[i], b.u.values()[i], 1e-6 * norm_max(b.u.values()));
        grid::cartesian<3> const box{{.cells = {20, 15, 18}, .centering = where}};
        pde::diffusion<3> const solid{.domain = box,
                                      .kappa = layers,
                                      .sigma = layers,
                                      .source = [](double x, double, double z) { return x - z; },
                                      .boundary = grid::neumann{0.1}};
        auto const c = pde::solve(solid, {.rtol = 1e-9}),
                   d = pde::solve(solid, {.rtol = 1e-9, .method = method::direct});
        EXPECT_EQ(c.report.method, "multigrid, conjugate gradients");
        for (std::size_t i = 0; i < box.size(); ++i)
            EXPECT_NEAR(c.u.values()[i], d.u.values()[i], 1e-6 * norm_max(d.u.values()));
    }
}

TEST(Diffusion, WithConstantsIsHelmholtz) {
    auto const f = [](double x, double y) { return std::exp(x - y); };
    auto const sides = grid::boundary<2>{grid::neumann{0.6}}.on(grid::side::x_upper, grid::dirichlet{f});
    pde::diffusion<2> const problem{.domain = square, .kappa = 2.5, .sigma = 0.7, .source = f, .boundary = sides};
    auto const a = pde::solve(problem, {.rtol = 1e-12});
    EXPECT_EQ(a.report.method, "fast transform");
    auto const b = pde::solve(problem, {.rtol = 1e-12, .method = method::conjugate_gradients});
    EXPECT_TRUE(has(b.report.method, "onjugate")) << b.report.method;
    EXPECT_NEAR(a.report.tolerance / b.report.tolerance, 1.0, 1e-12)
        << "the right-hand side is not scaled for the caller";
    for (std::size_t i = 0; i < square.size(); ++i) EXPECT_NEAR(a.u.values()[i], b.u.values()[i], 1e-9);
}

// u = x + 1/2 between walls, insulated elsewhere: κ of any size leaves the same discrete solution.
TEST(Diffusion, TakesAKappaOfAnySize) {
    auto const sides = grid::boundary<2>{grid::neumann{0.0}}
                           .on(grid::side::x_lower, grid::dirichlet{0.5})
                           .on(grid::side::x_upper, grid::dirichlet{1.5});
    for (double const kappa : {1e-306, 1e-200, 1.0, 1e200, 1e304})
        for (auto const by : {method::fast_transform, method::direct}) {
            auto const u =
                pde::solve(pde::diffusion<2>{.domain = square, .kappa = kappa, .boundary = sides}, {.method = by}).u;
            grid::for_each_point(square, [&](std::size_t i, grid::point<2> const& x) {
                EXPECT_NEAR(u.values()[i], x[0] + 0.5, 1e-12) << kappa;
            });
        }
}

// Without walls σu = f everywhere. σ/κ is 1e-310, or 0, or infinite: no shift of a Helmholtz problem.
TEST(Diffusion, LosesNoSigmaBesideKappa) {
    for (auto const& [kappa, sigma] : {std::pair{1e10, 1e-300}, {1e100, 1e-300}, {1e-300, 1e10}}) {
        pde::diffusion<2> const problem{
            .domain = square, .kappa = kappa, .sigma = sigma, .source = 3.0 * sigma, .boundary = grid::neumann{0.0}};
        auto const [u, report] = pde::solve(problem, {.on_failure = pde::on_failure::return_report});
        // Rounding may leave a residual that no tolerance on so small a source allows.
        EXPECT_TRUE(report || report.reason == linear::stop_reason::stagnated) << report;
        EXPECT_LE(report.residual_norm, std::max(report.tolerance, report.attainable_residual));
        EXPECT_EQ(report.removed_mean, 0.0);
        EXPECT_TRUE(has(report.chosen, "sigma / kappa is ")) << report.chosen;
        for (double const value : u.values()) EXPECT_NEAR(value, 3.0, 1e-9) << kappa << ' ' << sigma;
        EXPECT_TRUE(has(refusal(problem, {.method = method::fast_transform}),
                        "sigma / kappa or kappa / h^2 is not a normal number"));
    }
}

TEST(Diffusion, SpeaksOfTheNumbersOfTheCaller) {
    auto const said = refusal({.domain = square, .kappa = 4.0, .sigma = 1e-12, .boundary = grid::neumann{0.0}},
                              {.method = method::direct});
    EXPECT_TRUE(has(said, "no side is Dirichlet and sigma is 1e-12, which rounding loses")) << said;
    EXPECT_TRUE(
        has(refusal({.domain = square, .kappa = 4.0, .boundary = grid::neumann{0.0}}, {.method = method::direct}),
            "no side is Dirichlet and sigma is 0"));
    EXPECT_TRUE(has(refusal({.domain = square, .kappa = 1e-300, .source = HUGE_VAL}), "the source is inf at"));
    auto const report = pde::solve(pde::diffusion<2>{.domain = square, .kappa = 1e-300, .source = 1e10},
                                   {.on_failure = pde::on_failure::return_report})
                            .report;
    EXPECT_EQ(report.reason, linear::stop_reason::not_finite) << "u is about 1e309";
}

// Products of residuals and of what a preconditioner makes of them stay within the range of double.
TEST(Diffusion, TakesASourceOfAnySize) {
    auto const kappa = [](double x, double y) { return 1.0 + x * y; };
    for (auto const by : {method::multigrid, method::conjugate_gradients}) {
        auto const solve = [&](double scale) {
            return pde::solve(pde::diffusion<2>{.domain = square, .kappa = kappa, .source = scale},
                              {.atol = 0x1p-40 * scale, .method = by});
        };
        auto const one = solve(1.0);
        for (double const scale : {0x1p-990, 0x1p-520, 0x1p520, 0x1p1000}) {
            auto const other = solve(scale);
            EXPECT_EQ(other.report.iterations, one.report.iterations);
            EXPECT_EQ(other.report.residual_norm, one.report.residual_norm * scale);
            EXPECT_EQ(other.report.tolerance, one.report.tolerance * scale);
            for (std::size_t i = 0; i < square.size(); ++i)
                EXPECT_EQ(other.u.values()[i], one.u.values()[i] * scale) << scale;
        }
    }
}

TEST(Diffusion, RefusesBadCoefficients) {
    EXPECT_TRUE(has(refusal({.domain = square, .kappa = 0.0}), "kappa is 0; it must be positive"));
    EXPECT_TRUE(has(refusal({.domain = square, .kappa = HUGE_VAL}), "kappa is inf"));
    for (double const value : {1e307, 1e-312})
        EXPECT_TRUE(has(refusal({.domain = square, .kappa = value}), "leave the range of normal numbers"));
    EXPECT_TRUE(has(refusal({.domain = square, .sigma = -HUGE_VAL}), "sigma is -inf; it must be finite"));
    auto const hole = [](double x, double y) { return x < 0.05 && y < 0.05 ? -2.0 : 1.0; };
    EXPECT_TRUE(has(refusal({.domain = square, .kappa = hole}), "kappa is -2 at (0.0208333, 0.0208333)"));
    EXPECT_TRUE(has(refusal({.domain = square, .sigma = hole}, {.method = method::multigrid}),
                    "sigma is -2 at (0.0208333, 0.0208333)"));
    grid::field<2> const elsewhere{grid::cartesian<2>{{.cells = {5, 5}}}, 1.0};
    EXPECT_TRUE(has(refusal({.domain = square, .kappa = elsewhere}), "kappa is a field on another grid, of 25 points"));
    auto const one = [](double, double) { return 1.0; };
    EXPECT_TRUE(has(refusal({.domain = square, .kappa = one}, {.method = method::fast_transform}),
                    "method is fast_transform, and kappa varies"));
    EXPECT_TRUE(
        has(refusal({.domain = square, .kappa = one, .boundary = grid::neumann{0.0}}, {.method = method::direct}),
            "no side is Dirichlet and sigma is 0"));
    for (auto const by : {method::multigrid, method::conjugate_gradients})
        EXPECT_TRUE(
            has(refusal({.domain = square, .kappa = one}, {.method = by, .backend = linear::cholesky_backend::eigen}),
                "and backend Eigen, which factors; name one of them"));
    EXPECT_TRUE(has(refusal({.domain = square, .kappa = one},
                            {.method = method::multigrid, .backend = linear::cholesky_backend::cholmod}),
                    "method is multigrid and backend CHOLMOD"));
}
