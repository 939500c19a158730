// SPDX-License-Identifier: MIT
// The heat equation where something is wrong, and what a step costs beside operations.
#include "support/expect_message.hpp"
#include "support/message_of.hpp"
#include "support/on_threads.hpp"

#include <poise/pde/heat.hpp>
#include <poise/profile/memory.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

using namespace poise;
using grid::side;
using pde::time_method;
using poise_test::expect_message;
using poise_test::message_of;
using poise_test::on_threads;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN(),
                 infinity = std::numeric_limits<double>::infinity();

grid::cartesian<2> const square{{.cells = {8, 8}}};
auto const bump = [](double x, double y) { return x * (1 - x) * y * (1 - y); };

pde::heat<2> plain() { return {.domain = square, .initial = bump, .t = {0.0, 0.1}}; }

std::string refusal(pde::heat<2> const& problem, pde::evolution_options<2> const& options = {}) {
    return message_of<std::invalid_argument>([&] { (void)pde::solve(problem, options); });
}

std::vector<double> values_of(grid::field<2> const& u) { return {u.values().begin(), u.values().end()}; }

}  // namespace

TEST(HeatInput, RefusesSpansOfTime) {
    auto problem = plain();
    problem.t = {0.1, 0.0};
    EXPECT_EQ(refusal(problem),
              "the span of time is from 0.1 back to 0; heat does not flow backwards in time, where "
              "any error grows without bounds");
    for (auto const& [begin, end] :
         {std::pair{not_a_number, 1.0}, std::pair{0.0, infinity}, std::pair{-1.7e308, 1.7e308}}) {
        problem.t = {begin, end};
        EXPECT_NE(refusal(problem).find("both must be finite, and what lies between"), std::string::npos);
    }
}

TEST(HeatInput, RefusesOptions) {
    EXPECT_EQ(refusal(plain(), {.rtol = -1.0}), "rtol is -1; give a finite number >= 0");
    EXPECT_EQ(refusal(plain(), {.atol = not_a_number}), "atol is nan; give a finite number >= 0");
    EXPECT_EQ(refusal(plain(), {.fixed_step = infinity}), "fixed_step is inf; give a finite number >= 0");
    EXPECT_EQ(refusal(plain(), {.rtol = 0.0, .atol = 0.0}), "rtol and atol are 0; no step is without error");
    EXPECT_EQ(refusal(plain(), {.save_at = {0.2}}), "save_at[0] is 0.2, which is not between 0 and 0.1");
    EXPECT_EQ(refusal(plain(), {.save_at = {not_a_number}}), "save_at[0] is nan, which is not between 0 and 0.1");
    EXPECT_EQ(refusal(plain(), {.save_at = {0.05, 0.05}}),
              "save_at[1] is 0.05, not after 0.05; sort it, each time once");
}

TEST(HeatInput, RefusesTheExactMethodAndSaysWhy) {
    pde::evolution_options<2> const exact{.method = time_method::exact};
    auto const reason = [&](pde::heat<2> const& problem) {
        auto const text = refusal(problem, exact);
        return text.substr(0, text.find(';'));
    };
    auto problem = plain();
    problem.kappa = [](double x, double) { return 1.0 + x; };
    EXPECT_EQ(reason(problem), "method is exact, and coefficients vary in space");
    problem = plain();
    problem.source = [](double, double, double t) { return t; };
    EXPECT_EQ(reason(problem), "method is exact, and the source changes with time");
    problem = plain();
    problem.boundary = [](double t) { return grid::dirichlet{t}; };
    EXPECT_EQ(reason(problem), "method is exact, and boundary data change with time");
    problem = plain();
    problem.boundary = grid::robin{1.0, 0.0};
    EXPECT_EQ(reason(problem), "method is exact, and a side is Robin");
    problem = plain();
    problem.domain = grid::cartesian<2>{{.cells = {0, 8}, .faces = {{{0.0, 0.1, 0.5, 1.0}, {}}}}};
    EXPECT_EQ(reason(problem), "method is exact, and the grid is stretched");
}

