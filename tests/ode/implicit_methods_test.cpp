// SPDX-License-Identifier: MIT
// The implicit methods: stiff problems against reference solutions, order, every way to a Jacobian.
#include "ode/methods.hpp"
#include "ode/stiff_problems.hpp"

#include <poise/ode.hpp>
#include <poise/profile/memory.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>
#include <type_traits>
#include <vector>

using namespace poise;
using namespace poise_test;

namespace {

template <class Problem>
class Stiff : public testing::Test {};
struct problem_names {
    template <class Problem>
    static std::string GetName(int) {
        return Problem::name;
    }
};
using problems = testing::Types<robertson, van_der_pol, hires, oregonator, pollution>;
TYPED_TEST_SUITE(Stiff, problems, problem_names);

template <class Problem, class Method = ode::rodas5p, class F, class State>
auto solved(F const& f, State const& y0, double rtol) {
    return ode::solve(ode::problem{f, y0, Problem::t}, Method{},
                      {.rtol = rtol, .atol = atol_of<Problem>(rtol), .keep = ode::keep::ends});
}

// In units of rtol. Of an orbit that is followed for a period or more, errors in time grow; those of many short steps
// add up.
template <class Problem, class Method>
double errors_allowed(Method const& method) {
    double const of_problem = std::string{Problem::name} == "Oregonator" ? 100.0 : 10.0;
    return method.name == std::string{"BDF"} ? 3.0 * of_problem : of_problem;
}

// y₁' = −λ (y₁ − cos t) − sin t, a stiff one that is not autonomous, and a rotation.
using triple = std::array<double, 3>;
struct forced {
    double lambda;
    template <class T, class Y, class D>
    void operator()(T const& t, Y const& y, D& dydt) const {
        using std::cos, std::sin;
        dydt[0] = -lambda * (y[0] - cos(t)) - sin(t);
        dydt[1] = y[2] * y[0] / cos(t);
        dydt[2] = -y[1];
    }
};
triple exact(double t) { return {std::cos(t), std::sin(t), std::cos(t)}; }
double distance(triple const& a, triple const& b) {
    double largest = 0.0;
    for (std::size_t i = 0; i < 3; ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
    return largest;
}

}  // namespace

TYPED_TEST(Stiff, IsSolvedToItsTolerance) {
    for_each_implicit_method([](auto method) {
        for (double const rtol : {1e-4, 1e-6, 1e-8}) {
            auto const solution =
                solved<TypeParam, decltype(method)>(ode::differentiable{TypeParam{}}, TypeParam::y0, rtol);
            double const allowed = errors_allowed<TypeParam>(method);
            EXPECT_LT(error_of<TypeParam>(solution.y.back()), allowed * rtol) << rtol << ": " << solution.report;
            EXPECT_GT(error_of<TypeParam>(solution.y.back()), 1e-5 * rtol);
        }
    });
}

TYPED_TEST(Stiff, IsSolvedAsWellByDifferencesAndOnTheHeap) {
    double const rtol = 1e-6;
    std::vector<double> const on_heap(TypeParam::y0.begin(), TypeParam::y0.end());
    for_each_implicit_method([&](auto method) {
        using tried = decltype(method);
        double const allowed = errors_allowed<TypeParam>(method);
        auto const by_duals = solved<TypeParam, tried>(ode::differentiable{TypeParam{}}, TypeParam::y0, rtol);
        auto const by_differences = solved<TypeParam, tried>(TypeParam{}, TypeParam::y0, rtol);
        auto const of_vectors = solved<TypeParam, tried>(ode::differentiable{TypeParam{}}, on_heap, rtol);
        auto const of_both = solved<TypeParam, tried>(TypeParam{}, on_heap, rtol);
        EXPECT_LT(error_of<TypeParam>(by_differences.y.back()), allowed * rtol) << by_differences.report;
        EXPECT_LT(error_of<TypeParam>(of_vectors.y.back()), allowed * rtol) << of_vectors.report;
        EXPECT_LT(error_of<TypeParam>(of_both.y.back()), allowed * rtol) << of_both.report;
        // About as many steps whichever way.
        auto const n = static_cast<double>(by_duals.statistics.n_steps);
        for (auto const& other : {by_differences.statistics, of_vectors.statistics, of_both.statistics})
            EXPECT_NEAR(static_cast<double>(other.n_steps), n, 0.2 * n + 5.0) << tried::name;
        EXPECT_GT(by_differences.statistics.n_evaluations, by_duals.statistics.n_evaluations);
    });
}

TYPED_TEST(Stiff, TakesManyTimesTheStepsByAnExplicitMethod) {
    auto const explicit_one = ode::solve(ode::problem{TypeParam{}, TypeParam::y0, TypeParam::t}, ode::dormand_prince5{},
                                         {.rtol = 1e-4,
                                          .atol = atol_of<TypeParam>(1e-4),
                                          .max_steps = 20'000,
                                          .keep = ode::keep::ends,
                                          .on_failure = ode::on_failure::return_report});
    auto const implicit_one = solved<TypeParam>(ode::differentiable{TypeParam{}}, TypeParam::y0, 1e-4);
    EXPECT_GT(explicit_one.statistics.n_steps, 10 * implicit_one.statistics.n_steps);
}

TEST(Rodas5p, IsOfOrderFiveStiffOrNot) {
    for (double const lambda : {1.0, 1e6}) {
        std::vector<double> errors;
        std::vector<int> const n_steps{16, 32, 64};
        for (int const n : n_steps) {
            ode::problem const p{ode::differentiable{forced{lambda}}, exact(0.0), {0.0, 1.0}};
            auto const solution = ode::solve(p, ode::rodas5p{}, {.fixed_step = 1.0 / n});
            errors.push_back(distance(solution.y.back(), exact(1.0)));
            double largest = 0.0;
            for (int i = 0; i <= 100; ++i) largest = std::max(largest, distance(solution(0.01 * i), exact(0.01 * i)));
            EXPECT_LT(largest, 100.0 * errors.back() + 1e-9) << "between steps";
        }
        for (std::size_t i = 1; i < errors.size(); ++i)
            EXPECT_TRUE(errors[i] < 1e-13 || std::log2(errors[i - 1] / errors[i]) > 4.5)
                << lambda << ", " << n_steps[i];
    }
}

TEST(Rodas5p, HasDenseOutputOfOrderFour) {
    std::vector<double> errors;
    for (int const n : {8, 16, 32, 64}) {
        ode::problem const p{ode::differentiable{forced{1.0}}, exact(0.0), {0.0, 1.0}};
        auto const solution = ode::solve(p, ode::rodas5p{}, {.fixed_step = 1.0 / n});
        double largest = 0.0;
        for (int i = 0; i <= 1000; ++i) largest = std::max(largest, distance(solution(1e-3 * i), exact(1e-3 * i)));
        errors.push_back(largest);
    }
    EXPECT_GT(std::log2(errors.front() / errors.back()) / 3.0, 4.7) << "one more than its polynomials";
}

TEST(Rodas5p, TakesAJacobianThatIsGiven) {
    int n_jacobians = 0;
    auto const f = [](double, auto const& y, auto& dydt) {
        dydt[0] = -1e4 * y[0] + y[1];
        dydt[1] = y[0] - 2.0 * y[1];
    };
    auto const jacobian = [&](double, auto const&, auto J) {
        ++n_jacobians;
        EXPECT_EQ(J(0, 0), 0.0);
        J(0, 0) = -1e4, J(0, 1) = 1.0;
        J(1, 0) = 1.0, J(1, 1) = -2.0;
    };
    ode::problem const given{ode::with_jacobian{f, jacobian}, {1.0, 1.0}, {0.0, 3.0}};
    ode::problem const differences{f, {1.0, 1.0}, {0.0, 3.0}};
    auto const by_given = ode::solve(given, ode::rodas5p{}, {.rtol = 1e-8});
    auto const by_differences = ode::solve(differences, ode::rodas5p{}, {.rtol = 1e-8});
    EXPECT_EQ(by_given.statistics.n_jacobians, static_cast<std::size_t>(n_jacobians));
    EXPECT_NEAR(by_given.y.back()[1], by_differences.y.back()[1], 1e-9);
    EXPECT_LT(by_given.statistics.n_evaluations, by_differences.statistics.n_evaluations);
    EXPECT_EQ(by_given.statistics.n_jacobians, by_given.statistics.n_steps) << "kept where a step was rejected";
}

TEST(Rodas5p, TakesScalarsLongStatesAndReturnedSlopes) {
    auto const one = ode::differentiable{[](auto t, auto y) { return -50.0 * (y - cos(t)); }};
    using std::cos;
    auto const scalar = ode::solve(ode::problem{one, 0.0, {0.0, 1.5}}, ode::rodas5p{}, {.rtol = 1e-9});
    EXPECT_NEAR(scalar.y.back(), (2500.0 * std::cos(1.5) + 50.0 * std::sin(1.5)) / 2501.0, 1e-8);
    // A heat equation in one dimension: 60 unknowns.
    std::vector<double> hot(60);
    for (std::size_t i = 0; i < hot.size(); ++i)
        hot[i] = std::sin(std::numbers::pi * static_cast<double>(i + 1) / 61.0);
    auto const heat = ode::differentiable{[](auto const&, auto const& y, auto& dydt) {
        for (std::size_t i = 0; i < y.size(); ++i) {
            dydt[i] = -2.0 * y[i];
            if (i > 0) dydt[i] += y[i - 1];
            if (i + 1 < y.size()) dydt[i] += y[i + 1];
            dydt[i] *= 61.0 * 61.0;
        }
    }};
    auto const cooled = ode::solve(ode::problem{heat, hot, {0.0, 0.1}}, ode::rodas5p{}, {.rtol = 1e-8, .atol = 1e-10});
    double const rate = std::pow(2.0 * 61.0 * std::sin(std::numbers::pi / 122.0), 2);
    for (std::size_t i = 0; i < hot.size(); ++i) EXPECT_NEAR(cooled.y.back()[i], hot[i] * std::exp(-0.1 * rate), 1e-7);
}

TEST(ImplicitMethods, FindEventsAndStopForTheSameReasonsAsOthers) {
    for_each_implicit_method([](auto method) {
        SCOPED_TRACE(method.name);
        auto const report_of = [&](auto const& f, auto options) {
            options.on_failure = ode::on_failure::return_report;
            return ode::solve(ode::problem{f, 1.0, {0.0, 2.0}}, method, options).report;
        };
        using options = ode::solve_options<double>;
        auto const pole = report_of([](double, double y) { return y * y; }, options{});
        EXPECT_NEAR(pole.t, 1.0, 1e-3);
        EXPECT_FALSE(pole);
        auto const root = report_of([](double, double y) { return -std::sqrt(y) - 1.0; }, options{});
        EXPECT_EQ(root.reason, ode::stop_reason::not_finite);
        EXPECT_EQ(report_of([](double, double y) { return -y; }, options{.max_steps = 1}).reason,
                  ode::stop_reason::max_steps);
        ode::event<double> const half{.g = [](double, double const& y) { return y - 0.5; },
                                      .then = ode::after_event::stop};
        auto const decayed = ode::solve(ode::problem{[](double, double y) { return -y; }, 1.0, {0.0, 2.0}}, method,
                                        {.rtol = 1e-12, .atol = 1e-14, .events = {half}});
        EXPECT_NEAR(decayed.t.back(), std::numbers::ln2, 1e-7);
        auto const back = ode::solve(ode::problem{[](double, double y) { return y; }, 1.0, {0.0, -2.0}}, method);
        EXPECT_NEAR(back.y.back(), std::exp(-2.0), 1e-6);
    });
}

TEST(ImplicitMethods, NameASingularMatrix) {
    for_each_implicit_method([](auto method) {
        auto const f = [](double, auto const& y, auto& dydt) { dydt[0] = -y[0], dydt[1] = -y[1]; };
        // Beside which every 1/h is lost.
        auto const huge = [](double, auto const&, auto J) { J(0, 0) = J(0, 1) = J(1, 0) = J(1, 1) = 1e300; };
        ode::problem const p{ode::with_jacobian{f, huge}, {1.0, 2.0}, {1.0, 2.0}};
        try {
            (void)ode::solve(p, method);
            ADD_FAILURE() << method.name;
        } catch (ode::not_converged const& failure) {
            EXPECT_EQ(failure.report().reason, ode::stop_reason::singular_matrix);
            EXPECT_NE(std::string{failure.what()}.find("met a singular matrix, t = 1, with a step of"),
                      std::string::npos)
                << failure.what();
            EXPECT_NE(std::string{failure.what()}.find("so large that a step is lost beside them"), std::string::npos);
        }
        EXPECT_THROW((void)ode::solve(p, method, {.fixed_step = 0.1}), ode::not_converged);
    });
}

TEST(ImplicitMethods, AllocateNothingInAStep) {
    if (!profile::hooks_in_effect()) GTEST_SKIP() << "the sanitizers own the heap";
    for_each_implicit_method([](auto method) {
        auto const allocations_of = [&](auto const& f, auto const& y0, double end) {
            ode::problem const p{f, y0, {0.0, end}};
            profile::memory const used;
            (void)ode::solve(p, method, {.rtol = 1e-7, .keep = ode::keep::ends});
            return used.so_far().allocations;
        };
        std::vector<double> const on_heap(van_der_pol::y0.begin(), van_der_pol::y0.end());
        EXPECT_EQ(allocations_of(van_der_pol{}, van_der_pol::y0, 1.0),
                  allocations_of(van_der_pol{}, van_der_pol::y0, 2000.0));
        EXPECT_EQ(allocations_of(van_der_pol{}, on_heap, 1.0), allocations_of(van_der_pol{}, on_heap, 2000.0));
        ode::differentiable const by_duals{van_der_pol{}};
        EXPECT_EQ(allocations_of(by_duals, on_heap, 1.0), allocations_of(by_duals, on_heap, 2000.0));
    });
}

// Steps are thousands of times as long as what is stiff takes, and what lies between them is no solution.
TEST(ImplicitMethods, SaveStatesThatAreAsGoodAsTheirSteps) {
    for_each_implicit_method([](auto method) {
        auto const f = ode::differentiable{[](auto const& t, auto const& y) {
            using std::cos;
            return -1e6 * (y - cos(t));
        }};
        std::vector<double> times;
        for (int i = 1; i < 50; ++i) times.push_back(0.2 * i + 0.013);
        auto const solution =
            ode::solve(ode::problem{f, 1.0, {0.0, 10.0}}, method, {.rtol = 1e-6, .atol = 1e-9, .save_at = times});
        ASSERT_EQ(solution.t.size(), times.size());
        for (std::size_t i = 0; i < times.size(); ++i)
            EXPECT_NEAR(solution.y[i], std::cos(times[i]), 1e-5) << method.name << ", t = " << times[i];
    });
}

TEST(ImplicitMethods, ReadDerivativesWhereFEndsOrAComponentIsZero) {
    for_each_implicit_method([](auto method) {
        SCOPED_TRACE(method.name);
        // Stages of a Rosenbrock method go beyond the edge of the root.
        if constexpr (!std::is_same_v<decltype(method), ode::rodas5p>) {
            auto const edge = ode::solve(
                ode::problem{[](double, double y) { return -std::sqrt(1.0 - y * y) - 0.1; }, 1.0, {0.0, 0.5}}, method);
            EXPECT_LT(edge.y.back(), 0.95);
        }
        using pair = std::array<double, 2>;
        auto const chain = [](double, pair const& y, pair& dydt) { dydt = {-y[0], y[0]}; };
        auto const made = ode::solve(ode::problem{chain, pair{1.0, 0.0}, {0.0, 2.0}}, method,
                                     {.atol = {0.0, 0.0}, .first_step = 1e-6});
        EXPECT_NEAR(made.y.back()[1], 1.0 - std::exp(-2.0), 1e-5);
    });
}

TEST(ImplicitMethods, SayThatFIsNotFiniteAndNotThatAMatrixIsSingular) {
    for_each_implicit_method([](auto method) {
        int n_calls = 0;
        auto const f = [&](double, double y) { return ++n_calls > 1 ? std::nan("") : -y; };
        auto const report =
            ode::solve(ode::problem{f, 1.0, {0.0, 1.0}}, method, {.on_failure = ode::on_failure::return_report}).report;
        EXPECT_EQ(report.reason, ode::stop_reason::not_finite) << method.name;
    });
}
