// SPDX-License-Identifier: MIT
// Boundary-value problems by collocation: exact answers, orders, tolerances, conditions of every kind, states of every
// kind, and failures with their reasons.
#include "ode/boundary_problems.hpp"
#include "support/message_of.hpp"

#include <poise/ode.hpp>
#include <poise/profile/memory.hpp>

#include <Eigen/Core>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

using namespace poise;
using namespace poise_test;

namespace {

constexpr double pi = std::numbers::pi, not_a_number = std::numeric_limits<double>::quiet_NaN();

constexpr auto zero = [](double) { return pair{0.0, 0.0}; };
constexpr auto line = [](double x) { return pair{x, 1.0}; };
constexpr auto bump = [](double x) { return pair{16.0 * x * (1.0 - x), 16.0 - 32.0 * x}; };

// In 1000 places, and at the points of the mesh.
template <class State, class Exact>
double largest_error(ode::boundary_solution<State> const& solution, Exact const& exact) {
    double largest = 0.0;
    double const a = solution.x.front(), b = solution.x.back();
    for (int i = 0; i <= 1000; ++i) {
        double const x = i == 1000 ? b : a + (b - a) * i / 1000.0;
        largest = std::max(largest, std::abs(solution(x)[0] - exact(x)));
    }
    for (std::size_t i = 0; i < solution.x.size(); ++i)
        largest = std::max(largest, std::abs(solution.y[i][0] - exact(solution.x[i])));
    return largest;
}

ode::boundary_options with_tolerance(double tolerance) { return {.rtol = tolerance, .atol = tolerance}; }
ode::boundary_options and_report(ode::boundary_options options = {}) {
    options.on_failure = ode::on_failure::return_report;
    return options;
}

// y" = y + …, linear with growing and falling solutions: y = e^−x sin 2x + x.
struct smooth {
    template <class Time, class State>
    void operator()(Time const& x, State const& y, State& slope) const {
        using std::exp, std::cos, std::sin;
        slope = {y[1], y[0] + exp(-1.0 * x) * (-4.0 * sin(2.0 * x) - 4.0 * cos(2.0 * x)) - x};
    }
    static double exact(double x) { return std::exp(-x) * std::sin(2.0 * x) + x; }
};
auto smooth_problem() {
    ode::differentiable const g{[](auto const& ya, auto const& yb, auto& residual) {
        residual = {ya[0], yb[0] - smooth::exact(2.0)};
    }};
    return ode::boundary_problem{ode::differentiable{smooth{}}, g, {0.0, 2.0}};
}

}  // namespace

TEST(Collocation, FindsBothBranchesOfBratuToTheTolerance) {
    for (double const tolerance : {1e-4, 1e-6, 1e-8, 1e-10}) {
        auto const lower = ode::solve(bratu(3.5), {0.0, 0.0}, ode::gauss_collocation{}, with_tolerance(tolerance));
        auto const upper = ode::solve(bratu(3.5), bump, ode::gauss_collocation{}, with_tolerance(tolerance));
        EXPECT_LT(largest_error(lower, [](double x) { return lower_branch(x)[0]; }), tolerance) << lower.report;
        EXPECT_LT(largest_error(upper, [](double x) { return upper_branch(x)[0]; }), tolerance) << upper.report;
        // y'(0) is at a point of the mesh, where the order is 8.
        EXPECT_NEAR(lower.y[0][1], lower_branch(0.0)[1], 0.1 * tolerance);
    }
}

