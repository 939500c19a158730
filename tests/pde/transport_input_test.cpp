// SPDX-License-Identifier: MIT
// Transport where something is wrong, and what a step costs beside operations.
#include "support/message_of.hpp"

#include <poise/grid/field_arithmetic.hpp>
#include <poise/pde/advection_diffusion.hpp>
#include <poise/pde/burgers.hpp>
#include <poise/pde/heat.hpp>
#include <poise/pde/wave.hpp>
#include <poise/profile/memory.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <stdexcept>
#include <string>
#include <vector>

using namespace poise;
using grid::side;
using pde::advection_scheme;
using pde::time_method;
using poise_test::message_of;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

grid::cartesian<2> const square{{.cells = {8, 8}}};

pde::advection_diffusion<2> plain() {
    return {
        .domain = square, .velocity = {1.0, 0.5}, .initial = [](double x, double y) { return x * y; }, .t = {0.0, 0.1}};
}

std::string refusal(auto const& problem, pde::evolution_options<2> const& options = {}) {
    return message_of<std::invalid_argument>([&] { (void)pde::solve(problem, options); });
}

}  // namespace

TEST(transport_input, refuses_grids_that_schemes_are_not_for) {
    auto problem = plain();
    problem.domain = grid::cartesian<2>{{.cells = {8, 8}, .centering = grid::centering::node}};
    EXPECT_EQ(refusal(problem),
              "the grid has its points on nodes; transport is solved for the values of cells: take "
              "grid::centering::cell");
    problem.domain = grid::cartesian<2>{{.cells = {0, 8}, .faces = {{{0.0, 0.1, 0.5, 1.0}, {}}}}};
    EXPECT_EQ(refusal(problem), "the grid is stretched; transport is solved on cells of one width");
    problem.domain = grid::cartesian<2>{{.cells = {8, 4}}};
    EXPECT_EQ(refusal(problem),
              "there are 4 cells between the sides of y, and weno5 needs 5; take more, or advection_scheme::limited");
    for (auto const scheme : {advection_scheme::upwind, advection_scheme::central, advection_scheme::limited}) {
        problem.domain = grid::cartesian<2>{{.cells = {1, 1}}};
        problem.scheme = scheme;
        EXPECT_TRUE(pde::solve(problem));
    }
    problem.scheme = advection_scheme::weno5;
    problem.boundary = grid::periodic{};
    EXPECT_TRUE(pde::solve(problem)) << "around a cell";
}

TEST(transport_input, refuses_coefficients_and_sides) {
    auto problem = plain();
    problem.kappa = -1.0;
    EXPECT_EQ(refusal(problem), "kappa is -1; it must be finite and >= 0");
    EXPECT_EQ(refusal(pde::burgers<2>{.domain = square, .viscosity = not_a_number, .t = {0.0, 1.0}}),
              "viscosity is nan; it must be finite and >= 0");
    problem = plain();
    problem.velocity = {1.0, not_a_number};
    EXPECT_EQ(refusal(problem), "the velocity along y is nan; it must be finite");
    problem.velocity = {grid::field<2>{square, 1.0}, 0.0};
    EXPECT_EQ(refusal(problem),
              "the velocity along x is a field, which has no values on the faces of cells; give a callable, as of "
              "grid::interpolate()");
    problem.velocity = {[](double x, double, double t) { return t > 0.05 && x > 0.9 ? not_a_number : 1.0; }, 0.0};
    EXPECT_NE(refusal(problem).find("the velocity along x is nan at (0.9375, 0.0625), t = 0."), std::string::npos);
    problem = plain();
    problem.boundary = grid::robin{1.0, 0.0};
    EXPECT_EQ(refusal(problem),
              "kappa is 0, and a side is Robin, whose condition is of what diffuses; make it Dirichlet");
    problem.kappa = 1.0;
    problem.boundary = grid::robin{-1.0, 0.0};
    EXPECT_EQ(refusal(problem),
              "the coefficient of the lower side of x is -1 at (0, 0.0625); it must be finite and >= 0");
    problem = plain();
    problem.boundary = grid::neumann{0.5};
    EXPECT_EQ(refusal(problem),
              "at t = 0: kappa is 0, nothing diffuses, and the boundary data of a Neumann side is 0.5; give 0, or make "
              "it Dirichlet");
    problem = plain();
    problem.initial = grid::field<2>{grid::cartesian<2>{{.cells = {4, 4}}}, 1.0};
    EXPECT_EQ(refusal(problem), "the initial value is a field on another grid, of 16 points, than the domain, of 64");
}