TEST(HeatInput, NamesWhereCoefficientsAreWrong) {
    auto problem = plain();
    problem.kappa = 0.0;
    EXPECT_EQ(refusal(problem), "kappa is 0; it must be positive and finite");
    problem.kappa = pde::orthotropic{1.0, -1.0};
    EXPECT_EQ(refusal(problem), "kappa along y is -1; it must be positive and finite");
    problem.kappa = [](double x, double y) { return x > 0.9 && y > 0.9 ? 0.0 : 1.0; };
    EXPECT_EQ(refusal(problem), "kappa is 0 at (0.9375, 0.9375); it must be positive and finite");
    problem = plain();
    problem.capacity = not_a_number;
    EXPECT_EQ(refusal(problem), "capacity is nan; it must be positive and finite");
    problem.capacity = [](double x, double) { return x < 0.1 ? -2.0 : 1.0; };
    EXPECT_EQ(refusal(problem), "capacity is -2 at (0.0625, 0.0625); it must be positive and finite");
    problem = plain();
    problem.sigma = infinity;
    EXPECT_EQ(refusal(problem), "sigma is inf; it must be finite");
    problem.sigma = [](double x, double) { return x < 0.1 ? -2.0 : 1.0; };
    EXPECT_EQ(refusal(problem), "sigma is -2 at (0.0625, 0.0625); steps in time need sigma >= 0");
    problem = plain();
    problem.initial = [](double x, double) { return x < 0.1 ? not_a_number : 1.0; };
    EXPECT_EQ(refusal(problem), "the initial value is nan at (0.0625, 0.0625); it must be finite");
    EXPECT_EQ(refusal(problem, {.method = time_method::implicit_runge_kutta}),
              "the initial value is nan at (0.0625, 0.0625); it must be finite");
}

TEST(HeatInput, NamesWhereAndWhenDataAreWrong) {
    auto problem = plain();
    problem.source = [](double x, double) { return x < 0.1 ? not_a_number : 1.0; };
    EXPECT_EQ(refusal(problem), "the source is nan at (0.0625, 0.0625); it must be finite");
    problem.source = [](double x, double, double t) { return x < 0.1 && t == 0.1 ? not_a_number : 1.0; };
    EXPECT_EQ(refusal(problem), "at t = 0.1: the source is nan at (0.0625, 0.0625); it must be finite");
    problem = plain();
    problem.boundary = [](double t) { return grid::dirichlet{t < 0.1 ? 0.0 : infinity}; };
    EXPECT_EQ(refusal(problem), "at t = 0.1: the boundary data is inf at (0, 0.0625); it must be finite");
}

TEST(HeatInput, RefusesFieldsOnOtherGrids) {
    grid::field<2> const other{grid::cartesian<2>{{.cells = {4, 4}}}, 1.0};
    auto problem = plain();
    problem.initial = other;
    EXPECT_EQ(refusal(problem), "the initial value is a field on another grid, of 16 points, than the domain, of 64");
    problem = plain();
    problem.capacity = other;
    EXPECT_EQ(refusal(problem), "capacity is a field on another grid, of 16 points, than the domain, of 64");
    problem = plain();
    problem.source = other;
    EXPECT_EQ(refusal(problem), "the source is a field on another grid, of 16 points, than the domain, of 64");
    problem = plain();
    problem.source = [&](double) { return other; };
    EXPECT_NE(refusal(problem).find("at t = 0: the field lives on a grid of 16 points"), std::string::npos);
}

TEST(HeatInput, RefusesSidesThatBecomeOthers) {
    auto problem = plain();
    problem.boundary = [](double t) {
        auto sides = grid::boundary<2>{grid::dirichlet{0.0}};
        if (t > 0.0) sides.on(side::x_lower, grid::neumann{0.0});
        return sides;
    };
    EXPECT_NE(refusal(problem).find("the lower side of x is Neumann, and it was Dirichlet"), std::string::npos);
    problem.boundary = [](double t) { return grid::robin{1.0 + t, 0.0}; };
    EXPECT_NE(refusal(problem).find("the coefficient of the lower side of x is "), std::string::npos);
    EXPECT_NE(refusal(problem).find("and it was 1; the value of a Robin side may change with time, its coefficient may "
                                    "not"),
              std::string::npos);
}

TEST(HeatInput, StopsAtTheBudgetOfStepsWithWhatItHas) {
    pde::evolution_options<2> options{.max_steps = 3, .method = time_method::implicit_runge_kutta};
    EXPECT_NE(
        message_of<pde::not_converged>([&] { (void)pde::solve(plain(), options); }).find("stopped at max_steps, t = "),
        std::string::npos);
    options.on_failure = pde::on_failure::return_report;
    auto const result = pde::solve(plain(), options);
    EXPECT_EQ(result.report.reason, ode::stop_reason::max_steps);
    EXPECT_FALSE(static_cast<bool>(result));
    EXPECT_EQ(result.report.n_steps + result.report.n_rejected, 3U);
    ASSERT_EQ(result.t.size(), 1U);
    EXPECT_EQ(result.t[0], result.report.t);
    EXPECT_LT(result.t[0], 0.1);
}

