// SPDX-License-Identifier: MIT
#include "support/message_of.hpp"

#include <poise/core/reductions.hpp>
#include <poise/pde/solve.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <random>
#include <stdexcept>

using namespace poise;
using grid::centering;

TEST(Helmholtz, OfAConstantIsThatConstant) {
    grid::cartesian<2> const box{{.cells = {13, 7}}};
    auto const u =
        pde::solve(pde::helmholtz<2>{.domain = box, .shift = 4.0, .source = 10.0, .boundary = grid::neumann{0.0}}).u;
    for (double const value : u.values()) EXPECT_NEAR(value, 2.5, 1e-13);
}

// Insulated sides: Σ shift·u = Σ f, cell by cell summed, whatever f is. Rounding: the residual's ε ‖A‖ ‖u‖.
TEST(Helmholtz, ConservesWhatTheSourceGives) {
    for (unsigned seed = 0; seed < 20; ++seed)
        for (auto const where : {centering::cell, centering::node}) {
            std::mt19937 random{seed};
            std::uniform_real_distribution<double> value{0, 1};
            grid::cartesian<2> const box{{.upper = {2, 1},
                                          .cells = {static_cast<std::ptrdiff_t>(1 + random() % 40),
                                                    static_cast<std::ptrdiff_t>(1 + random() % 40)},
                                          .centering = where}};
            grid::field<2> f{box};
            for (double& entry : f.values()) entry = value(random);
            double const shift = 100 * value(random) + 1;
            auto const u = pde::solve(pde::helmholtz<2>{
                                          .domain = box, .shift = shift, .source = f, .boundary = grid::neumann{0.0}})
                               .u;
            EXPECT_NEAR(shift * grid::integral(u), grid::integral(f), 1e-11 * grid::integral(f)) << "seed " << seed;
        }
}

TEST(Helmholtz, IsLinearInItsSource) {
    grid::cartesian<2> const box{{.cells = {20, 30}}};
    auto const solve = [&](auto f) {
        return pde::solve(pde::helmholtz<2>{.domain = box, .shift = 2.0, .source = f, .boundary = grid::neumann{0.0}})
            .u;
    };
    auto const f = [](double x, double y) { return std::sin(3 * x) + y; };
    auto const g = [](double x, double y) { return std::exp(x * y); };
    auto const a = solve(f), b = solve(g), sum = solve([&](double x, double y) { return 2 * f(x, y) - 3 * g(x, y); });
    for (std::size_t i = 0; i < box.size(); ++i)
        EXPECT_NEAR(sum.values()[i], 2 * a.values()[i] - 3 * b.values()[i], 1e-12);
}

// cos(πx) has mean 0, so the mean of u comes from the 10⁻⁹ alone: u = cos(πx) / (π² + shift) + 10⁻⁹ / shift.
TEST(Helmholtz, KeepsTheMeanWhenTheShiftIsSmall) {
    for (auto const where : {centering::cell, centering::node})
        for (auto const& [shift, by] : {std::pair{1e-2, pde::method::direct},
                                        {1e-5, pde::method::direct},
                                        {1e-8, pde::method::direct},
                                        {1e-2, pde::method::fast_transform},
                                        {1e-8, pde::method::fast_transform}}) {
            grid::cartesian<2> const box{{.cells = {100, 100}, .centering = where}};
            auto const u =
                pde::solve(
                    pde::helmholtz<2>{.domain = box,
                                      .shift = shift,
                                      .source = [](double x, double) { return std::cos(std::numbers::pi * x) + 1e-9; },
                                      .boundary = grid::neumann{0.0}},
                    {.method = by})
                    .u;
            // The mean of the source is summed to ε, and divided by the shift.
            EXPECT_NEAR(grid::integral(u), 1e-9 / shift, 2.3e-16 / shift) << shift;
            // The scheme errs by h²π²/12 = 8e-5 of it, and the first cell's middle is cos(πh/2) = 1 - 1.2e-4 high.
            double const amplitude = 1 / (std::numbers::pi * std::numbers::pi + shift);
            EXPECT_NEAR(grid::extrema(u.values()).max - 1e-9 / shift, amplitude, 2.5e-4 * amplitude) << shift;
        }
}

// A ring of one cell is stiff in nothing: 1/h² is 10¹² around it, and the shift is as good as without it.
// What is reported as attainable is of the residual that is reported.
TEST(Helmholtz, SaysWhatIsAttainableWhereTheConstantIsLarge) {
    grid::cartesian<2> const flat{{.upper = {100.0, 0.01}, .cells = {27, 53}, .centering = grid::centering::node}};
    std::vector<double> values(flat.size());
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = std::sin(1.7 * static_cast<double>(i * i % 1001));
    pde::helmholtz<2> const problem{
        .domain = flat, .shift = 1e-13, .source = grid::field<2>{flat, values}, .boundary = grid::neumann{0.0}};
    for (auto const how : {pde::method::fast_transform, pde::method::multigrid, pde::method::conjugate_gradients}) {
        auto const report = pde::solve(problem, {.on_failure = pde::on_failure::return_report, .method = how}).report;
        EXPECT_EQ(report.reason, linear::stop_reason::stagnated) << report;
        EXPECT_LE(report.residual_norm, 20.0 * report.attainable_residual) << report;
    }
}

TEST(Helmholtz, FactorsAroundARingOfOneCell) {
    grid::cartesian<2> const strip{{.upper = {1e-6, 1.0}, .cells = {1, 10}}};
    auto const sides = grid::boundary<2>{grid::neumann{0.0}}.on(grid::side::x_lower, grid::periodic{});
    auto const u = pde::solve(pde::helmholtz<2>{.domain = strip, .shift = 1e-3, .source = 2e-3, .boundary = sides},
                              {.method = pde::method::direct})
                       .u;
    for (double const value : u.values()) EXPECT_NEAR(value, 2.0, 1e-10);
}

TEST(Helmholtz, RefusesToFactorAShiftThatRoundingLoses) {
    grid::cartesian<2> const box{{.cells = {100, 100}}};
    auto const said = [&](double shift) {
        return poise_test::message_of<std::invalid_argument>([&] {
            (void)pde::solve(
                pde::helmholtz<2>{.domain = box, .shift = shift, .source = 1.0, .boundary = grid::neumann{0.0}},
                {.method = pde::method::direct});
        });
    };
    EXPECT_NE(said(1e-12).find("shift is 1e-12, which rounding loses"), std::string::npos) << said(1e-12);
    EXPECT_NE(said(1e-300).find("raise shift"), std::string::npos);
}