TEST(Collocation, ResolvesALayer) {
    for (double const tolerance : {1e-4, 1e-6, 1e-8}) {
        auto const solution = ode::solve(shock_layer(1e-4), zero, ode::gauss_collocation{}, with_tolerance(tolerance));
        double const error = largest_error(solution, [](double x) { return shock_layer_solution(1e-4, x); });
        EXPECT_LT(error, 3.0 * tolerance) << solution.report;
        EXPECT_LT(solution.error[0], 3.0 * tolerance);  // |y| ≤ 2
        EXPECT_GT(solution.error[0], 0.3 * error);
        // Points are where the layer is: a fourth of them within five of its widths, a twentieth of the interval.
        auto const n_inside = std::ranges::count_if(solution.x, [](double x) { return std::abs(x) < 0.05; });
        EXPECT_GT(4 * static_cast<std::size_t>(n_inside), solution.x.size());
    }
    auto const thin = ode::solve(shock_layer(1e-8), zero, ode::gauss_collocation{}, with_tolerance(1e-6));
    EXPECT_LT(largest_error(thin, [](double x) { return shock_layer_solution(1e-8, x); }), 3e-6) << thin.report;
}

TEST(Collocation, SolvesTroeschFromALine) {
    for (double const tolerance : {1e-4, 1e-6, 1e-8}) {
        auto const solution = ode::solve(troesch(10.0), line, ode::gauss_collocation{}, with_tolerance(tolerance));
        EXPECT_NEAR(solution.y.front()[1], troesch_slope_at_0, tolerance) << solution.report;
        EXPECT_NEAR(solution.y.back()[1], troesch_slope_at_1, 150.0 * tolerance);
        EXPECT_NEAR(solution(0.9)[0], troesch_at_nine_tenths, 1.2 * tolerance);
    }
}

TEST(Collocation, IsOfOrderTwiceItsStagesAtTheMeshAndOneMoreThanThemInBetween) {
    auto const order_of = [](auto method, std::size_t n_first) {
        std::array<double, 3> at_mesh{}, between{};
        for (std::size_t k = 0; k < 3; ++k) {
            auto const solution = ode::solve(
                smooth_problem(), {0.0, 0.0}, method,
                {.rtol = 1e-14, .atol = 1e-14, .n_intervals = n_first << k, .policy = ode::mesh_policy::fixed});
            EXPECT_EQ(solution.x.size(), (n_first << k) + 1);
            for (std::size_t i = 0; i < solution.x.size(); ++i)
                at_mesh[k] = std::max(at_mesh[k], std::abs(solution.y[i][0] - smooth::exact(solution.x[i])));
            between[k] = largest_error(solution, smooth::exact);
            // Of the largest error the estimate knows the size.
            EXPECT_GT(solution.error[0], 0.5 * between[k]);
            EXPECT_LT(solution.error[0], 2.0 * between[k] + 1e-13);
        }
        return std::array{std::log2(at_mesh[1] / at_mesh[2]), std::log2(between[1] / between[2])};
    };
    auto const expect = [](std::array<double, 2> orders, double at_mesh, double between) {
        EXPECT_NEAR(orders[0], at_mesh, 0.15);
        EXPECT_NEAR(orders[1], between, 0.15);
    };
    expect(order_of(ode::gauss_collocation<1>{}, 40), 2.0, 2.0);
    expect(order_of(ode::gauss_collocation<2>{}, 20), 4.0, 3.0);
    expect(order_of(ode::gauss_collocation<3>{}, 8), 6.0, 4.0);
    expect(order_of(ode::gauss_collocation{}, 4), 8.0, 5.0);
}

TEST(Collocation, HasErrorsThatFollowTheTolerance) {
    double before = 1.0;
    for (double tolerance = 1e-3; tolerance > 1e-12; tolerance *= 0.1) {
        auto const solution = ode::solve(smooth_problem(), {0.0, 0.0}, ode::gauss_collocation{},
                                         {.rtol = tolerance, .atol = tolerance, .n_intervals = 2});
        double const error = largest_error(solution, smooth::exact);
        EXPECT_LE(error, 3.0 * tolerance) << solution.report;  // |y| ≤ 2
        EXPECT_GE(error, 1e-4 * tolerance);
        EXPECT_LE(error, before);
        before = error;
    }
}

