// SPDX-License-Identifier: MIT
// Radau IIA: coefficients, order, changes of order, and what ends Newton's iteration.
#include "ode/stiff_problems.hpp"

#include <poise/ode.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <complex>
#include <cstddef>
#include <string>
#include <type_traits>
#include <vector>

using namespace poise;
using namespace poise_test;

namespace {

using real = long double;

template <class Stages>
class RadauTableau : public testing::Test {
protected:
    static constexpr std::size_t s = Stages::value;
    static constexpr auto const& method = ode::radau_iia<s>;
    using column = std::array<real, s>;

    // A v where A = T Λ⁻¹ T⁻¹.
    static column integrals(column const& v) {
        column w{}, result{};
        for (std::size_t i = 0; i < s; ++i)
            for (std::size_t j = 0; j < s; ++j) w[i] += method.T_inverse[i][j] * v[j];
        w[0] /= method.gamma;
        for (std::size_t p = 0; p < s / 2; ++p) {
            auto const both =
                std::complex<real>{w[1 + 2 * p], w[2 + 2 * p]} / std::complex<real>{method.alpha[p], method.beta[p]};
            w[1 + 2 * p] = both.real(), w[2 + 2 * p] = both.imag();
        }
        for (std::size_t i = 0; i < s; ++i)
            for (std::size_t j = 0; j < s; ++j) result[i] += method.T[i][j] * w[j];
        return result;
    }
    // c^q
    static column powers(std::size_t q) {
        column result;
        for (std::size_t i = 0; i < s; ++i) result[i] = std::pow(real{method.c[i]}, static_cast<real>(q));
        return result;
    }
    // Rounded coefficients are multiplied by each other.
    static constexpr double rounding = s == 7 ? 1e-14 : 1e-15;
};
using stage_numbers = testing::Types<std::integral_constant<std::size_t, 3>, std::integral_constant<std::size_t, 5>,
                                     std::integral_constant<std::size_t, 7>>;
TYPED_TEST_SUITE(RadauTableau, stage_numbers);

using pair = std::array<double, 2>;
// Of stiffness λ, y = (cos 2t, sin 2t).
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

template <class Method>
void expect_order(Method const& method, double lambda, double end, std::vector<int> const& n_steps, double order,
                  double dense_order) {
    std::vector<double> ends, between;
    for (int const n : n_steps) {
        ode::problem const p{ode::differentiable{forced{lambda}}, pair{1.0, 0.0}, {0.0, end}};
        auto const solution = ode::solve(p, method, {.rtol = 1e-12, .atol = 1e-14, .fixed_step = end / n});
        ends.push_back(error_at(end, solution.y.back()));
        double largest = 0.0;
        for (int i = 0; i <= 500; ++i) largest = std::max(largest, error_at(end * 2e-3 * i, solution(end * 2e-3 * i)));
        between.push_back(largest);
    }
    double const ratio = std::log(static_cast<double>(n_steps.back()) / n_steps.front());
    EXPECT_GT(std::log(ends.front() / ends.back()) / ratio, order) << ends.front() << " to " << ends.back();
    EXPECT_GT(std::log(between.front() / between.back()) / ratio, dense_order)
        << between.front() << " to " << between.back();
}

}  // namespace

TYPED_TEST(RadauTableau, IsCollocation) {
    for (std::size_t q = 1; q <= TestFixture::s; ++q) {
        auto const integrals = TestFixture::integrals(TestFixture::powers(q - 1));
        auto const exact = TestFixture::powers(q);
        for (std::size_t i = 0; i < TestFixture::s; ++i)
            EXPECT_NEAR(static_cast<double>(integrals[i] - exact[i] / static_cast<real>(q)), 0.0,
                        TestFixture::rounding);
    }
}

TYPED_TEST(RadauTableau, IsAQuadratureOfOrderTwiceItsStagesLessOne) {
    for (std::size_t q = 1; q <= 2 * TestFixture::s; ++q) {
        auto const integral = TestFixture::integrals(TestFixture::powers(q - 1)).back();
        double const defect = std::abs(static_cast<double>(integral - 1.0L / static_cast<real>(q)));
        if (q < 2 * TestFixture::s)
            EXPECT_LE(defect, TestFixture::rounding) << q;
        else
            EXPECT_GT(defect, 1e3 * TestFixture::rounding) << "and no more than that";
    }
}