TEST(HeatInput, SaysWhereUOverflows) {
    auto problem = plain();
    problem.sigma = -1e6;
    problem.boundary = grid::neumann{0.0};
    pde::evolution_options<2> options{.on_failure = pde::on_failure::return_report};
    auto const grown = pde::solve(problem, options);
    EXPECT_EQ(grown.report.reason, ode::stop_reason::not_finite);
    problem = plain();
    problem.initial = 1e308;
    options.method = time_method::implicit_runge_kutta;
    auto const large = pde::solve(problem, options);
    EXPECT_EQ(large.report.reason, ode::stop_reason::not_finite) << large.report;
    EXPECT_GT(large.report.n_rejected, 3U);
}

TEST(HeatInput, FollowsASourceThatJumps) {
    auto problem = plain();
    problem.source = [](double, double, double t) { return t < 0.0317 ? 0.0 : 100.0; };
    auto const result = pde::solve(problem, {.rtol = 1e-4, .atol = 1e-6});
    auto parts = plain();
    parts.t = {0.0, 0.0317};
    parts.initial = pde::solve(parts).u.back();
    parts.t = {0.0317, 0.1};
    parts.source = 100.0;
    auto const exact = pde::solve(parts).u.back();
    for (std::size_t i = 0; i < exact.values().size(); ++i)
        EXPECT_NEAR(result.u.back().values()[i], exact.values()[i], 1e-2);
}

TEST(HeatInput, LetsExceptionsOfTheCallerPass) {
    auto problem = plain();
    problem.source = [](double, double, double t) -> double {
        if (t > 0.05) throw std::runtime_error{"of the caller"};
        return 0.0;
    };
    EXPECT_EQ(message_of<std::runtime_error>([&] { (void)pde::solve(problem); }), "of the caller");
    pde::evolution_options<2> options;
    options.on_step = [](double, grid::field<2> const&) -> bool { throw std::runtime_error{"of on_step"}; };
    EXPECT_EQ(message_of<std::runtime_error>([&] { (void)pde::solve(plain(), options); }), "of on_step");
}

TEST(HeatInput, GivesTheSameBitsOnAnyNumberOfThreads) {
    grid::cartesian<2> const large{{.cells = {180, 150}}};
    auto const expect_same = [](pde::heat<2> const& problem, pde::evolution_options<2> const& options) {
        std::vector<double> one;
        on_threads(1, [&] { one = values_of(pde::solve(problem, options).u.back()); });
        for (int const n : {2, 5})
            on_threads(n, [&] { EXPECT_EQ(one, values_of(pde::solve(problem, options).u.back())) << n; });
    };
    pde::heat<2> problem{.domain = large, .initial = bump, .t = {0.0, 0.01}};
    expect_same(problem, {});
    expect_same(problem, {.rtol = 1e-3, .method = time_method::implicit_runge_kutta});
    problem.kappa = [](double x, double y) { return 1.0 + x * y; };
    expect_same(problem, {.rtol = 1e-3});
    problem.kappa = [](double x, double) { return x < 0.5 ? 1.0 : 100.0; };
    expect_same(problem, {.rtol = 1e-3});
}

// Twice as many steps, not one allocation more.
TEST(HeatInput, AllocatesNothingInAStep) {
    if (!profile::hooks_in_effect()) GTEST_SKIP() << "the sanitizers own the heap";
    auto const allocations = [](pde::heat<2> const& problem, double step) {
        pde::evolution_options<2> options{.fixed_step = step};
        options.on_step = [](double, grid::field<2> const&) { return true; };
        (void)pde::solve(problem, options);
        profile::memory const used;
        (void)pde::solve(problem, options);
        return used.so_far().allocations;
    };
    auto problem = plain();
    problem.source = [](double x, double, double t) { return x + t; };
    problem.boundary = [](double t) { return grid::dirichlet{t}; };
    EXPECT_EQ(allocations(problem, 0.1 / 8), allocations(problem, 0.1 / 16)) << "fast transform";
    problem.kappa = [](double x, double y) { return 1.0 + x * y; };
    EXPECT_EQ(allocations(problem, 0.1 / 8), allocations(problem, 0.1 / 16)) << "with a fast transform";
    problem.kappa = [](double x, double) { return x < 0.5 ? 1.0 : 100.0; };
    EXPECT_EQ(allocations(problem, 0.1 / 8), allocations(problem, 0.1 / 16)) << "with multigrid";
}

