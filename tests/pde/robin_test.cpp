// SPDX-License-Identifier: MIT
// Sides that lose what they are above their surroundings.
#include "support/expect_message.hpp"

#include <poise/core/reductions.hpp>
#include <poise/grid/field_arithmetic.hpp>
#include <poise/pde/solve.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <string>

using namespace poise;
using grid::centering;
using grid::side;
using pde::method;
using poise_test::expect_message;

namespace {

template <std::size_t D>
double largest_error(grid::field<D> const& u, auto const& exact) {
    return norm_max(u - grid::sample(u.grid(), exact));
}

}  // namespace

// A wall with a film on either side: three resistances in series, 1/h₁ + L/κ + 1/h₂, and u linear in between, which the
// scheme meets exactly.
TEST(Robin, IsExactForAWallBetweenFilms) {
    double const kappa = 3.0, h1 = 5.0, h2 = 0.5, T1 = 400.0, T2 = 300.0;
    double const flux = (T1 - T2) / (1.0 / h1 + 2.0 / kappa + 1.0 / h2);
    auto const exact = [&](double x) { return T1 - flux / h1 - flux * x / kappa; };
    for (auto const where : {centering::cell, centering::node})
        for (auto const by : {method::automatic, method::direct, method::multigrid, method::conjugate_gradients})
            for (std::ptrdiff_t const n : {1, 2, 7, 64}) {
                grid::cartesian<1> const wall{{.upper = {2.0}, .cells = {n}, .centering = where}};
                auto const sides =
                    grid::boundary<1>{grid::robin{h1, h1 * T1}}.on(side::x_upper, grid::robin{h2, h2 * T2});
                auto const [u, report] =
                    pde::solve(pde::diffusion<1>{.domain = wall, .kappa = kappa, .boundary = sides},
                               {.rtol = 1e-12, .method = by});
                EXPECT_LT(largest_error(u, exact), 1e-9 * T1) << n << ", " << report;
                if (by != method::automatic) continue;
                EXPECT_EQ(report.chosen, "a side is Robin, and a factor is small");
            }
}

// Every side Robin, Dirichlet or Neumann, with coefficients that vary along it.
TEST(Robin, IsSecondOrderBesideEveryOtherSide) {
    auto const u = [](double x, double y) { return std::sin(x + 0.3) * std::sin(1.5 * y + 0.7); };
    auto const ux = [](double x, double y) { return std::cos(x + 0.3) * std::sin(1.5 * y + 0.7); };
    auto const uy = [](double x, double y) { return 1.5 * std::sin(x + 0.3) * std::cos(1.5 * y + 0.7); };
    auto const kappa = [](double x, double y) { return 1.0 + 0.5 * x * y; };
    auto const source = [&](double x, double y) {
        return kappa(x, y) * 3.25 * u(x, y) - 0.5 * y * ux(x, y) - 0.5 * x * uy(x, y);
    };
    auto const loss = [](double x, double y) { return 0.5 + x + 2.0 * y * y; };
    int n_sequences = 0;
    for (auto const where : {centering::cell, centering::node})
        for (int mix = 1; mix < 81; ++mix) {
            grid::boundary<2> sides = grid::dirichlet{u};
            int rest = mix;
            bool any_robin = false;
            for (std::size_t s = 0; s < 4; ++s, rest /= 3) {
                auto const flux = [&, s](double x, double y) {
                    return (s % 2 == 0 ? -1.0 : 1.0) * kappa(x, y) * (s < 2 ? ux(x, y) : uy(x, y));
                };
                auto const given = [&, flux](double x, double y) { return flux(x, y) + loss(x, y) * u(x, y); };
                if (rest % 3 == 1) sides.on(static_cast<side>(s), grid::robin{loss, given});
                if (rest % 3 == 2) sides.on(static_cast<side>(s), grid::neumann{flux});
                any_robin |= rest % 3 == 1;
            }
            if (!any_robin) continue;
            std::array<double, 3> errors{};
            for (std::size_t level = 0; level < 3; ++level) {
                std::ptrdiff_t const n = 16 << level;
                grid::cartesian<2> const domain{{.cells = {n, n + n / 4}, .centering = where}};
                auto const found =
                    pde::solve(pde::diffusion<2>{.domain = domain, .kappa = kappa, .source = source, .boundary = sides},
                               {.rtol = 1e-11});
                errors[level] = largest_error(found.u, u);
            }
            EXPECT_NEAR(std::log2(errors[1] / errors[2]), 2.0, 0.1)
                << (where == centering::cell ? "cells" : "nodes") << ", mix " << mix << ", errors " << errors[0] << ", "
                << errors[1] << ", " << errors[2];
            ++n_sequences;
        }
    EXPECT_EQ(n_sequences, 130);  // 2 (3⁴ - 2⁴)
}