TEST(Collocation, TakesOneIterationForALinearProblem) {
    auto const linear = ode::solve(smooth_problem(), {0.0, 0.0}, ode::gauss_collocation{});
    EXPECT_EQ(linear.statistics.n_iterations, linear.statistics.n_meshes) << linear.report;
    // Differences are exact to half of the digits: a second correction with the same Jacobian does the rest.
    auto const plain = [](double x, pair const& y, pair& slope) { smooth{}(x, y, slope); };
    auto const ends = [](pair const& ya, pair const& yb) { return pair{ya[0], yb[0] - smooth::exact(2.0)}; };
    auto const by_differences =
        ode::solve(ode::boundary_problem{plain, ends, {0.0, 2.0}}, pair{}, ode::gauss_collocation{});
    EXPECT_EQ(by_differences.statistics.n_iterations, by_differences.statistics.n_meshes) << by_differences.report;
    EXPECT_LT(largest_error(by_differences, smooth::exact), 3e-6);
}

TEST(Collocation, TakesConditionsThatJoinBothEnds) {
    // y' = −y + cos x, periodic: (cos x + sin x) / 2.
    auto const f = [](double x, double y) { return -y + std::cos(x); };
    auto const g = [](double ya, double yb) { return yb - ya; };
    auto const periodic = ode::solve(ode::boundary_problem{f, g, {0.0, 2.0 * pi}}, 0.0, ode::gauss_collocation{});
    for (double const x : {0.0, 1.0, 3.0, 2.0 * pi}) EXPECT_NEAR(periodic(x), 0.5 * (std::cos(x) + std::sin(x)), 2e-6);
    // A growing and a falling solution, e^±20x, each known by a mixture of both ends.
    ode::differentiable const saddle{[](auto const&, auto const& y, auto& slope) {
        slope = {20.0 * y[1], 20.0 * y[0]};
    }};
    auto const exact = [](double x) { return std::exp(-20.0 * x) + std::exp(20.0 * (x - 1.0)); };
    double const end = exact(0.0);
    ode::differentiable const mixed{[end](auto const& ya, auto const& yb, auto& residual) {
        residual = {ya[0] + yb[0] - 2.0 * end, ya[1] + yb[1]};
    }};
    auto const both = ode::solve(ode::boundary_problem{saddle, mixed, {0.0, 1.0}}, pair{}, ode::gauss_collocation{},
                                 with_tolerance(1e-8));
    EXPECT_LT(largest_error(both, exact), 2e-8) << both.report;
    // An orbit of unknown period, as a component: y' = T (y₁, −y₀), the phase fixed by y₁(0) = 0, y₀(0) = 1.
    using orbit = std::array<double, 3>;
    ode::differentiable const turn{[](auto const&, auto const& y, auto& slope) {
        slope = {y[2] * y[1], -y[2] * y[0], 0.0 * y[2]};
    }};
    ode::differentiable const closed{[](auto const& ya, auto const& yb, auto& residual) {
        residual = {ya[0] - 1.0, ya[1], yb[1] - ya[1]};
    }};
    auto const guess = [](double x) { return orbit{std::cos(6.0 * x), -std::sin(6.0 * x), 6.0}; };
    auto const found = ode::solve(ode::boundary_problem{turn, closed, {0.0, 1.0}}, guess, ode::gauss_collocation{},
                                  with_tolerance(1e-9));
    EXPECT_NEAR(found.y[0][2], 2.0 * pi, 1e-8) << found.report;
}

TEST(Collocation, FindsEigenvaluesAsComponentsWithoutSlope) {
    // Mathieu: y" = −(λ − 2 q cos 2x) y, y'(0) = y'(π) = 0, y(0) = 1. λ: of the matrix of Fourier coefficients, order
    // 30, by mpmath to 25 digits (a₄ for q = 5).
    using triple = std::array<double, 3>;
    ode::differentiable const f{[](double x, auto const& y, auto& slope) {
        slope = {y[1], -(y[2] - 10.0 * std::cos(2.0 * x)) * y[0], 0.0 * y[2]};
    }};
    ode::differentiable const g{[](auto const& ya, auto const& yb, auto& residual) {
        residual = {ya[1], yb[1], ya[0] - 1.0};
    }};
    auto const guess = [](double x) { return triple{std::cos(4.0 * x), -4.0 * std::sin(4.0 * x), 15.0}; };
    auto const solution =
        ode::solve(ode::boundary_problem{f, g, {0.0, pi}}, guess, ode::gauss_collocation{}, with_tolerance(1e-8));
    EXPECT_NEAR(solution.y[0][2], 17.096581684366047977, 1e-6 * 1e-2 * 18.0) << solution.report;
}