TEST(HeatInput, FindsItsPlansInTheCache) {
    linear::operator_cache cache;
    pde::evolution_options<2> options{.cache = &cache};
    EXPECT_GT(pde::solve(plain(), options).report.setup_s, 0.0);
    EXPECT_EQ(pde::solve(plain(), options).report.setup_s, 0.0);
    EXPECT_EQ(cache.statistics().hits, 1U);
}

TEST(HeatInput, RefusesMethodsOfWavesAndStepsOfNone) {
    EXPECT_NE(refusal(plain(), {.method = time_method::leapfrog}).find("not of the heat equation"), std::string::npos);
    EXPECT_NE(refusal(plain(), {.fixed_step = 0.01, .method = time_method::exact}).find("it takes no steps"),
              std::string::npos);
}

// Between the ends of steps that are far longer than the grid's fastest modes last there is no solution.
TEST(Heat, ByStepsOfOneSizeEndsThemAtSavedTimes) {
    pde::heat<1> const problem{
        .domain = grid::cartesian<1>{{.cells = {200}}}, .boundary = grid::dirichlet{1.0}, .t = {0.0, 0.2}};
    auto const result = pde::solve(problem, {.save_at = {0.03, 0.05}, .fixed_step = 0.1});
    ASSERT_EQ(result.t, (std::vector{0.03, 0.05, 0.2}));
    for (auto const& u : result.u)
        for (double const value : u.values()) EXPECT_LE(std::abs(value), 1.1);
    EXPECT_EQ(result.report.n_steps, 4u) << "to 0.03, 0.05, 0.15 and 0.2";
}

TEST(Heat, ThatOverflowsKeepsTheLastStateThatDoesNot) {
    pde::heat<1> const problem{.domain = grid::cartesian<1>{{.cells = {50}}},
                               .sigma = -3000.0,
                               .boundary = grid::neumann{0.0},
                               .initial = 1.0,
                               .t = {0.0, 1.0}};
    auto const result = pde::solve(problem, {.save_at = {0.1, 0.9}, .on_failure = pde::on_failure::return_report});
    EXPECT_EQ(result.report.reason, ode::stop_reason::not_finite);
    ASSERT_EQ(result.t, std::vector{0.1});
    EXPECT_EQ(result.report.t, 0.1);
    auto const at_once = pde::solve(problem, {.on_failure = pde::on_failure::return_report});
    ASSERT_EQ(at_once.t, std::vector{0.0});
    EXPECT_EQ(at_once.u.back()(0), 1.0);
}

// A side that jumps: as two solves, one after the other.
TEST(HeatInput, BeginsAnewWhereDataJump) {
    auto const held = [](double value) { return grid::boundary<2>{grid::dirichlet{value}}; };
    auto problem = plain();
    problem.boundary = [=](double t) { return held(t < 0.04 ? 0.0 : 1.0); };
    auto part = plain();
    part.t = {0.0, 0.04};
    part.initial = pde::solve(part).u.back();
    part.t = {0.04, 0.1};
    part.boundary = held(1.0);
    auto const exact = values_of(pde::solve(part).u.back());
    auto const worst = [&](pde::evolution<2> const& result) {
        auto const u = values_of(result.u.back());
        double most = 0.0;
        for (std::size_t i = 0; i < u.size(); ++i) most = std::max(most, std::abs(u[i] - exact[i]));
        return most;
    };
    auto const told = pde::solve(problem, {.rtol = 1e-7, .atol = 1e-9, .discontinuities = {0.04}});
    EXPECT_LT(worst(told), 1e-6);
    auto const untold = pde::solve(problem, {.rtol = 1e-7, .atol = 1e-9});
    EXPECT_GT(untold.report.n_rejected, told.report.n_rejected + 5);
}

TEST(HeatInput, KeepsStepsAsShortAsIsAskedFor) {
    auto const report =
        pde::solve(plain(), {.rtol = 1e-3, .largest_step = 0.004, .method = time_method::implicit_runge_kutta}).report;
    EXPECT_LE(report.largest_step, 0.004);
    EXPECT_GE(report.n_steps, 25U);
    EXPECT_EQ(refusal(plain(), {.largest_step = not_a_number}), "largest_step is nan; it must be positive");
    EXPECT_EQ(refusal(plain(), {.discontinuities = {0.2}}),
              "discontinuities[0] is 0.2, which is not between 0 and 0.1");
}
