// SPDX-License-Identifier: MIT
#include "ode/methods.hpp"

#include <poise/ode.hpp>
#include <poise/profile/memory.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <stdexcept>
#include <vector>

using namespace poise;

namespace {

using pair = std::array<double, 2>;
auto const turn = [](double, auto const& y, auto& dydt) {
    dydt[0] = y[1];
    dydt[1] = -y[0];
};
ode::problem const circle{turn, {1.0, 0.0}, {0.0, 2.0 * std::numbers::pi}};

template <class Method>
class Solve : public testing::Test {};
TYPED_TEST_SUITE(Solve, poise_test::explicit_methods, poise_test::method_names);

}  // namespace

TYPED_TEST(Solve, FollowsACircle) {
    auto const solution = ode::solve(circle, TypeParam{}, {.rtol = 1e-8, .atol = 1e-8});
    EXPECT_TRUE(solution) << solution.report;
    EXPECT_EQ(solution.report.reason, ode::stop_reason::reached_end);
    EXPECT_EQ(solution.t.front(), 0.0);
    EXPECT_EQ(solution.t.back(), 2.0 * std::numbers::pi) << "to the last bit";
    EXPECT_EQ(solution.t.size(), solution.statistics.n_steps + 1);
    EXPECT_EQ(solution.y.front(), circle.y0);
    for (int i = 0; i <= 200; ++i) {
        double const t = 2.0 * std::numbers::pi * i / 200;
        EXPECT_NEAR(solution(t)[0], std::cos(t), 1e-6);
        EXPECT_NEAR(solution(t)[1], -std::sin(t), 1e-6);
    }
    for (std::size_t i = 0; i < solution.t.size(); ++i)
        for (std::size_t d = 0; d < 2; ++d) EXPECT_NEAR(solution(solution.t[i])[d], solution.y[i][d], 1e-11);
}

TYPED_TEST(Solve, GoesBackwards) {
    ode::problem const back{turn, {1.0, 0.0}, {1.0, -2.0}};
    auto const solution = ode::solve(back, TypeParam{}, {.rtol = 1e-9, .atol = 1e-9});
    EXPECT_EQ(solution.t.back(), -2.0);
    EXPECT_NEAR(solution.y.back()[0], std::cos(3.0), 1e-6);
    EXPECT_NEAR(solution(0.25)[0], std::cos(0.75), 1e-6);
    EXPECT_LT(solution.report.last_step, 0.0);
    for (std::size_t i = 1; i < solution.t.size(); ++i) EXPECT_LT(solution.t[i], solution.t[i - 1]);
}

TYPED_TEST(Solve, AsksFWithinTheSpanAlone) {
    double least = 1e9, most = -1e9;
    auto const watched = [&](double t, double y) {
        least = std::min(least, t), most = std::max(most, t);
        return -y * t;
    };
    for (double const end : {3.3, -1.7}) {
        least = 1e9, most = -1e9;
        (void)ode::solve(ode::problem{watched, 1.0, {0.1, end}}, TypeParam{}, {.first_step = 100.0});
        EXPECT_GE(least, std::min(0.1, end));
        EXPECT_LE(most, std::max(0.1, end));
    }
}

TYPED_TEST(Solve, CountsWhatItAsks) {
    std::size_t n = 0;
    auto const counted = [&](double t, double y) { return ++n, std::cos(3.0 * t) - y; };
    for (auto const kept : {ode::keep::dense, ode::keep::ends}) {
        n = 0;
        auto const solution = ode::solve(ode::problem{counted, 0.0, {0.0, 7.0}}, TypeParam{}, {.keep = kept});
        EXPECT_EQ(solution.statistics.n_evaluations, n);
    }
}

TYPED_TEST(Solve, AllocatesNothingInAStep) {
    if (!profile::hooks_in_effect()) GTEST_SKIP() << "the sanitizers own the heap";
    auto const allocations_of = [&](auto const& y0, double end) {
        ode::problem const longer{turn, y0, {0.0, end}};
        profile::memory const used;
        auto const solution = ode::solve(longer, TypeParam{}, {.rtol = 1e-8, .keep = ode::keep::ends});
        EXPECT_GT(solution.statistics.n_steps, 3u);
        return used.so_far().allocations;
    };
    EXPECT_EQ(allocations_of(pair{1.0, 0.0}, 10.0), allocations_of(pair{1.0, 0.0}, 1000.0));
    std::vector<double> const on_heap{1.0, 0.0};
    EXPECT_EQ(allocations_of(on_heap, 10.0), allocations_of(on_heap, 1000.0));
}