TEST(Collocation, TakesStatesAndJacobiansOfEveryKind) {
    double const tolerance = 1e-7;
    auto const exact = [](double x) { return lower_branch(x)[0]; };
    auto const f = [](double, auto const& y, auto& slope) {
        slope[0] = y[1];
        slope[1] = -3.5 * std::exp(y[0]);
    };
    auto const g = [](auto const& ya, auto const& yb, auto& residual) {
        residual[0] = ya[0];
        residual[1] = yb[0];
    };
    ode::time_span const x{0.0, 1.0};
    auto const expect = [&](auto const& problem, auto const& guess) {
        auto const solution = ode::solve(problem, guess, ode::gauss_collocation{}, with_tolerance(tolerance));
        EXPECT_LT(largest_error(solution, exact), 2.0 * tolerance) << solution.report;
    };
    expect(ode::boundary_problem{f, g, x}, pair{});
    expect(ode::boundary_problem{f, g, x}, std::vector<double>(2));
    expect(ode::boundary_problem{f, g, x}, Eigen::VectorXd{Eigen::VectorXd::Zero(2)});
    expect(ode::boundary_problem{f, g, x}, Eigen::Vector2d{Eigen::Vector2d::Zero()});
    ode::differentiable const generic_f{[](auto const&, auto const& y, auto& slope) {
        slope[0] = y[1];
        slope[1] = -3.5 * exp(y[0]);
    }};
    ode::differentiable const generic_g{g};
    expect(ode::boundary_problem{generic_f, generic_g, x}, pair{});
    expect(ode::boundary_problem{generic_f, generic_g, x}, std::vector<double>(2));
    auto const jacobian = [](double, auto const& y, ndspan<double, 2> J) {
        J(0, 1) = 1.0;
        J(1, 0) = -3.5 * std::exp(y[0]);
    };
    auto const both_jacobians = [](auto const&, auto const&, ndspan<double, 2> A, ndspan<double, 2> B) {
        A(0, 0) = 1.0;
        B(1, 0) = 1.0;
    };
    expect(ode::boundary_problem{ode::with_jacobian{f, jacobian}, ode::with_jacobian{g, both_jacobians}, x}, pair{});
    // Many components: 20 oscillators that know nothing of each other.
    using many = std::array<double, 40>;
    ode::differentiable const oscillators{[](auto const&, auto const& y, auto& slope) {
        for (std::size_t i = 0; i < 20; ++i)
            slope[2 * i] = y[2 * i + 1], slope[2 * i + 1] = -0.1 * static_cast<double>(i) * y[2 * i];
    }};
    ode::differentiable const ends{[](auto const& ya, auto const& yb, auto& residual) {
        for (std::size_t i = 0; i < 20; ++i) residual[2 * i] = ya[2 * i], residual[2 * i + 1] = yb[2 * i] - 1.0;
    }};
    auto const solution = ode::solve(ode::boundary_problem{oscillators, ends, x}, many{}, ode::gauss_collocation{});
    double const rate = std::sqrt(1.9);
    EXPECT_NEAR(solution(0.5)[38], std::sin(0.5 * rate) / std::sin(rate), 2e-6);
}

