// SPDX-License-Identifier: MIT
// Symplectic methods: order, what they conserve, and how they refuse.
#include <poise/ode.hpp>
#include <poise/ode/solve_second_order.hpp>
#include <poise/ode/stormer_verlet.hpp>
#include <poise/profile/memory.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>
#include <stdexcept>
#include <string>
#include <vector>

using namespace poise;

namespace {

using pair = std::array<double, 2>;
// A planet of eccentricity 0.5, from its perihelion.
auto const gravity = [](double, pair const& y, pair& a) {
    double const r2 = y[0] * y[0] + y[1] * y[1], r3 = r2 * std::sqrt(r2);
    a = {-y[0] / r3, -y[1] / r3};
};
pair const start{0.5, 0.0}, velocity{0.0, std::sqrt(3.0)};
auto orbit(double end) { return ode::second_order_problem{gravity, start, velocity, {0.0, end}}; }
double energy(pair const& y, pair const& v) { return 0.5 * (v[0] * v[0] + v[1] * v[1]) - 1.0 / std::hypot(y[0], y[1]); }

template <class Method>
class Symplectic : public testing::Test {};
using methods = testing::Types<ode::stormer_verlet, ode::kahan_li6, ode::kahan_li8>;
TYPED_TEST_SUITE(Symplectic, methods);

}  // namespace

// Source: Hairer, Lubich & Wanner (2006), Geometric Numerical Integration, §V.3.
TYPED_TEST(Symplectic, IsAPalindromeThatMeetsTheConditionsOfItsOrder) {
    auto const& steps = TypeParam::steps;
    for (std::size_t i = 0; i < steps.size(); ++i) EXPECT_EQ(steps[i], steps[steps.size() - 1 - i]);
    for (int power = 1; power < TypeParam::order; power += 2) {
        long double sum = 0.0L;
        for (double const step : steps) sum += std::pow(static_cast<long double>(step), power);
        EXPECT_NEAR(static_cast<double>(sum), power == 1 ? 1.0 : 0.0, 1e-15) << power;
    }
}

TYPED_TEST(Symplectic, HasItsOrder) {
    double const end = 2.0 * std::numbers::pi;  // once around
    std::vector<double> errors;
    std::vector<int> const n_steps = TypeParam::order == 2   ? std::vector{400, 800, 1600}
                                     : TypeParam::order == 6 ? std::vector{60, 90, 135}
                                                             : std::vector{40, 60, 80};
    for (int const n : n_steps) {
        auto const solution = ode::solve(orbit(end), TypeParam{}, {.step = end / n, .keep_every = 0});
        EXPECT_EQ(solution.statistics.n_steps, static_cast<std::size_t>(n));
        auto const& y = solution.y.back();
        errors.push_back(std::hypot(y[0] - start[0], y[1] - start[1]));
    }
    double const ratio = std::log(static_cast<double>(n_steps.back()) / n_steps.front());
    EXPECT_GT(std::log(errors.front() / errors.back()) / ratio, TypeParam::order - 0.3);
}

TYPED_TEST(Symplectic, KeepsEnergyWithoutDriftAndAngularMomentumToRounding) {
    double const period = 2.0 * std::numbers::pi;
    auto const largest_between = [&](double from, double to) {
        auto const n = static_cast<double>(TypeParam::steps.size());
        auto const solution = ode::solve(orbit(to), TypeParam{}, {.step = period / 500.0 * n});
        double largest = 0.0;
        for (std::size_t i = 0; i < solution.t.size(); ++i) {
            if (solution.t[i] >= from)
                largest = std::max(largest, std::abs(energy(solution.y[i], solution.v[i]) + 0.5));
            auto const &y = solution.y[i], &v = solution.v[i];
            EXPECT_NEAR(y[0] * v[1] - y[1] * v[0], start[0] * velocity[1], 1e-11);
        }
        return largest;
    };
    EXPECT_LT(largest_between(95.0 * period, 100.0 * period), 1.5 * largest_between(0.0, 5.0 * period));
}

TYPED_TEST(Symplectic, GoesBackTheWayItCame) {
    auto const there = ode::solve(orbit(20.0), TypeParam{}, {.step = 0.05, .keep_every = 0});
    ode::second_order_problem const back{gravity, there.y.back(), there.v.back(), {20.0, 0.0}};
    auto const again = ode::solve(back, TypeParam{}, {.step = 0.05, .keep_every = 0});
    EXPECT_EQ(again.t.back(), 0.0);
    EXPECT_NEAR(again.y.back()[0], start[0], 1e-9);
    EXPECT_NEAR(again.v.back()[1], velocity[1], 1e-9);
}