TEST(transport_input, names_where_and_when_data_are_wrong) {
    auto problem = plain();
    problem.initial = [](double x, double) { return x < 0.1 ? not_a_number : 1.0; };
    EXPECT_EQ(refusal(problem), "the initial value is nan at (0.0625, 0.0625); it must be finite");
    problem = plain();
    problem.source = [](double x, double, double t) { return x < 0.1 && t == 0.1 ? not_a_number : 1.0; };
    EXPECT_EQ(refusal(problem), "at t = 0.1: the source is nan at (0.0625, 0.0625); it must be finite");
    problem = plain();
    problem.boundary = [](double t) { return grid::dirichlet{t < 0.1 ? 0.0 : not_a_number}; };
    EXPECT_EQ(refusal(problem), "at t = 0.1: the boundary data is nan at (0, 0.0625); it must be finite");
    problem.boundary = [](double t) {
        auto sides = grid::boundary<2>{grid::dirichlet{0.0}};
        return t > 0.0 ? sides.on(side::x_lower, grid::neumann{0.0}) : sides;
    };
    EXPECT_NE(refusal(problem).find("the lower side of x is Neumann, and it was Dirichlet"), std::string::npos);
}

TEST(transport_input, refuses_spans_steps_and_methods) {
    auto problem = plain();
    problem.t = {0.1, 0.0};
    EXPECT_EQ(refusal(problem),
              "the span of time is from 0.1 back to 0; schemes for what flows are not stable backwards: turn the "
              "velocity round instead");
    EXPECT_EQ(refusal(plain(), {.rtol = -1.0}), "rtol is -1; give a finite number >= 0");
    EXPECT_EQ(refusal(plain(), {.method = time_method::leapfrog}),
              "method is not of transport; take automatic, ssp_runge_kutta or stabilised_runge_kutta");
    EXPECT_NE(refusal(plain(), {.method = time_method::stabilised_runge_kutta}).find("it is stable up to half of that"),
              std::string::npos);
    // (1 + 0.5) 8 steps a unit of time.
    EXPECT_EQ(
        refusal(plain(), {.fixed_step = 0.125}),
        "fixed_step is 0.125, and the longest step that is stable at t = 0 is 0.08333333333333333; take that, or steps "
        "by the tolerances");
    EXPECT_EQ(refusal(plain(), {.largest_step = 0.01, .fixed_step = 0.02}),
              "fixed_step is 0.02, and largest_step 0.01; name one of them");
    EXPECT_TRUE(pde::solve(plain(), {.fixed_step = 1.0 / 12.0}));
    EXPECT_NE(refusal(pde::heat<2>{.domain = square, .t = {0.0, 1.0}}, {.method = time_method::ssp_runge_kutta})
                  .find("method is not of the heat equation"),
              std::string::npos);
    EXPECT_NE(refusal(pde::wave<2>{.domain = square, .t = {0.0, 1.0}}, {.method = time_method::ssp_runge_kutta})
                  .find("method is not of the wave equation"),
              std::string::npos);
}

TEST(transport_input, of_an_empty_span_is_what_was_at_the_beginning) {
    auto problem = plain();
    problem.t = {0.3, 0.3};
    auto const result = pde::solve(problem);
    ASSERT_EQ(result.t, std::vector{0.3});
    EXPECT_EQ(result.u[0](3, 2), 3.5 / 8.0 * 2.5 / 8.0);
    EXPECT_EQ(result.report.reason, ode::stop_reason::reached_end);
}

TEST(transport_input, stops_where_it_is_told_to) {
    pde::evolution_options<2> options{.max_steps = 3, .on_failure = pde::on_failure::return_report};
    auto const cut = pde::solve(plain(), options);
    EXPECT_EQ(cut.report.reason, ode::stop_reason::max_steps);
    EXPECT_EQ(cut.t, std::vector{cut.report.t});
    EXPECT_LT(cut.report.t, 0.1);
    options = {.save_at = {0.0, 0.03, 0.1}};
    double last = -1.0;
    options.on_step = [&](double t, grid::field<2> const&) { return (last = t) < 0.05; };
    auto const stopped = pde::solve(plain(), options);
    EXPECT_EQ(stopped.report.reason, ode::stop_reason::stopped);
    EXPECT_EQ(stopped.t, (std::vector{0.0, 0.03, last}));
    options.on_step = nullptr;
    EXPECT_EQ(pde::solve(plain(), options).t, (std::vector{0.0, 0.03, 0.1}));
}