TEST(Collocation, GoesOnFromAnEarlierSolutionAndItsMesh) {
    auto const first = ode::solve(troesch(10.0), line, ode::gauss_collocation{});
    auto const again = ode::solve(troesch(10.0), first, ode::gauss_collocation{});
    EXPECT_EQ(again.statistics.n_meshes, 2U) << again.report;
    EXPECT_LT(again.statistics.n_iterations, 4U);
    EXPECT_LT(again.statistics.n_jacobians, first.statistics.n_jacobians / 2);
}

TEST(Collocation, AsksForFInsideOfTheIntervalAlone) {
    // y" + y'/x = −4, y'(0) = 0, y(1) = 0: 1 − x², with a pole of f at 0.
    auto const f = [](double x, pair const& y, pair& slope) {
        EXPECT_GT(x, 0.0);
        EXPECT_LT(x, 1.0);
        slope = {y[1], -4.0 - y[1] / x};
    };
    auto const g = [](pair const& ya, pair const& yb) { return pair{ya[1], yb[0]}; };
    auto const solution = ode::solve(ode::boundary_problem{f, g, {0.0, 1.0}}, pair{}, ode::gauss_collocation{});
    EXPECT_LT(largest_error(solution, [](double x) { return 1.0 - x * x; }), 1e-9) << solution.report;
}

TEST(Collocation, TakesTheSameMemoryForManyIterationsAsForFew) {
    if (!profile::hooks_in_effect()) GTEST_SKIP() << "the sanitizers own the heap";
    auto const allocations_and_iterations = [](auto const& guess) {
        profile::memory const used;
        auto const solution = ode::solve(bratu(3.5), guess, ode::gauss_collocation{},
                                         {.n_intervals = 16, .policy = ode::mesh_policy::fixed});
        return std::pair{used.so_far().allocations, solution.statistics.n_iterations};
    };
    auto const near = allocations_and_iterations(lower_branch);
    auto const far = allocations_and_iterations(bump);
    EXPECT_GT(far.second, near.second + 3);
    EXPECT_EQ(far.first, near.first);
}

TEST(Collocation, SaysWhyItFails) {
    auto const beyond = ode::solve(bratu(4.0), {0.0, 0.0}, ode::gauss_collocation{}, and_report());
    EXPECT_EQ(beyond.report.reason, ode::boundary_reason::stagnated) << beyond.report;
    auto const impatient =
        ode::solve(bratu(3.5), bump, ode::gauss_collocation{}, and_report({.max_intervals = 8, .max_iterations = 1}));
    EXPECT_EQ(impatient.report.reason, ode::boundary_reason::max_iterations) << impatient.report;
    auto const coarse =
        ode::solve(shock_layer(1e-4), zero, ode::gauss_collocation{}, and_report({.max_intervals = 30}));
    EXPECT_EQ(coarse.report.reason, ode::boundary_reason::max_intervals) << coarse.report;
    EXPECT_GT(coarse.report.error, 1.0);
    EXPECT_NEAR(coarse.report.x, 0.0, 0.5);
    // Both conditions say the same; and sin, to which nothing at π can be added.
    auto const f = [](double, pair const& y, pair& slope) { slope = {y[1], -y[0]}; };
    auto const twice = [](pair const& ya, pair const&) { return pair{ya[0], ya[0]}; };
    auto const singular =
        ode::solve(ode::boundary_problem{f, twice, {0.0, 1.0}}, pair{}, ode::gauss_collocation{}, and_report());
    EXPECT_EQ(singular.report.reason, ode::boundary_reason::singular) << singular.report;
    auto const ends = [](pair const& ya, pair const& yb) { return pair{ya[0], yb[0] - 1.0}; };
    auto const resonant =
        ode::solve(ode::boundary_problem{f, ends, {0.0, pi}}, pair{}, ode::gauss_collocation{}, and_report());
    EXPECT_EQ(resonant.report.reason, ode::boundary_reason::singular) << resonant.report;
    // NaN of f, and of g.
    auto const root = [](double x, pair const& y, pair& slope) { slope = {y[1], std::sqrt(x - 0.5)}; };
    auto const nan_f =
        ode::solve(ode::boundary_problem{root, ends, {0.0, 1.0}}, pair{}, ode::gauss_collocation{}, and_report());
    EXPECT_EQ(nan_f.report.reason, ode::boundary_reason::not_finite);
    EXPECT_LT(nan_f.report.x, 0.5);
    auto const nan_g = ode::solve(ode::boundary_problem{f,
                                                        [](pair const&, pair const&) {
                                                            return pair{not_a_number, 0.0};
                                                        },
                                                        {0.0, 1.0}},
                                  pair{}, ode::gauss_collocation{}, and_report());
    EXPECT_EQ(nan_g.report.reason, ode::boundary_reason::not_finite);
}

