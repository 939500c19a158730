// SPDX-License-Identifier: MIT
// Reaction and diffusion where a method could be misled: by what time alone does, rings, jumps at the end, extreme
// sizes.
#include "support/message_of.hpp"

#include <poise/grid/field_arithmetic.hpp>
#include <poise/pde/heat.hpp>
#include <poise/pde/reaction_diffusion.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

using namespace poise;
using pde::time_method;
using poise_test::message_of;

namespace {

constexpr std::array both{time_method::stabilised_runge_kutta, time_method::exponential};
constexpr std::array all{time_method::automatic, time_method::stabilised_runge_kutta, time_method::exponential};

auto const nothing = [](auto const& u) { return 0.0 * u; };

grid::cartesian<1> line(std::ptrdiff_t n) { return grid::cartesian<1>{{.cells = {n}}}; }
double middle(pde::species_evolution<1> const& result) {
    auto const& u = result.u.back()[0];
    return u.values()[u.values().size() / 2];
}

}  // namespace

TEST(reaction_diffusion_hard, follows_what_time_alone_does) {
    // By a source, by the reaction, and by nothing but a side.
    for (double const w : {3.0, 10.0, 50.0})
        for (auto const method : all)
            for (double const rtol : {1e-3, 1e-6}) {
                pde::reaction_diffusion<1> problem{.domain = line(20),
                                                   .reaction = nothing,
                                                   .source = [w](double, double t) { return std::cos(w * t); },
                                                   .initial = 1.0,
                                                   .t = {0.0, 10.3}};
                double const exact = 1.0 + std::sin(w * 10.3) / w;
                EXPECT_NEAR(middle(pde::solve(problem, {.rtol = rtol, .method = method})), exact, 100.0 * rtol) << w;
                problem.source = 0.0;
                problem.reaction = [w](double t, auto const&, auto const& u, auto& rate) {
                    rate[0] = std::cos(w * t) + 0.0 * u[0];
                };
                EXPECT_NEAR(middle(pde::solve(problem, {.rtol = rtol, .method = method})), exact, 100.0 * rtol) << w;
            }
    pde::reaction_diffusion<2> const slow{
        .domain = grid::cartesian<2>{{.lower = {0.0, 0.0}, .upper = {1.0, 1.0}, .cells = {16, 16}}},
        .diffusivity = 0.5,
        .reaction = [](auto const& u) { return -1e-4 * u; },
        .source = [](double x, double y, double t) { return x * y * (1.0 + std::sin(3.0 * t)); },
        .boundary = grid::dirichlet{0.0},
        .t = {0.0, 3.0}};
    pde::heat<2> const same{.domain = slow.domain,
                            .kappa = 0.5,
                            .sigma = 1e-4,
                            .source = [](double x, double y, double t) { return x * y * (1.0 + std::sin(3.0 * t)); },
                            .boundary = grid::dirichlet{0.0},
                            .t = {0.0, 3.0}};
    auto const exact = pde::solve(same, {.rtol = 1e-8}).u.back();
    for (auto const method : all) {
        auto const u = pde::solve(slow, {.rtol = 1e-4, .atol = 1e-9, .method = method}).u.back()[0];
        EXPECT_LT(grid::norm_max(u - exact), 3e-3 * grid::norm_max(exact));
    }
}

TEST(reaction_diffusion_hard, goes_around_cells_of_different_widths) {
    for (auto const centering : {grid::centering::cell, grid::centering::node}) {
        grid::cartesian<1> const ring{{.centering = centering, .faces = {{{0.0, 0.05, 0.2, 0.3, 0.55, 0.8, 1.0}}}}};
        auto const start = [](double x) { return x < 0.5 ? 1.5 + x : 0.2; };
        pde::reaction_diffusion<1> const problem{.domain = ring,
                                                 .diffusivity = 0.1,
                                                 .reaction = nothing,
                                                 .boundary = grid::periodic{},
                                                 .initial = start,
                                                 .t = {0.0, 0.3}};
        auto const result = pde::solve(problem, {.rtol = 1e-8, .method = time_method::stabilised_runge_kutta});
        auto const heat = pde::solve(
            pde::heat<1>{.domain = ring, .kappa = 0.1, .boundary = grid::periodic{}, .initial = start, .t = {0.0, 0.3}},
            {.rtol = 1e-9});
        EXPECT_LT(grid::norm_max(result.u.back()[0] - heat.u.back()), 1e-6);
        EXPECT_NEAR(result.report.conserved[0].last, result.report.conserved[0].first, 1e-13);
    }
    // One ring along x, one along y: the same bounds.
    std::array<std::string, 2> chosen;
    for (std::size_t d = 0; d < 2; ++d) {
        auto sides = grid::boundary<2>{grid::neumann{0.0}};
        sides.on(d == 0 ? grid::side::x_lower : grid::side::y_lower, grid::periodic{});
        pde::reaction_diffusion<2> const turned{
            .domain = grid::cartesian<2>{{.lower = {0.0, 0.0}, .upper = {1.0, 1.0}, .cells = {16, 16}}},
            .reaction = [](auto const& u) { return -u; },
            .boundary = sides,
            .initial = 1.0,
            .t = {0.0, 0.01}};
        chosen[d] = pde::solve(turned).report.chosen;
    }
    EXPECT_EQ(chosen[0], chosen[1]);
    EXPECT_NE(chosen[0].find("2.05e+03 times"), std::string::npos) << chosen[0];  // 8 16²
}