TEST(transport_input, says_when_u_overflows) {
    auto problem = plain();
    problem.source = 1e308;
    problem.t = {0.0, 10.0};
    auto const grown = pde::solve(problem, {.on_failure = pde::on_failure::return_report});
    EXPECT_EQ(grown.report.reason, ode::stop_reason::not_finite) << grown.report;
    for (double const value : grown.u.back().values()) EXPECT_TRUE(std::isfinite(value));
    pde::burgers<2> const fast{.domain = square, .initial = 1e308, .t = {0.0, 1.0}};
    EXPECT_NE(message_of<pde::not_converged>([&] { (void)pde::solve(fast); }).find("t = 0"), std::string::npos);
}

// Twice as many steps, not one allocation more.
TEST(transport_input, allocates_nothing_in_a_step) {
    if (!profile::hooks_in_effect()) GTEST_SKIP() << "the sanitizers own the heap";
    auto const allocations = [](auto const& problem, double step, time_method method) {
        pde::evolution_options<2> options{.fixed_step = step, .method = method};
        options.on_step = [](double, grid::field<2> const&) { return true; };
        (void)pde::solve(problem, options);
        profile::memory const used;
        (void)pde::solve(problem, options);
        return used.so_far().allocations;
    };
    for (auto const scheme :
         {advection_scheme::upwind, advection_scheme::central, advection_scheme::limited, advection_scheme::weno5}) {
        auto problem = plain();
        problem.scheme = scheme;
        problem.source = [](double x, double, double t) { return x + t; };
        auto const few = time_method::ssp_runge_kutta, many = time_method::stabilised_runge_kutta;
        EXPECT_EQ(allocations(problem, 0.1 / 16, few), allocations(problem, 0.1 / 32, few));
        problem.kappa = 1.0;
        EXPECT_EQ(allocations(problem, 0.1 / 16, many), allocations(problem, 0.1 / 32, many));
        problem.velocity = {[](double x, double, double t) { return x + t; }, [](double x, double) { return x; }};
        problem.kappa = 0.0;
        EXPECT_EQ(allocations(problem, 0.1 / 16, few), allocations(problem, 0.1 / 32, few));
        pde::burgers<2> const carried{.domain = square, .scheme = scheme, .initial = 1.0, .t = {0.0, 0.1}};
        EXPECT_EQ(allocations(carried, 0.1 / 16, few), allocations(carried, 0.1 / 32, few));
    }
}

TEST(transport_input, is_followed_from_rest) {
    grid::cartesian<1> const domain{{.cells = {100}}};
    auto const wave = [](double x) { return std::sin(2.0 * std::numbers::pi * x); };
    double const whole = 2.0 * std::numbers::pi;
    // What moves is where the integral of the velocity, t / 2 − sin(2t) / 4, takes it: after a period pi on.
    pde::advection_diffusion<1> const swings{.domain = domain,
                                             .velocity = {[](double, double t) { return std::sin(t) * std::sin(t); }},
                                             .boundary = grid::periodic{},
                                             .initial = wave,
                                             .t = {0.0, whole}};
    auto const moved = pde::solve(swings, {.rtol = 1e-4});
    for (std::ptrdiff_t i = 0; i < 100; ++i)
        EXPECT_NEAR(moved.u.back()(i), wave((static_cast<double>(i) + 0.5) / 100.0 - std::numbers::pi), 1e-3);
    pde::advection_diffusion<1> const filled{
        .domain = domain,
        .velocity = 0.0,
        .source = [](double, double t) { return std::pow(std::sin(2.0 * std::numbers::pi * t), 2); },
        .boundary = grid::periodic{},
        .t = {0.0, 1.0}};
    EXPECT_NEAR(pde::solve(filled).u.back()(50), 0.5, 1e-5);
    // Burgers' equation whose side, and whose source, begin to push.
    pde::burgers<1> const pushed{
        .domain = domain, .boundary = [](double t) { return grid::dirichlet{std::sin(t)}; }, .t = {0.0, 3.0}};
    EXPECT_TRUE(pde::solve(pushed, {.rtol = 1e-2}));
    pde::burgers<1> const driven{
        .domain = domain, .source = [=](double x) { return 10.0 * wave(x); }, .t = {0.0, 10.0}};
    auto const came = pde::solve(driven, {.rtol = 1e-2});
    EXPECT_GT(grid::norm_max(came.u.back()), 0.5);
    EXPECT_GT(came.report.n_evaluations, 3 * came.report.n_steps);
}

