// SPDX-License-Identifier: MIT
// The method that finds out whether a problem is stiff.
#include "ode/stiff_problems.hpp"

#include <poise/ode.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <string>
#include <vector>

using namespace poise;
using namespace poise_test;

namespace {

template <class Problem>
auto solved(double rtol, ode::keep keep = ode::keep::ends) {
    return ode::solve(ode::problem{ode::differentiable{Problem{}}, Problem::y0, Problem::t}, ode::automatic{},
                      {.rtol = rtol, .atol = atol_of<Problem>(rtol), .keep = keep});
}
template <class Problem>
void expect_solved() {
    double const allowed = std::string{Problem::name} == "Oregonator" ? 100.0 : 10.0;
    for (double const rtol : {1e-4, 1e-6, 1e-8}) {
        auto const solution = solved<Problem>(rtol);
        EXPECT_LT(error_of<Problem>(solution.y.back()), allowed * rtol) << solution.report;
        std::string const implicit = rtol >= 1e-7 ? "automatic: Rodas5P from t = " : "automatic: Radau IIA 5-9-13 from";
        EXPECT_EQ(solution.report.method.rfind(implicit, 0), 0u) << solution.report;
    }
}

using pair = std::array<double, 2>;
auto const rotation = [](auto const&, auto const& y, auto& dydt) { dydt[0] = -y[1], dydt[1] = y[0]; };

}  // namespace

TEST(Automatic, SolvesStiffProblemsByAnImplicitMethod) {
    expect_solved<robertson>();
    expect_solved<van_der_pol>();
    expect_solved<hires>();
    expect_solved<oregonator>();
    expect_solved<pollution>();
}

TEST(Automatic, StaysWithAnExplicitMethodWhereThatDoes) {
    for (double const rtol : {1e-4, 1e-9}) {
        auto const f = ode::differentiable{rotation};
        auto const solution =
            ode::solve(ode::problem{f, pair{1.0, 0.0}, {0.0, 50.0}}, ode::automatic{}, {.rtol = rtol});
        EXPECT_EQ(solution.report.method, rtol > 1e-6 ? "automatic: Tsitouras 5(4)" : "automatic: Verner 7(6)");
        EXPECT_EQ(solution.statistics.n_jacobians, 0u);
        EXPECT_NEAR(solution.y.back()[0], std::cos(50.0), 500.0 * rtol);
    }
}

// Stiff for a while: λ is 10⁴ between t = 1 and 2 alone.
TEST(Automatic, GoesThereAndBack) {
    auto const f = ode::differentiable{[](auto const& t, auto const& y, auto& dydt) {
        using std::cos, std::exp, std::sin;
        auto const lambda = 1.0 + 1e4 * exp(-1e3 * (t - 1.5) * (t - 1.5));
        dydt[0] = -lambda * (y[0] - cos(20.0 * t)) - 20.0 * sin(20.0 * t);
    }};
    using single = std::array<double, 1>;
    auto const solution =
        ode::solve(ode::problem{f, single{1.0}, {0.0, 10.0}}, ode::automatic{}, {.rtol = 1e-5, .atol = 1e-5});
    EXPECT_NE(solution.report.method.find("Tsitouras"), std::string::npos) << solution.report;
    EXPECT_NE(solution.report.method.find("after 2 changes"), std::string::npos) << solution.report;
    for (double t = 0.0; t <= 10.0; t += 0.05)
        EXPECT_NEAR(solution(t)[0], std::cos(20.0 * t), 5e-4) << "polynomials of either method, t = " << t;
}

TEST(Automatic, FindsEventsOfEitherMethod) {
    ode::event<std::array<double, 3>> const half{.g = [](double, auto const& y) { return y[0] - 0.5; },
                                                 .then = ode::after_event::stop};
    auto const solution =
        ode::solve(ode::problem{ode::differentiable{robertson{}}, robertson::y0, robertson::t}, ode::automatic{},
                   {.rtol = 1e-8, .atol = atol_of<robertson>(1e-8), .events = {half}});
    auto const by_radau =
        ode::solve(ode::problem{ode::differentiable{robertson{}}, robertson::y0, robertson::t}, ode::radau13{},
                   {.rtol = 1e-10, .atol = atol_of<robertson>(1e-10), .events = {half}});
    EXPECT_EQ(solution.report.reason, ode::stop_reason::event);
    EXPECT_NEAR(solution.t.back() / by_radau.t.back(), 1.0, 1e-5);
}

TEST(Automatic, TakesNoDenseJacobianOfALargeStateAndNoneForFixedSteps) {
    auto const decay = [](double, std::vector<double> const& y, std::vector<double>& dydt) {
        for (std::size_t i = 0; i < y.size(); ++i) dydt[i] = -1000.0 * y[i];
    };
    auto const solution = ode::solve(ode::problem{decay, std::vector<double>(6000, 1.0), {0.0, 0.5}}, ode::automatic{});
    EXPECT_EQ(solution.report.method, "automatic: Tsitouras 5(4)");
    auto const with_structure = ode::solve(ode::problem{decay, std::vector<double>(6000, 1.0), {0.0, 0.5}},
                                           ode::automatic{}, {.jacobian = ode::banded{0, 0}});
    EXPECT_NE(with_structure.report.method.find("Rodas5P"), std::string::npos);
    EXPECT_LT(with_structure.statistics.n_steps, solution.statistics.n_steps);
    auto const fixed = ode::solve(ode::problem{decay, std::vector<double>(10, 1.0), {0.0, 0.5}}, ode::automatic{},
                                  {.fixed_step = 0.003});
    EXPECT_EQ(fixed.report.method, "automatic: Tsitouras 5(4)");
}

TEST(Automatic, SaysWhyItFails) {
    auto const pole = ode::solve(ode::problem{[](double, double y) { return y * y; }, 1.0, {0.0, 2.0}},
                                 ode::automatic{}, {.on_failure = ode::on_failure::return_report});
    EXPECT_FALSE(pole);
    EXPECT_NEAR(pole.report.t, 1.0, 1e-3);
    auto const root = ode::solve(ode::problem{[](double, double y) { return -std::sqrt(y) - 1.0; }, 1.0, {0.0, 2.0}},
                                 ode::automatic{}, {.on_failure = ode::on_failure::return_report});
    EXPECT_EQ(root.report.reason, ode::stop_reason::not_finite);
}