TEST(reaction_diffusion_hard, takes_no_step_that_asks_for_too_many_stages) {
    pde::reaction_diffusion<1> const problem{
        .domain = line(1000), .reaction = [](auto const& u) { return -u; }, .initial = 1.0, .t = {0.0, 1.0}};
    auto const result = pde::solve(problem, {.fixed_step = 0.5,
                                             .method = time_method::stabilised_runge_kutta,
                                             .on_failure = pde::on_failure::return_report});
    EXPECT_EQ(result.report.reason, ode::stop_reason::step_too_small);
    EXPECT_NE(result.report.remedy.find("1000 stages: make fixed_step 0.125 or less"), std::string::npos)
        << result.report.remedy;
    EXPECT_EQ(result.report.n_steps, 0u);
    EXPECT_NEAR(middle(pde::solve(problem, {.fixed_step = 0.1, .method = time_method::stabilised_runge_kutta})),
                std::exp(-1.0), 1e-3);
}

TEST(reaction_diffusion_hard, refuses_films_that_change) {
    pde::reaction_diffusion<1> const problem{.domain = line(4),
                                             .reaction = nothing,
                                             .boundary =
                                                 [](double t) {
                                                     return grid::robin{1.0 + 100.0 * t, 1.0 + 100.0 * t};
                                                 },
                                             .initial = 1.0,
                                             .t = {0.0, 1.0}};
    auto const message = message_of<std::invalid_argument>([&] { (void)pde::solve(problem); });
    EXPECT_NE(message.find("its coefficient may not"), std::string::npos) << message;
}

TEST(reaction_diffusion_hard, ends_before_what_jumps_at_the_end) {
    auto const push = [](double, double t) { return t >= 1.0 ? 1e6 : 0.0; };
    for (double const step : {0.0, 0.25}) {
        for (auto const method : both) {
            pde::reaction_diffusion<1> const problem{
                .domain = line(8), .reaction = nothing, .source = push, .initial = 1.0, .t = {0.0, 1.0}};
            auto const result = pde::solve(problem, {.discontinuities = {1.0}, .fixed_step = step, .method = method});
            EXPECT_NEAR(middle(result), 1.0, 1e-12);
            EXPECT_EQ(result.report.n_rejected, 0u);
        }
        pde::heat<1> const heat{
            .domain = line(8), .source = push, .boundary = grid::neumann{0.0}, .initial = 1.0, .t = {0.0, 1.0}};
        auto const result = pde::solve(heat, {.discontinuities = {1.0}, .fixed_step = step});
        EXPECT_NEAR(result.u.back()(4), 1.0, 1e-12);
        EXPECT_EQ(result.report.n_rejected, 0u);
    }
}

TEST(reaction_diffusion_hard, loses_no_digits_to_extreme_sizes) {
    for (double const size : {1e-165, 1e-100, 1e100, 1e156, 1e160})
        for (auto const method : both) {
            pde::reaction_diffusion<1> const problem{.domain = line(8),
                                                     .reaction = [](auto const& u) { return -10.0 * u; },
                                                     .initial = size,
                                                     .t = {0.0, 1.0}};
            auto const result = pde::solve(
                problem, {.rtol = 1e-4, .atol = 0.0, .method = method, .on_failure = pde::on_failure::return_report});
            bool const is_extreme = size < 1e-150 || size > 1e150;
            if (!is_extreme) {
                EXPECT_NEAR(middle(result) / size, std::exp(-10.0), 1e-4 * 10.0 * std::exp(-10.0) + 1e-6) << size;
            } else {
                EXPECT_FALSE(result) << size;
                EXPECT_NE(result.report.remedy.find("species 0"), std::string::npos) << result.report.remedy;
            }
        }
    // Other units, the same steps.
    auto const steps_of = [](double size) {
        pde::reaction_diffusion<1> const problem{.domain = line(50),
                                                 .diffusivity = 1e-2,
                                                 .reaction = [size](auto const& u) { return u * u * (-20.0 / size); },
                                                 .initial = [size](double x) { return size * (1.0 + x); },
                                                 .t = {0.0, 1.0}};
        auto const report = pde::solve(problem, {.rtol = 1e-4, .atol = 0.0}).report;
        return std::pair{report.chosen, report.n_evaluations};
    };
    EXPECT_EQ(steps_of(1.0), steps_of(std::ldexp(1.0, -40)));
}

TEST(reaction_diffusion_hard, bears_a_reaction_that_ends_where_it_begins) {
    // √(1 − u) has no value beyond 1, where u begins.
    for (auto const method : all) {
        pde::reaction_diffusion<1> const problem{.domain = line(8),
                                                 .reaction = [](auto const& u) { return sqrt(1.0 - u) - u; },
                                                 .initial = 1.0,
                                                 .t = {0.0, 0.5}};
        auto const result = pde::solve(problem, {.rtol = 1e-5, .method = method});
        // u' = √(1 − u) − u, by another way: s = √(1 − u), s' = −(s + s² − 1) / 2s.
        double u = 1.0;
        for (int i = 0; i < 500'000; ++i) {
            double const k1 = std::sqrt(1.0 - u) - u, mid = u + 0.5e-6 * k1;
            u += 1e-6 * (std::sqrt(1.0 - mid) - mid);
        }
        EXPECT_NEAR(middle(result), u, 1e-4);
    }
}

TEST(reaction_diffusion_hard, names_the_species_that_ends_it) {
    pde::reaction_diffusion<1, 2> const problem{.domain = line(8),
                                                .reaction =
                                                    [](auto const& u, auto& rate) {
                                                        rate[0] = -u[0];
                                                        rate[1] = u[1] * u[1];
                                                    },
                                                .initial = 1.0,
                                                .t = {0.0, 2.0}};
    for (auto const method : both)
        for (double const rtol : {1e-4, 1e-8}) {
            auto const message =
                message_of<pde::not_converged>([&] { (void)pde::solve(problem, {.rtol = rtol, .method = method}); });
            EXPECT_NE(message.find("species 1 "), std::string::npos) << message;
        }
}