TEST(Collocation, ThrowsWhatItReportsAndWhatFThrows) {
    auto const message = message_of<ode::boundary_not_converged>([] {
        (void)ode::solve(bratu(4.0), {0.0, 0.0}, ode::gauss_collocation{});
    });
    EXPECT_EQ(message,
              "Gauss collocation of 4 stages stagnated on 512 intervals; give a guess that is nearer, or reach the "
              "problem from an easier one by ode::continue_in; it may have no solution");
    struct own {};
    auto const f = [](double x, pair const&, pair& slope) {
        slope = {};
        if (x > 0.5) throw own{};
    };
    auto const g = [](pair const& ya, pair const& yb) { return pair{ya[0], yb[0]}; };
    EXPECT_THROW((void)ode::solve(ode::boundary_problem{f, g, {0.0, 1.0}}, pair{}, ode::gauss_collocation{}), own);
    auto const of_guess = [](double) -> pair { throw own{}; };
    EXPECT_THROW((void)ode::solve(bratu(1.0), of_guess, ode::gauss_collocation{}), own);
}

TEST(Collocation, RefusesInputWithoutSense) {
    auto const refusal = [](ode::boundary_options const& options, pair const& guess = {},
                            ode::time_span x = {0.0, 1.0}) {
        auto problem = bratu(1.0);
        problem.x = x;
        return message_of<std::invalid_argument>(
            [&] { (void)ode::solve(problem, guess, ode::gauss_collocation{}, options); });
    };
    EXPECT_EQ(refusal({.rtol = -1.0}), "ode: rtol is -1; give a finite number >= 0");
    EXPECT_EQ(refusal({.atol = not_a_number}), "ode: atol of component 0 is nan; give a finite number >= 0");
    EXPECT_EQ(refusal({.atol = {1.0, 1.0, 1.0}}),
              "ode: atol has 3 numbers and the state 2; give one for all or one for each");
    EXPECT_EQ(refusal({.rtol = 0.0, .atol = 0.0}),
              "ode: rtol is 0, and atol of component 0 too; no solution is without error");
    EXPECT_EQ(refusal({.n_intervals = 1}), "ode: n_intervals is 1; it takes at least 2");
    EXPECT_EQ(refusal({.max_intervals = 4}), "ode: max_intervals is 4 and the first mesh has 8");
    EXPECT_EQ(refusal({.max_iterations = 0}), "ode: max_iterations is 0; it takes at least 1");
    EXPECT_EQ(refusal({.mesh = {0.0, 1.0}}), "ode: mesh has 2 points; give 3 or more");
    EXPECT_EQ(refusal({.mesh = {0.0, 0.5, 2.0}}), "ode: mesh is from 0 to 2, and the problem from 0 to 1");
    EXPECT_EQ(refusal({.mesh = {0.0, 0.5, 0.5, 1.0}}), "ode: mesh[2] is 0.5, after 0.5; it must rise");
    EXPECT_EQ(refusal({}, {0.0, not_a_number}), "ode: component 1 of the guess is nan; it must be finite");
    EXPECT_EQ(refusal({}, {}, {1.0, 0.0}), "ode: the problem is from 1 to 0; both must be finite, and rise");
    auto const of_guess = [](auto const& guess, auto const& method) {
        auto const f = [](double, auto const& y, auto& slope) { slope = y; };
        auto const g = [](auto const& ya, auto const&, auto& residual) { residual = ya; };
        return message_of<std::invalid_argument>([&] {
            (void)ode::solve(ode::boundary_problem{f, g, {0.0, 1.0}}, guess, method);
        });
    };
    auto const longer = [](double x) { return std::vector<double>(x < 0.5 ? 1 : 2); };
    auto const pole = [](double x) { return x < 1.0 ? 0.0 : not_a_number; };
    EXPECT_EQ(of_guess(longer, ode::gauss_collocation{}),
              "ode: the guess has 2 components at x = 0.5 and 1 at the beginning");
    EXPECT_EQ(of_guess(longer, ode::shooting{}), "ode: the guess has 2 components at x = 1 and 1 at the beginning");
    EXPECT_EQ(of_guess(pole, ode::gauss_collocation{}),
              "ode: component 0 of the guess is nan at x = 1; it must be finite");
    EXPECT_EQ(of_guess(std::vector<double>{}, ode::gauss_collocation{}),
              "ode: the guess has no components; give a state");
    auto const solution = ode::solve(bratu(1.0), {0.0, 0.0}, ode::gauss_collocation{});
    EXPECT_EQ(message_of<std::invalid_argument>([&] { (void)solution(1.5); }),
              "ode::boundary_solution: 1.5 is not between 0 and 1");
}

