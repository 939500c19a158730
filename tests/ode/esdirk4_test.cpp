// SPDX-License-Identifier: MIT
// ESDIRK4(3)6L[2]SA: its coefficients against the conditions they are to meet, its order, what it keeps, why it ends.
#include "ode/rooted_trees.hpp"
#include "ode/stiff_problems.hpp"

#include <poise/ode.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

using namespace poise;
using namespace poise_test;

namespace {

constexpr auto const& tableau = ode::esdirk4::tableau;
constexpr std::size_t s = tableau.n_stages;

// The largest Σᵢ weightᵢ Φᵢ − exact over the trees of an order.
template <class Weight>
double defect(int order, Weight const& weight, double exact = 1.0) {
    double largest = 0.0;
    for (auto const& tree : trees_of_order(order)) {
        auto const phi = elementary_weights(tableau, tree);
        long double sum = -exact / static_cast<long double>(tree.density());
        for (std::size_t i = 0; i < s; ++i) sum += static_cast<long double>(weight(i)) * phi[i];
        largest = std::max(largest, std::abs(static_cast<double>(sum)));
    }
    return largest;
}

// y = (cos 2t, sin 2t), the first component of stiffness λ.
using pair = std::array<double, 2>;
struct forced {
    double lambda;
    template <class T, class Y, class D>
    void operator()(T const& t, Y const& y, D& dydt) const {
        using std::cos;
        auto const x = cos(2.0 * t);
        dydt[0] = -lambda * (y[0] - x) - 2.0 * y[1];
        dydt[1] = y[0] * y[0] * y[0] - x * x * x + 2.0 * x;
    }
};
double error_at(double t, pair const& y) {
    return std::max(std::abs(y[0] - std::cos(2.0 * t)), std::abs(y[1] - std::sin(2.0 * t)));
}
struct errors {
    double at_end, between;
};
errors errors_of(double lambda, int n) {
    ode::problem const p{ode::differentiable{forced{lambda}}, pair{1.0, 0.0}, {0.0, 2.0}};
    auto const solution = ode::solve(p, ode::esdirk4{}, {.rtol = 1e-12, .atol = 1e-14, .fixed_step = 2.0 / n});
    double largest = 0.0;
    for (int i = 0; i <= 1000; ++i) largest = std::max(largest, error_at(2e-3 * i, solution(2e-3 * i)));
    return {error_at(2.0, solution.y.back()), largest};
}

}  // namespace

TEST(Esdirk4, IsOfOrder4WithAnEmbeddedOrder3) {
    for (int order = 1; order <= 4; ++order)
        EXPECT_LE(defect(order, [](std::size_t i) { return tableau.b[i]; }), 1e-14) << order;
    EXPECT_GT(defect(5, [](std::size_t i) { return tableau.b[i]; }), 1e-4);
    auto const embedded = [](std::size_t i) { return tableau.b[i] - tableau.error[i]; };
    for (int order = 1; order <= 3; ++order) EXPECT_LE(defect(order, embedded), 1e-14) << order;
    EXPECT_GT(defect(4, embedded), 1e-4);
}

TEST(Esdirk4, HasStageOrder2AndOneDiagonal) {
    for (std::size_t i = 0; i < s; ++i) {
        double sum = 0.0, moment = 0.0;
        for (std::size_t j = 0; j < s; ++j) sum += tableau.a[i][j], moment += tableau.a[i][j] * tableau.c[j];
        EXPECT_NEAR(sum, tableau.c[i], 1e-14);
        EXPECT_NEAR(moment, 0.5 * tableau.c[i] * tableau.c[i], 1e-14);
        EXPECT_EQ(tableau.a[i][i], i == 0 ? 0.0 : tableau.gamma);
        for (std::size_t j = i + 1; j < s; ++j) EXPECT_EQ(tableau.a[i][j], 0.0);
    }
    EXPECT_EQ(tableau.a[s - 1], tableau.b) << "stiffly accurate";
}

// Weights of up to 6 are multiplied by others: some 50 ε.
TEST(Esdirk4, HasDenseOutputOfOrder4ThatIsSmooth) {
    for (std::size_t m = 0; m < tableau.degree; ++m)
        for (int order = 1; order <= 4; ++order)
            EXPECT_LE(defect(
                          order, [m](std::size_t i) { return tableau.interpolant[i][m]; },
                          order == static_cast<int>(m) + 1 ? 1.0 : 0.0),
                      1e-14)
                << "θ^" << m + 1 << ", order " << order;
    for (std::size_t i = 0; i < s; ++i) {
        double at_end = 0.0, slope_at_end = 0.0;
        for (std::size_t m = 0; m < tableau.degree; ++m) {
            at_end += tableau.interpolant[i][m];
            slope_at_end += static_cast<double>(m + 1) * tableau.interpolant[i][m];
        }
        EXPECT_NEAR(at_end, tableau.b[i], 1e-14) << i;
        EXPECT_NEAR(slope_at_end, i + 1 == s ? 1.0 : 0.0, 2e-14) << i;
        EXPECT_EQ(tableau.interpolant[i][0], i == 0 ? 1.0 : 0.0) << i;
    }
}

