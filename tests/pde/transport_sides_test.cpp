// SPDX-License-Identifier: MIT
// Transport beside its sides: velocities that are rough there, walls, conditions on the slope, data of any size.
#include "pde/transport_schemes.hpp"

#include <poise/pde/advection_diffusion.hpp>
#include <poise/pde/burgers.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

using namespace poise;
using grid::side;
using pde::advection_scheme;
using poise_test::all_schemes;
using poise_test::line;
using poise_test::mean_error;
using std::numbers::pi;

namespace {

// A made-up solution and its source, with a condition on the slope on one side and data on the other.
struct made_up {
    double kappa;
    static double u(double x, double t) { return std::sin(2.0 * x + t) + 0.5 * std::cos(3.0 * x - 2.0 * t); }
    static double slope(double x, double t) { return 2.0 * std::cos(2.0 * x + t) - 1.5 * std::sin(3.0 * x - 2.0 * t); }
    [[nodiscard]] double source(double x, double t) const {
        double const change = std::cos(2.0 * x + t) + std::sin(3.0 * x - 2.0 * t);
        double const bend = -4.0 * std::sin(2.0 * x + t) - 4.5 * std::cos(3.0 * x - 2.0 * t);
        return change + slope(x, t) - kappa * bend;
    }
    [[nodiscard]] double error(std::ptrdiff_t n, advection_scheme scheme, bool flows_in_past_slope) const {
        auto const sides = [this, flows_in_past_slope](double t) {
            grid::boundary<1> all{grid::dirichlet{u(0.0, t)}};
            all.on(side::x_upper, grid::dirichlet{u(1.0, t)});
            if (flows_in_past_slope)
                all.on(side::x_lower, grid::neumann{-kappa * slope(0.0, t)});
            else
                all.on(side::x_upper, grid::neumann{kappa * slope(1.0, t)});
            return all;
        };
        pde::advection_diffusion<1> const problem{.domain = line(n),
                                                  .velocity = 1.0,
                                                  .kappa = kappa,
                                                  .scheme = scheme,
                                                  .source = [this](double x, double t) { return source(x, t); },
                                                  .boundary = sides,
                                                  .initial = [](double x) { return u(x, 0.0); },
                                                  .t = {0.0, 0.2}};
        auto const result = pde::solve(problem, {.rtol = 1e-8});
        return mean_error(result.u.back(), [](double x) { return u(x, 0.2); });
    }
};

}  // namespace

TEST(transport_sides, let_in_what_the_velocity_on_them_lets_in) {
    // Where the velocity doubles u halves, however far from the side that is.
    for (auto const scheme : all_schemes) {
        pde::advection_diffusion<1> const jump{.domain = line(40),
                                               .velocity = {[](double x) { return x < 0.05 ? 1.0 : 2.0; }},
                                               .scheme = scheme,
                                               .boundary = grid::dirichlet{1.0},
                                               .t = {0.0, 3.0}};
        auto const u = pde::solve(jump, {.rtol = 1e-3}).u.back();
        EXPECT_NEAR(u(39), 0.5, scheme == advection_scheme::central ? 0.1 : 1e-3) << static_cast<int>(scheme);
    }
    for (std::ptrdiff_t const n : {20, 40, 80}) {
        auto const speed = [](double x) { return 1.5 + 0.5 * std::tanh((x - 0.05) / 0.02); };
        pde::advection_diffusion<1> const bend{
            .domain = line(n), .velocity = {speed}, .boundary = grid::dirichlet{1.0}, .t = {0.0, 3.0}};
        auto const u = pde::solve(bend, {.rtol = 1e-3}).u.back();
        EXPECT_NEAR(u(n - 1) * 2.0, speed(0.0), n == 20 ? 0.1 : 0.02) << n;
    }
}

TEST(transport_sides, keep_what_they_wall_in) {
    for (auto const scheme : all_schemes) {
        pde::advection_diffusion<1> const pushed{
            .domain = line(40),
            .velocity = {[](double x) { return -std::tanh(60.0 * x) * (1.0 - x) * (1.0 - x); }},
            .scheme = scheme,
            .boundary = grid::neumann{0.0},
            .initial = 1.0,
            .t = {0.0, 0.2}};
        auto const amount = pde::solve(pushed, {.rtol = 1e-3}).report.conserved[0];
        EXPECT_NEAR(amount.last, 1.0, 1e-13) << static_cast<int>(scheme);
        EXPECT_NEAR(amount.supplied, 0.0, 1e-13);
        pde::advection_diffusion<2> const cells{
            .domain = grid::cartesian<2>{{.lower = {0.0, 0.0}, .upper = {1.0, 1.0}, .cells = {18, 18}}},
            .velocity = {[](double x, double y) {
                             return x == 0.0 || x == 1.0 ? 0.0 : std::sin(3 * pi * x) * std::cos(3 * pi * y);
                         },
                         [](double x, double y) {
                             return y == 0.0 || y == 1.0 ? 0.0 : -std::cos(3 * pi * x) * std::sin(3 * pi * y);
                         }},
            .kappa = 1e-3,
            .scheme = scheme,
            .boundary = grid::neumann{0.0},
            .initial = [](double x, double) { return x; },
            .t = {0.0, 0.2}};
        auto const kept = pde::solve(cells, {.rtol = 1e-3}).report.conserved[0];
        EXPECT_NEAR(kept.supplied, 0.0, 1e-14) << static_cast<int>(scheme);
    }
}

TEST(transport_sides, keep_the_order_of_a_scheme_where_they_tell_the_slope) {
    for (double const kappa : {1.0, 1e-3})
        for (bool const flows_in : {true, false})
            for (auto const& [scheme, least] :
                 {std::pair{advection_scheme::upwind, 0.85}, std::pair{advection_scheme::central, 1.9},
                  std::pair{advection_scheme::limited, 1.7}, std::pair{advection_scheme::weno5, 3.7}}) {
                made_up const problem{kappa};
                bool const is_fifth = scheme == advection_scheme::weno5;
                // Of first order where nothing but a layer as thin as a cell diffuses: the finer ones.
                std::ptrdiff_t const n = is_fifth ? 20 : 80;
                double const coarse = problem.error(n, scheme, flows_in), fine = problem.error(2 * n, scheme, flows_in);
                bool const is_thin = kappa < 0.1;
                if (is_thin && scheme == advection_scheme::central) continue;  // oscillates
                // Extrema that pass the side are cut.
                double const order = is_thin && scheme == advection_scheme::limited ? 1.1 : least;
                EXPECT_GT(std::log2(coarse / fine), order)
                    << static_cast<int>(scheme) << ", kappa " << kappa << (flows_in ? ", in: " : ", out: ") << coarse
                    << ", " << fine;
            }
}

TEST(transport_sides, and_schemes_know_no_size) {
    // Powers of two, so that every rounding is the same.
    for (double const size : {std::ldexp(1.0, -80), std::ldexp(1.0, 100)}) {
        auto const ends_with = [&](double of) {
            pde::advection_diffusion<1> const problem{
                .domain = line(50),
                .velocity = 1.0,
                .boundary = grid::periodic{},
                .initial = [of](double x) { return x > 0.3 && x < 0.6 ? of : 0.0; },
                .t = {0.0, 0.5}};
            return pde::solve(problem, {.atol = 0.0, .fixed_step = 0.01}).u.back();
        };
        auto const one = ends_with(1.0), other = ends_with(size);
        for (std::ptrdiff_t i = 0; i < 50; ++i) EXPECT_EQ(other(i), size * one(i)) << i;
        EXPECT_LT(*std::ranges::max_element(one.values()), 1.01);
    }
}
