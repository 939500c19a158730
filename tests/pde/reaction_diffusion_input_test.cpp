// SPDX-License-Identifier: MIT
// Reaction and diffusion where something is wrong, and what a step costs beside operations.
#include "pde/reaction/exponential_weights.hpp"
#include "support/expect_message.hpp"
#include "support/message_of.hpp"

#include <poise/pde/reaction_diffusion.hpp>
#include <poise/pde/reactions.hpp>
#include <poise/profile/memory.hpp>

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
using poise_test::expect_message;
using poise_test::message_of;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN(),
                 infinity = std::numeric_limits<double>::infinity();
constexpr std::array both{time_method::stabilised_runge_kutta, time_method::exponential};

grid::cartesian<2> const square{{.cells = {8, 8}}};

pde::reaction_diffusion<2, 2> plain() {
    return {.domain = square,
            .diffusivity = {0.01, 0.02},
            .reaction = pde::gray_scott_reaction{},
            .initial = {1.0, [](double x, double y) { return x * y; }},
            .t = {0.0, 0.1}};
}

template <std::size_t S>
std::string refusal(pde::reaction_diffusion<2, S> const& problem, pde::species_options<2> const& options = {}) {
    return message_of<std::invalid_argument>([&] { (void)pde::solve(problem, options); });
}

}  // namespace

TEST(reaction_diffusion_input, refuses_what_is_no_problem) {
    auto problem = plain();
    problem.t = {0.1, 0.0};
    EXPECT_EQ(refusal(problem),
              "the span of time is from 0.1 back to 0; nothing diffuses backwards in time, where any error grows "
              "without bounds");
    problem = plain();
    problem.diffusivity[1] = -1.0;
    EXPECT_EQ(refusal(problem), "the diffusivity of species 1 is -1; it must be finite and not negative");
    problem.diffusivity[1] = infinity;
    EXPECT_EQ(refusal(problem), "the diffusivity of species 1 is inf; it must be finite and not negative");
    problem = plain();
    problem.initial[1] = [](double x, double) { return x > 0.9 ? not_a_number : 0.0; };
    EXPECT_EQ(refusal(problem), "the initial value of species 1 is nan at (0.9375, 0.0625); it must be finite");
    problem = plain();
    problem.initial[0] = grid::field<2>{grid::cartesian<2>{{.cells = {8, 7}}}};
    EXPECT_NE(refusal(problem).find("the initial value of species 0 is a field on another grid"), std::string::npos);
    problem = plain();
    problem.reaction = [](auto const& u, auto& rate) {
        rate[0] = -u[0];
        rate[1] = 1.0 / (u[0] - 1.0);
    };
    EXPECT_EQ(refusal(problem),
              "the rate of species 1 is inf of the initial values at (0.0625, 0.0625); it must be finite");
    problem = plain();
    problem.source[1] = [](double, double, double t) { return t > 0.05 ? not_a_number : 1.0; };
    for (auto const method : both) {
        auto const message = refusal(problem, {.method = method});
        EXPECT_NE(message.find("at t = 0."), std::string::npos) << message;
        EXPECT_NE(message.find("nan"), std::string::npos) << message;
    }
}

TEST(reaction_diffusion_input, refuses_species_at_different_points) {
    auto problem = plain();
    problem.boundary = {grid::boundary<2>{grid::periodic{}}, grid::boundary<2>{grid::neumann{0.0}}};
    EXPECT_NE(refusal(problem).find("species 0 and 1 have their unknowns at different points in direction x"),
              std::string::npos);
    problem.domain = grid::cartesian<2>{{.cells = {8, 8}, .centering = grid::centering::node}};
    problem.boundary = {grid::boundary<2>{grid::dirichlet{1.0}}, grid::boundary<2>{grid::neumann{0.0}}};
    EXPECT_NE(refusal(problem).find("species 0 and 1"), std::string::npos);
}

TEST(reaction_diffusion_input, refuses_options) {
    EXPECT_EQ(refusal(plain(), {.rtol = -1.0}), "rtol is -1; give a finite number >= 0");
    EXPECT_EQ(refusal(plain(), {.largest_step = 0.0}), "largest_step is 0; it must be positive");
    EXPECT_EQ(refusal(plain(), {.discontinuities = {0.2}}),
              "discontinuities[0] is 0.2, which is not between 0 and 0.1");
    EXPECT_EQ(refusal(plain(), {.save_at = {0.05, 0.05}}),
              "save_at[1] is 0.05, not after 0.05; sort it, each time once");
    EXPECT_EQ(refusal(plain(), {.method = time_method::leapfrog}),
              "method is not of reaction and diffusion; take automatic, stabilised_runge_kutta or exponential");
    auto problem = plain();
    problem.boundary = grid::robin{1.0, 0.0};
    EXPECT_EQ(refusal(problem, {.method = time_method::exponential}),
              "method is exponential, and a side is Robin; take method::automatic");
}