TEST(transport_input, goes_over_to_steps_that_are_stable) {
    grid::cartesian<1> const domain{{.cells = {100}}};
    pde::advection_diffusion<1> problem{.domain = domain,
                                        .velocity = {[](double, double t) { return 20.0 * t; }},
                                        .kappa = 1e-3,
                                        .scheme = advection_scheme::central,
                                        .boundary = grid::periodic{},
                                        .initial = [](double x) { return x > 0.3 && x < 0.5 ? 1.0 : 0.0; },
                                        .t = {0.0, 1.0}};
    auto const result = pde::solve(problem, {.fixed_step = 2e-4});
    EXPECT_NE(result.report.method.find("SSP Runge-Kutta 3(2) from t = "), std::string::npos) << result.report.method;
    EXPECT_LT(grid::norm_max(result.u.back()), 1.5);
    EXPECT_LT(std::abs(result.report.conserved[0].largest_drift), 1e-13);
    // One that is asked for ends, and so do steps that were stable.
    for (auto const method : {time_method::automatic, time_method::stabilised_runge_kutta}) {
        auto const ended = pde::solve(
            problem,
            {.save_at = {0.004}, .fixed_step = 1e-3, .method = method, .on_failure = pde::on_failure::return_report});
        EXPECT_EQ(ended.report.reason, ode::stop_reason::step_too_small);
        EXPECT_NE(ended.report.remedy.find("fixed_step is not stable"), std::string::npos);
        EXPECT_EQ(ended.t.front(), 0.004);
        EXPECT_GT(ended.report.t, 0.004);
    }
    auto const by_tolerance = pde::solve(
        problem, {.method = time_method::stabilised_runge_kutta, .on_failure = pde::on_failure::return_report});
    EXPECT_NE(by_tolerance.report.remedy.find("take automatic or ssp_runge_kutta"), std::string::npos);
}

// However the time of a jump and the step before it round.
TEST(transport_input, asks_for_nothing_beyond_a_jump) {
    grid::cartesian<1> const domain{{.cells = {5}}};
    for (int k = 0; k < 300; ++k) {
        double const begin = 1e-3 + k * 1.234567e-4;
        pde::advection_diffusion<1> const problem{.domain = domain,
                                                  .velocity = 0.0,
                                                  .source = [](double, double t) { return t < 1.0 ? 1.0 : 1e3; },
                                                  .boundary = grid::periodic{},
                                                  .t = {begin, 2.0}};
        auto const result = pde::solve(problem, {.max_steps = 1,
                                                 .discontinuities = {1.0},
                                                 .fixed_step = 10.0,
                                                 .on_failure = pde::on_failure::return_report});
        EXPECT_EQ(result.report.t, 1.0);
        EXPECT_NEAR(result.u.back()(2), 1.0 - begin, 1e-12) << begin;
    }
}

// Sides that jump: as two solves, one after the other, by both methods.
TEST(transport_input, begins_anew_where_data_jump) {
    auto const held = [](double value) { return grid::boundary<2>{grid::dirichlet{value}}; };
    auto problem = plain();
    problem.scheme = advection_scheme::limited;
    for (double const kappa : {0.0, 1.0}) {
        problem.kappa = kappa;
        auto part = problem;
        part.boundary = held(0.0);
        part.t = {0.0, 0.04};
        part.initial = pde::solve(part).u.back();
        part.t = {0.04, 0.1};
        part.boundary = held(1.0);
        auto const exact = pde::solve(part).u.back();
        problem.boundary = [=](double t) { return held(t < 0.04 ? 0.0 : 1.0); };
        auto const told = pde::solve(problem, {.largest_step = 0.01, .discontinuities = {0.04}});
        EXPECT_LE(told.report.largest_step, 0.01);
        for (std::size_t i = 0; i < exact.values().size(); ++i)
            EXPECT_NEAR(told.u.back().values()[i], exact.values()[i], 1e-5) << told.report;
    }
}