TEST(SecondOrder, TakesEveryKindOfState) {
    auto const scalar = ode::solve(ode::second_order_problem{[](double, double y) { return -y; }, 1.0, 0.0, {0.0, 3.0}},
                                   ode::kahan_li8{}, {.step = 0.25});
    EXPECT_NEAR(scalar.y.back(), std::cos(3.0), 1e-10);
    EXPECT_NEAR(scalar.v.back(), -std::sin(3.0), 1e-10);
    EXPECT_EQ(scalar.t.size(), 13u);
    auto const f = [](double t, std::vector<double> const& y, std::vector<double>& a) { a[0] = -y[0], a[1] = t; };
    ode::second_order_problem const p{f, std::vector{1.0, 0.0}, std::vector{0.0, 0.0}, {0.0, 3.0}};
    auto const vector = ode::solve(p, ode::kahan_li6{}, {.step = 0.1, .keep_every = 7});
    EXPECT_NEAR(vector.y.back()[1], 4.5, 1e-9) << "t³/6";
    EXPECT_EQ(vector.t.size(), 6u) << "0, 0.7, 1.4, 2.1, 2.8 and 3";
    EXPECT_EQ(vector.t.back(), 3.0);
}

TEST(SecondOrder, StopsAndFailsWhereItIsToldOrHasTo) {
    auto const stopped =
        ode::solve(orbit(10.0), ode::stormer_verlet{},
                   {.step = 0.1, .on_step = [](double t, auto const&, auto const&) { return t < 2.0; }});
    EXPECT_EQ(stopped.report.reason, ode::stop_reason::stopped);
    EXPECT_NEAR(stopped.t.back(), 2.0, 1e-12);
    auto const fall = [](double, double y) { return -1.0 / std::sqrt(y); };
    ode::second_order_problem const p{fall, 1.0, 0.0, {0.0, 10.0}};
    EXPECT_THROW((void)ode::solve(p, ode::stormer_verlet{}, {.step = 0.1}), ode::not_converged);
    auto const report =
        ode::solve(p, ode::stormer_verlet{}, {.step = 0.1, .on_failure = ode::on_failure::return_report}).report;
    EXPECT_EQ(report.reason, ode::stop_reason::not_finite);
    EXPECT_LT(report.t, 10.0);
    auto const empty = ode::solve(orbit(0.0), ode::stormer_verlet{}, {.step = 0.1});
    EXPECT_EQ(empty.y.size(), 1u);
    EXPECT_TRUE(empty);
}

TEST(SecondOrder, RefusesWhatIsWrong) {
    auto const refusal_of = [](auto const& p, double step) -> std::string {
        try {
            (void)ode::solve(p, ode::stormer_verlet{}, {.step = step});
        } catch (std::invalid_argument const& refusal) {
            return refusal.what();
        }
        return {};
    };
    double const nan = std::numeric_limits<double>::quiet_NaN();
    EXPECT_NE(refusal_of(orbit(1.0), 0.0).find("step is 0"), std::string::npos);
    EXPECT_NE(refusal_of(orbit(1.0), -0.1).find("step is -0.1"), std::string::npos);
    EXPECT_NE(refusal_of(orbit(1.0), 1e-18).find("give a longer one"), std::string::npos);
    EXPECT_NE(refusal_of(orbit(nan), 0.1).find("span of time"), std::string::npos);
    EXPECT_NE(refusal_of(ode::second_order_problem{gravity, pair{nan, 0.0}, velocity, {0.0, 1.0}}, 0.1).find("y0[0]"),
              std::string::npos);
    auto const none = [](double, std::vector<double> const&, std::vector<double>&) {};
    ode::second_order_problem const uneven{none, std::vector<double>(2), std::vector<double>(3), {0.0, 1.0}};
    EXPECT_NE(refusal_of(uneven, 0.1).find("y0 has 2 numbers and v0 3"), std::string::npos);
}

TEST(SecondOrder, AllocatesNothingInAStep) {
    if (!profile::hooks_in_effect()) GTEST_SKIP() << "the sanitizers own the heap";
    auto const allocations_of = [](double end) {
        auto const problem = orbit(end);
        profile::memory const used;
        (void)ode::solve(problem, ode::kahan_li6{}, {.step = 0.1, .keep_every = 0});
        return used.so_far().allocations;
    };
    EXPECT_EQ(allocations_of(1.0), allocations_of(100.0));
}