TEST(Esdirk4, GuessesStagesThatArePolynomials) {
    auto const weights = tableau.guesses();
    for (std::size_t i = 1; i < s; ++i)
        for (int m = 0; m < static_cast<int>(i); ++m) {
            double sum = 0.0;
            for (std::size_t j = 0; j < s; ++j) sum += weights[i][j] * std::pow(tableau.c[j], m);
            EXPECT_NEAR(sum, std::pow(tableau.c[i], m + 1) / (m + 1), 1e-13) << i << ' ' << m;
        }
}

TEST(Esdirk4, HasItsOrders) {
    auto const coarse = errors_of(1.0, 256), fine = errors_of(1.0, 512);
    EXPECT_NEAR(std::log2(coarse.at_end / fine.at_end), 4.0, 0.1) << coarse.at_end << " to " << fine.at_end;
    EXPECT_NEAR(std::log2(coarse.between / fine.between), 4.0, 0.1) << coarse.between << " to " << fine.between;
    // Of stiff ones, that of the stages and one more at least.
    auto const stiff_coarse = errors_of(1e6, 32), stiff_fine = errors_of(1e6, 64);
    EXPECT_GT(std::log2(stiff_coarse.at_end / stiff_fine.at_end), 2.9);
    EXPECT_GT(std::log2(stiff_coarse.between / stiff_fine.between), 2.9);
}

TEST(Esdirk4, AgreesWithRadauAllTheWay) {
    auto const agree = [](auto problem, double until) {
        using stiff = decltype(problem);
        ode::problem const p{ode::differentiable{problem}, stiff::y0, {0.0, until}};
        std::vector<double> times;
        for (int i = 1; i <= 10; ++i) times.push_back(until * std::pow(10.0, 0.5 * (i - 10)));
        auto const ours = ode::solve(p, ode::esdirk4{}, {.rtol = 1e-8, .atol = atol_of<stiff>(1e-8), .save_at = times});
        auto const other =
            ode::solve(p, ode::radau{}, {.rtol = 1e-11, .atol = atol_of<stiff>(1e-11), .save_at = times});
        for (std::size_t i = 0; i < times.size(); ++i)
            for (std::size_t c = 0; c < stiff::y0.size(); ++c)
                EXPECT_NEAR(ours.y[i][c], other.y[i][c], 1e-7 * (stiff::atol_over_rtol[c] + std::abs(other.y[i][c])))
                    << stiff::name << ", t = " << times[i] << ", component " << c;
    };
    agree(robertson{}, 1e5);
    agree(hires{}, 300.0);
    agree(pollution{}, 60.0);
}

TEST(Esdirk4, KeepsJacobianAndFactors) {
    ode::problem const p{ode::differentiable{pollution{}}, pollution::y0, pollution::t};
    auto const counts = ode::solve(p, ode::esdirk4{}, {.rtol = 1e-8, .atol = 1e-11}).statistics;
    EXPECT_LT(3 * counts.n_jacobians, counts.n_steps);
    EXPECT_LT(2 * counts.n_factorisations, counts.n_steps);
    // At each iteration, one at the first step, and where a Jacobian is read later.
    EXPECT_GE(counts.n_evaluations, counts.n_newton_iterations + 1);
    EXPECT_LE(counts.n_evaluations, counts.n_newton_iterations + 2 + counts.n_jacobians);
}

TEST(Esdirk4, DampsWhatBdfDoesNot) {
    // Eigenvalues −1 ± 1000i, excited at the beginning, and a slow component.
    auto const f = ode::differentiable{[](auto const&, auto const& y, auto& dydt) {
        dydt[0] = -y[0] - 1e3 * y[1];
        dydt[1] = 1e3 * y[0] - y[1];
        dydt[2] = -y[2];
    }};
    ode::problem const p{f, std::array{1.0, 0.0, 1.0}, {0.0, 40.0}};
    auto const steps_of = [&](auto method) {
        auto const solution = ode::solve(p, method, {.rtol = 1e-4, .atol = 1e-4});
        EXPECT_NEAR(solution.y.back()[2], std::exp(-40.0), 1e-3);
        return solution.statistics.n_steps;
    };
    EXPECT_LT(2 * steps_of(ode::esdirk4{}), steps_of(ode::bdf{}));
}

// A Jacobian that has nothing to do with f.
TEST(Esdirk4, SaysThatNewtonFailed) {
    auto const f = [](double, auto const& y, auto& dydt) { dydt[0] = -1e3 * y[1], dydt[1] = 1e3 * y[0]; };
    auto const wrong = [](double, auto const&, auto J) { J(0, 0) = J(1, 1) = 1e12; };
    ode::problem const p{ode::with_jacobian{f, wrong}, {1.0, 0.0}, {0.0, 1.0}};
    auto const report_of = [&](auto options) {
        options.on_failure = ode::on_failure::return_report;
        return ode::solve(p, ode::esdirk4{}, options).report;
    };
    using options = ode::solve_options<pair>;
    EXPECT_FALSE(report_of(options{.first_step = 0.1, .max_steps = 100'000}));
    EXPECT_EQ(report_of(options{.fixed_step = 0.1}).reason, ode::stop_reason::newton_failed);
}