TEST(Robin, IsSecondOrderInSpace) {
    auto const u = [](double x, double y, double z) { return std::cos(x) * std::sin(y + 0.4) * std::exp(0.5 * z); };
    auto const source = [&](double x, double y, double z) { return 1.75 * u(x, y, z); };
    for (auto const where : {centering::cell, centering::node}) {
        auto const sides =
            grid::boundary<3>{grid::dirichlet{u}}
                .on(side::x_upper, grid::robin{2.0,
                                               [&](double x, double y, double z) {
                                                   return -std::sin(x) * std::sin(y + 0.4) * std::exp(0.5 * z) +
                                                          2.0 * u(x, y, z);
                                               }})
                .on(side::z_lower, grid::robin{0.7, [&](double x, double y, double z) {
                                                   return -0.5 * u(x, y, z) + 0.7 * u(x, y, z);
                                               }});
        std::array<double, 3> errors{};
        for (std::size_t level = 0; level < 3; ++level) {
            std::ptrdiff_t const n = 6 << level;
            grid::cartesian<3> const domain{{.cells = {n, n + 1, n + 2}, .centering = where}};
            auto const found =
                pde::solve(pde::poisson<3>{.domain = domain, .source = source, .boundary = sides}, {.rtol = 1e-11});
            EXPECT_EQ(found.report.chosen, "a side is Robin");
            errors[level] = largest_error(found.u, u);
        }
        EXPECT_NEAR(std::log2(errors[1] / errors[2]), 2.0, 0.2) << errors[0] << ", " << errors[1] << ", " << errors[2];
    }
}

TEST(Robin, LiesBetweenNeumannAndDirichlet) {
    auto const source = [](double x, double y) { return std::sin(9.0 * x) + y; };
    auto const far = [](double x, double y) { return x * y; };
    for (auto const where : {centering::cell, centering::node}) {
        grid::cartesian<2> const domain{{.cells = {20, 14}, .centering = where}};
        auto const with = [&](grid::condition<2> const& upper) {
            auto const sides = grid::boundary<2>{grid::dirichlet{0.5}}.on(side::x_upper, upper);
            return pde::solve(pde::diffusion<2>{.domain = domain, .kappa = 2.0, .source = source, .boundary = sides},
                              {.rtol = 1e-13, .method = method::direct})
                .u;
        };
        auto const expect_same = [&](grid::condition<2> const& robin, grid::condition<2> const& other) {
            auto const a = with(robin), b = with(other);
            for (std::size_t i = 0; i < a.values().size(); ++i) EXPECT_NEAR(a.values()[i], b.values()[i], 1e-8);
        };
        expect_same(grid::robin{0.0, 1.5}, grid::neumann{1.5});
        for (double const large : {1e12, 1e100})  // u = far + O(1/large)
            expect_same(grid::robin{large, [=](double x, double y) { return large * far(x, y); }},
                        grid::dirichlet{far});
    }
}