TYPED_TEST(Solve, SavesStatesAtTheTimesAskedFor) {
    std::vector<double> const times{0.0, 0.1, 0.1, 1.0, 5.0, 2.0 * std::numbers::pi};
    auto const solution = ode::solve(circle, TypeParam{}, {.rtol = 1e-9, .atol = 1e-9, .save_at = times});
    ASSERT_EQ(solution.t, times);
    for (std::size_t i = 0; i < times.size(); ++i) EXPECT_NEAR(solution.y[i][0], std::cos(times[i]), 1e-6);
    EXPECT_THROW((void)solution(1.0), std::invalid_argument);
}

TYPED_TEST(Solve, StopsAtEveryReason) {
    auto const report_of = [](auto const& problem, auto options) {
        options.on_failure = ode::on_failure::return_report;
        return ode::solve(problem, TypeParam{}, options).report;
    };
    using of_number = ode::solve_options<double>;
    auto const square = [](double, double y) { return y * y; };
    auto const blown_up = report_of(ode::problem{square, 1.0, {0.0, 2.0}}, of_number{});
    EXPECT_TRUE(blown_up.reason == ode::stop_reason::step_too_small || blown_up.reason == ode::stop_reason::not_finite)
        << blown_up;
    EXPECT_NEAR(blown_up.t, 1.0, 1e-3);
    EXPECT_GT(blown_up.component_value, 1e3);

    auto const root = [](double, double y) { return -std::sqrt(y) - 1.0; };
    auto const undefined = report_of(ode::problem{root, 1.0, {0.0, 2.0}}, of_number{});
    EXPECT_EQ(undefined.reason, ode::stop_reason::not_finite) << undefined;

    auto const never = [](double, double) { return std::numeric_limits<double>::quiet_NaN(); };
    auto const at_once = report_of(ode::problem{never, 1.0, {0.0, 2.0}}, of_number{});
    EXPECT_EQ(at_once.reason, ode::stop_reason::not_finite) << at_once;
    EXPECT_EQ(at_once.t, 0.0);
    EXPECT_LT(at_once.statistics.n_evaluations, 10'000u);

    auto const decay = [](double, double y) { return -y; };
    ode::problem const long_decay{decay, 1.0, {0.0, 1000.0}};
    auto const few = report_of(long_decay, of_number{.max_steps = 7});
    EXPECT_EQ(few.reason, ode::stop_reason::max_steps);
    EXPECT_EQ(few.statistics.n_steps + few.statistics.n_rejected, 7u);
    int n = 0;
    auto const stopped = report_of(long_decay, of_number{.on_step = [&](double, double) { return ++n < 3; }});
    EXPECT_EQ(stopped.reason, ode::stop_reason::stopped);
    EXPECT_EQ(stopped.statistics.n_steps, 3u);
    EXPECT_TRUE(stopped) << "as it was meant to";
}

TYPED_TEST(Solve, ThrowsWithTheReportAndKeepsWhatThereIs) {
    auto const square = [](double, double y) { return y * y; };
    ode::problem const pole{square, 1.0, {0.0, 2.0}};
    try {
        (void)ode::solve(pole, TypeParam{});
        FAIL();
    } catch (ode::not_converged const& thrown) {
        EXPECT_NEAR(thrown.report().t, 1.0, 1e-3);
        EXPECT_NE(std::string{thrown.what()}.find("component 0"), std::string::npos) << thrown.what();
    }
    auto const solution = ode::solve(pole, TypeParam{}, {.on_failure = ode::on_failure::return_report});
    EXPECT_FALSE(solution);
    EXPECT_NEAR(solution(0.5), 2.0, 1e-5) << "what there is until then";
}

TYPED_TEST(Solve, LetsExceptionsOfFOut) {
    for (int const at : {1, 2, 20}) {
        int n = 0;
        auto const thrower = [&](double, double y) {
            if (++n == at) throw std::domain_error{"mine"};
            return -y;
        };
        EXPECT_THROW((void)ode::solve(ode::problem{thrower, 1.0, {0.0, 100.0}}, TypeParam{}), std::domain_error);
    }
}

TYPED_TEST(Solve, StepsEndWhereFJumps) {
    // y' = 0 until 1, then 1.
    auto const late = [](double t, double) { return t < 1.0 ? 0.0 : 1.0; };
    ode::problem const jump{late, 0.0, {0.0, 3.0}};
    auto const blind = ode::solve(jump, TypeParam{});
    auto const told = ode::solve(jump, TypeParam{}, {.discontinuities = {-5.0, 1.0, 7.0}});
    EXPECT_NEAR(told.y.back(), 2.0, 1e-12);
    EXPECT_EQ(told.statistics.n_rejected, 0u);
    EXPECT_GT(blind.statistics.n_rejected, 0u);
    EXPECT_NE(std::find(told.t.begin(), told.t.end(), 1.0), told.t.end());
    EXPECT_NEAR(told(1.25), 0.25, 1e-9);
}

TYPED_TEST(Solve, OfAnEmptySpanIsWhereItBegan) {
    auto const decay = [](double, double y) { return -y; };
    auto const solution = ode::solve(ode::problem{decay, 3.0, {2.0, 2.0}}, TypeParam{});
    EXPECT_TRUE(solution);
    EXPECT_EQ(solution.t, std::vector<double>{2.0});
    EXPECT_EQ(solution.y, std::vector<double>{3.0});
    EXPECT_EQ(solution.statistics.n_steps, 0u);
}

TYPED_TEST(Solve, KeepsStepsWithinTheLargest) {
    auto const solution = ode::solve(circle, TypeParam{}, {.largest_step = 0.05});
    for (std::size_t i = 1; i < solution.t.size(); ++i) EXPECT_LE(solution.t[i] - solution.t[i - 1], 0.05 * (1 + 1e-7));
    auto const first = ode::solve(circle, TypeParam{}, {.first_step = 1e-3});
    EXPECT_EQ(first.t[1], 1e-3);
}

TYPED_TEST(Solve, WeighsEveryComponentByItsOwnTolerance) {
    // A fast one that hardly matters.
    auto const two = [](double t, pair const& y, pair& dydt) { dydt = {-y[0], 50.0 * std::cos(50.0 * t)}; };
    ode::problem const uneven{two, {1.0, 0.0}, {0.0, 5.0}};
    auto const all = ode::solve(uneven, TypeParam{}, {.rtol = 0.0, .atol = 1e-8});
    auto const loose = ode::solve(uneven, TypeParam{}, {.rtol = 0.0, .atol = {1e-8, 1e-1}});
    EXPECT_LT(2 * loose.statistics.n_steps, all.statistics.n_steps);
    EXPECT_NEAR(loose.y.back()[0], std::exp(-5.0), 1e-5);
}

// The pole is at t = 1, where steps are far below the spacing of t; times are those of steps.
TEST(SolveTimes, AreExactSumsOfSteps) {
    auto const solution = ode::solve(circle, ode::tsitouras5{}, {.fixed_step = 0.1});
    EXPECT_EQ(solution.statistics.n_steps, 63u);
    EXPECT_EQ(solution.t.back(), circle.t.end);
    EXPECT_NEAR(solution.t[62], 6.2, 1e-14);
}

TEST(SolveDense, RefusesTimesOutsideAndSolutionsWithoutIt) {
    auto const solution = ode::solve(circle, ode::tsitouras5{});
    EXPECT_THROW((void)solution(-0.1), std::invalid_argument);
    EXPECT_THROW((void)solution(7.0), std::invalid_argument);
    EXPECT_THROW((void)solution(std::nan("")), std::invalid_argument);
    auto const ends = ode::solve(circle, ode::tsitouras5{}, {.keep = ode::keep::ends});
    EXPECT_EQ(ends.t.size(), 2u);
    EXPECT_THROW((void)ends(1.0), std::invalid_argument);
    EXPECT_EQ(ode::solve(circle, ode::tsitouras5{}, {.keep = ode::keep::steps}).t, solution.t);
}