TEST(Shooting, AgreesWithCollocationWhereSolutionsDoNotGrow) {
    for (std::size_t const n_segments : {1U, 4U}) {
        for (double const tolerance : {1e-5, 1e-8}) {
            auto const lower =
                ode::solve(bratu(3.5), {0.0, 0.0}, ode::shooting{.n_segments = n_segments}, with_tolerance(tolerance));
            EXPECT_LT(largest_error(lower, [](double x) { return lower_branch(x)[0]; }), tolerance) << lower.report;
            auto const upper = ode::solve(bratu(3.5), bump, ode::shooting_by<ode::tsitouras5>{.n_segments = n_segments},
                                          with_tolerance(tolerance));
            EXPECT_LT(largest_error(upper, [](double x) { return upper_branch(x)[0]; }), tolerance) << upper.report;
        }
    }
    // By a method without a tableau of its own.
    auto const implicit = ode::solve(bratu(3.5), {0.0, 0.0}, ode::shooting_by<ode::radau>{}, with_tolerance(1e-5));
    EXPECT_LT(largest_error(implicit, [](double x) { return lower_branch(x)[0]; }), 1e-5) << implicit.report;
    auto const f = [](double x, std::vector<double> const& y, std::vector<double>& slope) {
        slope[0] = y[1];
        slope[1] = -400.0 * y[0] + x;
    };
    auto const g = [](std::vector<double> const& ya, std::vector<double> const& yb) {
        return std::vector<double>{ya[0], yb[0] - 1.0};
    };
    auto const waves = ode::solve(ode::boundary_problem{f, g, {0.0, 1.0}}, std::vector<double>(2), ode::shooting{});
    double const amplitude = (1.0 - 1.0 / 400.0) / std::sin(20.0);
    EXPECT_NEAR(waves(0.3)[0], amplitude * std::sin(6.0) + 0.3 / 400.0, 2e-6) << waves.report;
    EXPECT_EQ(waves.statistics.n_iterations, 1U);
}

TEST(Shooting, SaysWhyItFails) {
    auto const grown = ode::solve(troesch(10.0), {0.0, 1.0}, ode::shooting{}, and_report());
    EXPECT_EQ(grown.report.reason, ode::boundary_reason::integration_failed) << grown.report;
    EXPECT_LT(grown.report.x, 1.0);
    EXPECT_NE(message_of<ode::boundary_not_converged>([&] { grown.report.or_throw(); }).find("ode::gauss_collocation"),
              std::string::npos);
    auto const beyond = ode::solve(bratu(4.0), {0.0, 0.0}, ode::shooting{}, and_report());
    EXPECT_EQ(beyond.report.reason, ode::boundary_reason::stagnated) << beyond.report;
    EXPECT_EQ(message_of<std::invalid_argument>([] {
                  (void)ode::solve(bratu(1.0), {0.0, 0.0}, ode::shooting{.n_segments = 0});
              }),
              "ode: n_segments is 0; it takes at least 1");
}