TYPED_TEST(RadauTableau, HasAnEmbeddedMethodOfAsManyStagesOrder) {
    for (std::size_t q = 1; q <= TestFixture::s + 1; ++q) {
        // Of y' = q t^{q-1} from 0, z = c^q: the error is f(0) + Σ error z, but for a factor.
        real sum = q == 1 ? 1.0L : 0.0L;
        auto const z = TestFixture::powers(q);
        for (std::size_t i = 0; i < TestFixture::s; ++i) sum += TestFixture::method.error[i] * z[i];
        if (q <= TestFixture::s)
            EXPECT_NEAR(static_cast<double>(sum), 0.0, 1e-13) << q;
        else
            EXPECT_GT(std::abs(static_cast<double>(sum)), 1e-6);
    }
}

TYPED_TEST(RadauTableau, HasThePolynomialsThatItsStagesLieOn) {
    for (std::size_t i = 0; i < TestFixture::s; ++i)
        for (std::size_t j = 0; j < TestFixture::s; ++j) {
            real sum = 0.0L;
            for (std::size_t m = 0; m < TestFixture::s; ++m)
                sum += TestFixture::method.interpolant[m][j] * TestFixture::powers(m + 1)[i];
            EXPECT_NEAR(static_cast<double>(sum), i == j ? 1.0 : 0.0, 1e-12);
        }
}

TEST(Radau, HasItsOrders) {
    expect_order(ode::radau5{}, 1.0, 2.0, {8, 16, 32, 64}, 4.8, 3.8);
    expect_order(ode::radau9{}, 1.0, 4.0, {8, 12, 16}, 8.7, 5.6);
    expect_order(ode::radau13{}, 1.0, 4.0, {5, 6, 8}, 11.5, 7.0);
    // Of stiff ones that of the stages and one more, by stiff accuracy.
    expect_order(ode::radau5{}, 1e6, 2.0, {8, 16, 32, 64}, 3.8, 2.9);
    expect_order(ode::radau9{}, 1e6, 4.0, {6, 8, 12}, 5.7, 4.5);
}

TEST(Radau, TakesMoreStagesWhereTheToleranceIsTight) {
    auto const steps_of = [](auto method, double rtol) {
        return ode::solve(ode::problem{ode::differentiable{robertson{}}, robertson::y0, robertson::t}, method,
                          {.rtol = rtol, .atol = atol_of<robertson>(rtol), .keep = ode::keep::ends})
            .statistics.n_steps;
    };
    EXPECT_EQ(steps_of(ode::radau{}, 1e-3), steps_of(ode::radau5{}, 1e-3));
    EXPECT_LT(5 * steps_of(ode::radau{}, 1e-11), steps_of(ode::radau5{}, 1e-11));
}

TEST(Radau, KeepsItsJacobianWhereNewtonConvergesFast) {
    ode::problem const p{ode::differentiable{pollution{}}, pollution::y0, pollution::t};
    auto const solution = ode::solve(p, ode::radau5{}, {.rtol = 1e-8, .atol = 1e-11});
    auto const& counts = solution.statistics;
    EXPECT_LT(2 * counts.n_jacobians, counts.n_steps);
    EXPECT_LT(counts.n_factorisations, counts.n_steps);
    EXPECT_EQ(counts.n_evaluations, 3 * counts.n_newton_iterations + counts.n_steps + 1) << "and one at the first step";
}

// A Jacobian that has nothing to do with f.
TEST(Radau, SaysThatNewtonFailed) {
    auto const f = [](double, auto const& y, auto& dydt) { dydt[0] = -1e3 * y[1], dydt[1] = 1e3 * y[0]; };
    auto const wrong = [](double, auto const&, auto J) { J(0, 0) = J(1, 1) = 1e12; };
    ode::problem const p{ode::with_jacobian{f, wrong}, {1.0, 0.0}, {0.0, 1.0}};
    try {
        (void)ode::solve(p, ode::radau{}, {.first_step = 0.1, .max_steps = 100'000});
        ADD_FAILURE();
    } catch (ode::not_converged const& failure) {
        EXPECT_FALSE(failure.report());
    }
    auto const by_fixed_steps =
        ode::solve(p, ode::radau5{}, {.fixed_step = 0.1, .on_failure = ode::on_failure::return_report});
    EXPECT_EQ(by_fixed_steps.report.reason, ode::stop_reason::newton_failed);
    EXPECT_NE(std::string{to_string(by_fixed_steps.report.reason)}.find("Newton"), std::string::npos);
}
