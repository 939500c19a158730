// SPDX-License-Identifier: MIT
// Differentiation formulas: their coefficients, the differences they are made of, and how few Jacobians they take.
#include "ode/stiff_problems.hpp"

#include <poise/ode.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

using namespace poise;
using namespace poise_test;
using ode::detail::backward_differences;
using ode::detail::bdf_formulas;

namespace {

// y(t) = Σ cᵢ tⁱ
double polynomial(std::vector<double> const& c, double t) {
    double sum = 0.0;
    for (std::size_t i = c.size(); i-- > 0;) sum = sum * t + c[i];
    return sum;
}
// Differences at t and before, of a polynomial, taken as a method of that order would come to have them.
using vector = std::vector<double>;
backward_differences<vector> differences_of(std::vector<double> const& c, std::size_t order, double t, double h) {
    backward_differences<vector> differences{vector{0.0}};
    double const begin = t - 12.0 * h;
    double const y = polynomial(c, begin), slope = (polynomial(c, begin) - polynomial(c, begin - h)) / h;
    differences.begin({&y, 1}, {&slope, 1}, h);
    vector predicted{0.0}, psi{0.0};
    for (int i = 1; i <= 12; ++i) {
        differences.predict(predicted, psi);
        vector const correction{polynomial(c, begin + i * h) - predicted[0]};
        differences.accept(correction, differences.order() < order ? 1 : 0);
    }
    return differences;
}

}  // namespace

TEST(BdfFormulas, HaveTheirOrdersAndErrorConstants) {
    for (std::size_t k = 1; k <= 5; ++k) {
        // Of y = t^q at t = 0, −1, −2, … : Σ_{m ≤ k} γ_m-weighted differences as the method takes them, with d =
        // ∇^{k+1}.
        for (std::size_t q = 0; q <= k + 1; ++q) {
            auto const value = [&](double t) { return q == 0 ? 1.0 : std::pow(t, static_cast<double>(q)); };
            std::vector<double> table(k + 2);
            for (std::size_t j = 0; j < table.size(); ++j) table[j] = value(-static_cast<double>(j));
            double sum = 0.0, last = 0.0;
            for (std::size_t m = 0; m <= k + 1; ++m) {
                if (m >= 1 && m <= k) sum += table[0] / static_cast<double>(m);
                last = table[0];
                for (std::size_t j = 0; j + 1 < table.size() - m; ++j) table[j] -= table[j + 1];
            }
            double const kappa = 1.0 - bdf_formulas[k].alpha / bdf_formulas[k].gamma;
            double const slope = q == 1 ? 1.0 : 0.0;
            double const defect = sum - kappa * bdf_formulas[k].gamma * last - slope;
            if (q <= k)
                EXPECT_NEAR(defect, 0.0, 1e-12) << k << ", " << q;
            else
                EXPECT_NEAR(-defect, bdf_formulas[k].error_constant * last, 1e-9 * std::abs(last)) << k;
        }
    }
}

TEST(BackwardDifferences, FollowPolynomialsOfTheirOrder) {
    std::vector<double> const c{0.3, -1.0, 0.5, 0.25, -0.125, 0.0625};
    for (std::size_t order = 1; order <= 5; ++order) {
        std::vector<double> const of_order(c.begin(), c.begin() + static_cast<std::ptrdiff_t>(order) + 1);
        for (double const ratio : {1.0, 0.5, 1.7}) {
            auto differences = differences_of(of_order, order, 1.0, 0.1);
            ASSERT_EQ(differences.order(), order);
            differences.rescale(0.1 * ratio);
            vector predicted{0.0}, psi{0.0};
            differences.predict(predicted, psi);
            double const exact = polynomial(of_order, 1.0 + 0.1 * ratio);
            EXPECT_NEAR(predicted[0], exact, 1e-11) << order << ", " << ratio;
            vector coefficients(5);
            differences.interpolate({exact - predicted[0]}, coefficients);
            for (double const theta : {0.0, 0.3, 1.0}) {
                double sum = 0.0;
                for (std::size_t m = 5; m-- > 0;) sum = theta * (sum + coefficients[m]);
                EXPECT_NEAR(polynomial(of_order, 1.0) + sum, polynomial(of_order, 1.0 + 0.1 * ratio * theta), 1e-11);
            }
        }
    }
}

TEST(Bdf, TakesFewJacobiansAndFactorisations) {
    ode::problem const p{ode::differentiable{pollution{}}, pollution::y0, pollution::t};
    auto const counts = ode::solve(p, ode::bdf{}, {.rtol = 1e-7, .atol = 1e-10}).statistics;
    EXPECT_LT(20 * counts.n_jacobians, counts.n_steps);
    EXPECT_LT(3 * counts.n_factorisations, counts.n_steps);
    EXPECT_LT(counts.n_newton_iterations, 3 * counts.n_steps);
}

TEST(Bdf, HasErrorsThatFollowTheTolerance) {
    using pair = std::array<double, 2>;
    auto const f = ode::differentiable{[](auto const& t, auto const& y, auto& dydt) {
        using std::cos, std::sin;
        dydt[0] = -1e3 * (y[0] - cos(t)) - sin(t);
        dydt[1] = y[0] - y[1];
    }};
    // y₁' + y₁ = cos t
    auto const exact = [](double t) { return 0.5 * (std::cos(t) + std::sin(t)); };
    std::vector<double> errors;
    for (double const rtol : {1e-4, 1e-6, 1e-8, 1e-10}) {
        auto const solution =
            ode::solve(ode::problem{f, pair{1.0, 0.5}, {0.0, 6.0}}, ode::bdf{}, {.rtol = rtol, .atol = rtol});
        double largest = 0.0;
        for (int i = 0; i <= 600; ++i) largest = std::max(largest, std::abs(solution(0.01 * i)[1] - exact(0.01 * i)));
        errors.push_back(largest);
        EXPECT_LT(largest, 50.0 * rtol);
    }
    double const exponent = std::log(errors.front() / errors.back()) / std::log(1e6);
    EXPECT_GT(exponent, 0.75);
    EXPECT_LT(exponent, 1.25);
}

TEST(Bdf, RaisesItsOrderAtFixedSteps) {
    auto const f = ode::differentiable{[](auto const&, auto y) { return -y; }};
    std::vector<double> errors;
    for (int const n : {100, 200}) {
        auto const solution = ode::solve(ode::problem{f, 1.0, {0.0, 5.0}}, ode::bdf{},
                                         {.rtol = 1e-9, .atol = 1e-9, .fixed_step = 5.0 / n});
        EXPECT_EQ(solution.statistics.n_steps, static_cast<std::size_t>(n));
        errors.push_back(std::abs(solution.y.back() - std::exp(-5.0)));
    }
    EXPECT_GT(errors.front(), 2.0 * errors.back());
}