TEST(Continuation, ReachesAProblemThatIsTooHardAlone) {
    auto const thin = ode::continue_in(troesch, 1.0, 30.0, {0.0, 1.0}, ode::gauss_collocation{});
    EXPECT_EQ(thin.report.parameter, 30.0) << thin.report;
    EXPECT_EQ(thin.parameters.front(), 1.0);
    EXPECT_EQ(thin.parameters.size(), thin.report.n_solved);
    // y'(1)² = y'(0)² + 2 (cosh μ − 1), whatever y'(0) is: below 1e-10 here.
    EXPECT_NEAR(thin.solution.y.back()[1] / std::sqrt(2.0 * (std::cosh(30.0) - 1.0)), 1.0, 1e-6);
}

TEST(Continuation, SaysHowFarItGot) {
    ode::continuation_options const options{.on_failure = ode::on_failure::return_report};
    auto const turned = ode::continue_in(bratu, 1.0, 4.0, {0.0, 0.0}, ode::gauss_collocation{}, options);
    EXPECT_EQ(turned.report.reason, ode::continuation_reason::step_too_small);
    EXPECT_NEAR(turned.report.parameter, 3.513830719, 1e-4) << turned.report;  // where both branches meet
    EXPECT_LT(turned.report.parameter, 3.5138308);
    auto const message = message_of<ode::continuation_not_converged>([&] { turned.report.or_throw(); });
    EXPECT_NE(message.find("turn back there"), std::string::npos) << message;
    auto few = options;
    few.max_steps = 3;
    EXPECT_EQ(ode::continue_in(troesch, 1.0, 30.0, {0.0, 1.0}, ode::gauss_collocation{}, few).report.reason,
              ode::continuation_reason::max_steps);
    auto const hopeless = ode::continue_in(bratu, 4.0, 5.0, {0.0, 0.0}, ode::gauss_collocation{}, options);
    EXPECT_EQ(hopeless.report.n_solved, 0U);
    EXPECT_TRUE(hopeless.parameters.empty());
    EXPECT_THROW((void)ode::continue_in(bratu, 4.0, 5.0, {0.0, 0.0}, ode::gauss_collocation{}),
                 ode::continuation_not_converged);
    EXPECT_EQ(message_of<std::invalid_argument>([] {
                  (void)ode::continue_in(bratu, not_a_number, 5.0, {0.0, 0.0}, ode::gauss_collocation{});
              }),
              "ode: the parameter goes from nan to 5; both must be finite");
}

TEST(BoundaryProblems, RefuseAnFOrAGOfAnotherSize) {
    using state = std::vector<double>;
    auto const f = [](double, state const& y, state& slope) { slope = {y[1], -y[0]}; };
    auto const short_f = [](double, state const&, state& slope) { slope = {1.0}; };
    auto const g = [](state const& a, state const& b, state& r) { r = {a[0], b[0] - 1.0}; };
    auto const long_g = [](state const& a, state const& b, state& r) { r = {a[0], b[0], 1.0}; };
    state const guess(2);
    auto const expect_refusal = [&](auto const& of_f, auto const& of_g) {
        ode::boundary_problem const problem{of_f, of_g, {0.0, 1.0}};
        EXPECT_THROW((void)ode::solve(problem, guess, ode::gauss_collocation{}), std::invalid_argument);
        EXPECT_THROW((void)ode::solve(problem, guess, ode::shooting{}), std::invalid_argument);
    };
    expect_refusal(f, long_g);
    expect_refusal(short_f, g);
}