// Nothing but the sides holds u. ∫ f = 1/2 leaves through a perimeter of 4: u is 2 + 1/(8 loss) on average along it,
// and nearly so everywhere when the loss is small. Of a large u rounding leaves more residual than a tolerance on f
// allows.
TEST(Robin, HoldsTheSolutionWithoutWalls) {
    for (double const loss : {1e-2, 1e-6, 1e-12})
        for (auto const where : {centering::cell, centering::node}) {
            grid::cartesian<2> const domain{{.cells = {30, 20}, .centering = where}};
            auto const kappa = [](double x, double) { return x < 0.5 ? 1.0 : 100.0; };
            auto const [u, report] = pde::solve(pde::diffusion<2>{.domain = domain,
                                                                  .kappa = kappa,
                                                                  .source = [](double x, double) { return x; },
                                                                  .boundary = grid::robin{loss, 2.0 * loss}},
                                                {.on_failure = pde::on_failure::return_report});
            EXPECT_TRUE(report || report.reason == linear::stop_reason::stagnated) << report;
            EXPECT_NEAR(grid::integral(u) / (2.0 + 1.0 / (8.0 * loss)), 1.0, 2.0 * loss + 1e-3) << loss << report;
            EXPECT_EQ(report.removed_mean, 0.0);
        }
}

// Of a large κ elsewhere rounding leaves more than the side holds: no factor, and an answer to what is left of the
// digits.
TEST(Robin, HoldsTheSolutionBesideALargeKappa) {
    grid::cartesian<1> const rod{{.cells = {64}}};
    for (double const large : {1e6, 1e8, 1e10}) {
        auto const kappa = [=](double x) { return x < 0.5 ? large : 1.0; };
        auto const sides = grid::boundary<1>{grid::neumann{0.0}}.on(side::x_upper, grid::robin{1.0, 1.0});
        pde::diffusion<1> const problem{
            .domain = rod, .kappa = kappa, .source = [](double x) { return x > 0.5 ? 1.0 : 0.0; }, .boundary = sides};
        for (auto const by : {method::automatic, method::multigrid}) {
            auto const [u, report] = pde::solve(problem, {.on_failure = pde::on_failure::return_report, .method = by});
            EXPECT_TRUE(report || report.residual_norm <= 100.0 * report.attainable_residual) << report;
            EXPECT_NEAR(u(0), 1.625, 1e-4 + 1e-12 * large) << large << ", " << report;
            EXPECT_NEAR(u(63), 1.5, 0.01 + 1e-12 * large) << large << ", " << report;
        }
    }
}

TEST(Robin, IsANeumannSideWithoutACoefficient) {
    grid::cartesian<2> const domain{{.cells = {16, 16}}};
    auto const solved = pde::solve(pde::poisson<2>{
        .domain = domain, .source = [](double x, double) { return x; }, .boundary = grid::robin{0.0, 0.0}});
    EXPECT_NEAR(solved.report.removed_mean, 0.5, 1e-12);
    EXPECT_NEAR(grid::integral(solved.u), 0.0, 1e-12);
}

TEST(Robin, IsRefusedWithTheReason) {
    grid::cartesian<2> const domain{{.cells = {8, 8}}};
    auto const solve_with = [&](auto coefficient, method by = method::automatic) {
        auto const sides = grid::boundary<2>{grid::dirichlet{0.0}}.on(side::x_upper, grid::robin{coefficient, 1.0});
        return [=] { (void)pde::solve(pde::poisson<2>{.domain = domain, .boundary = sides}, {.method = by}); };
    };
    expect_message<std::invalid_argument>(solve_with(-1.0), "the coefficient of the Robin side is -1 at (1, 0.0625)");
    expect_message<std::invalid_argument>(solve_with([](double, double y) { return y < 0.5 ? 1.0 : NAN; }),
                                          "is nan at (1, 0.5625)");
    expect_message<std::invalid_argument>(solve_with(INFINITY), "it must be finite and not negative");
    expect_message<std::invalid_argument>(solve_with(1.0, method::fast_transform),
                                          "method is fast_transform, and a side is Robin");
    expect_message<std::invalid_argument>(
        [&] {
            (void)pde::solve(pde::poisson<2>{.domain = domain, .boundary = grid::robin{1e-14, 0.0}},
                             {.method = method::direct});
        },
        "which rounding loses");
}