TEST(reaction_diffusion_input, returns_the_initial_values_of_an_empty_span) {
    auto problem = plain();
    problem.t = {2.0, 2.0};
    for (auto const method : both) {
        auto const result = pde::solve(problem, {.save_at = {2.0}, .method = method});
        EXPECT_EQ(result.t, std::vector{2.0});
        EXPECT_EQ(result.report.n_steps, 0U);
        EXPECT_EQ(result.report.reason, ode::stop_reason::reached_end);
        EXPECT_EQ(result.u.at(0).at(1)(7, 7), 0.9375 * 0.9375);
    }
}

// u' = u² is infinite at t = 1.
TEST(reaction_diffusion_input, says_what_grew_beyond_all_numbers) {
    pde::reaction_diffusion<2> const problem{
        .domain = square, .reaction = [](auto const& u) { return u * u; }, .initial = 1.0, .t = {0.0, 2.0}};
    for (auto const method : both) {
        auto const result =
            pde::solve(problem, {.rtol = 1e-4, .method = method, .on_failure = pde::on_failure::return_report});
        EXPECT_FALSE(result) << result.report;
        EXPECT_NEAR(result.report.t, 1.0, 0.01);
        EXPECT_TRUE(result.report.reason == ode::stop_reason::not_finite ||
                    result.report.reason == ode::stop_reason::step_too_small)
            << result.report;
        EXPECT_THROW((void)pde::solve(problem, {.rtol = 1e-4, .method = method}), pde::not_converged);
    }
}

TEST(reaction_diffusion_input, stops_where_it_is_told_to) {
    for (auto const method : both) {
        std::size_t n_calls = 0;
        pde::species_options<2> options{.method = method};
        options.on_step = [&](double, pde::species_fields<2> const& u) { return u.size() == 2 && ++n_calls < 2; };
        auto const stopped = pde::solve(plain(), options);
        EXPECT_EQ(stopped.report.reason, ode::stop_reason::stopped);
        EXPECT_EQ(stopped.report.n_steps, 2U);
        EXPECT_EQ(stopped.t.back(), stopped.report.t);
        options.on_step = [](double, pde::species_fields<2> const&) -> bool { throw std::runtime_error{"enough"}; };
        EXPECT_EQ(message_of<std::runtime_error>([&] { (void)pde::solve(plain(), options); }), "enough");
        auto const budget = message_of<pde::not_converged>(
            [&] { (void)pde::solve(plain(), {.rtol = 1e-9, .max_steps = 3, .method = method}); });
        EXPECT_NE(budget.find("raise max_steps or loosen rtol"), std::string::npos) << budget;
        auto problem = plain();
        problem.reaction = [](std::array<double, 2> const&, std::array<double, 2>&) { throw std::runtime_error{"no"}; };
        EXPECT_EQ(message_of<std::runtime_error>([&] { (void)pde::solve(problem, {.method = method}); }), "no");
    }
}

TEST(reaction_diffusion_input, keeps_steps_as_short_as_is_asked_for) {
    for (auto const method : both) {
        auto const report = pde::solve(plain(), {.largest_step = 0.004, .method = method}).report;
        EXPECT_LE(report.largest_step, 0.004);
        EXPECT_GE(report.n_steps, 25U);
    }
}

// Ten times as many steps, not one allocation more.
TEST(reaction_diffusion_input, allocates_nothing_in_a_step) {
    if (!profile::hooks_in_effect()) GTEST_SKIP() << "the sanitizers own the heap";
    for (auto const method : both) {
        auto const allocations = [&](double step) {
            pde::species_options<2> const options{.fixed_step = step, .method = method};
            (void)pde::solve(plain(), options);
            profile::memory const used;
            (void)pde::solve(plain(), options);
            return used.so_far().allocations;
        };
        EXPECT_EQ(allocations(0.02), allocations(0.002));
    }
}

// Against their series in more digits, where neither way loses any: Σ zʲ / (j + k)!.
TEST(reaction_diffusion_input, knows_phi_functions_to_rounding) {
    for (double z = -1e-9; z > -700.0; z *= 1.37) {
        pde::detail::phi_functions const phi{z};
        for (std::size_t k = 0; k < 4; ++k) {
            long double sum = 0.0L;
            if (z > -8.0) {
                long double term = 1.0L;
                for (std::size_t j = 1; j <= k; ++j) term /= static_cast<long double>(j);
                for (int j = 1; j < 80; ++j) {
                    sum += term;
                    term *= static_cast<long double>(z) / static_cast<long double>(j + static_cast<int>(k));
                }
            } else {
                sum = std::exp(static_cast<long double>(z));
                long double factorial = 1.0L;
                for (std::size_t j = 1; j <= k; ++j) {
                    sum = (sum - 1.0L / factorial) / static_cast<long double>(z);
                    factorial *= static_cast<long double>(j);
                }
            }
            EXPECT_NEAR(phi[k], static_cast<double>(sum), 8e-16 * std::max(1.0, std::abs(1.0 / z))) << z << ", " << k;
        }
    }
}
