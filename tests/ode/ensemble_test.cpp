// SPDX-License-Identifier: MIT
#include "ode/ensembles.hpp"
#include "support/message_of.hpp"

#include <poise/ode.hpp>
#include <poise/profile/memory.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <limits>
#include <numbers>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

using namespace poise;
using namespace poise_test;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

template <class Method>
void expect_counts(Method const&) {
    std::atomic<std::size_t> n_calls{0};
    auto const counted = [&](auto const& t, auto const& y, auto& dydt, auto const& p) {
        ++n_calls;
        decay_of_rate{}(t, y, dydt, p);
    };
    // One trajectory in one lane: every call is its own.
    for (bool const saves : {false, true}) {
        ode::ensemble const e{counted, {0.0, 3.0}, 1, rate};
        n_calls = 0;
        auto const result =
            ode::solve(e, ode::tsitouras5{}, {.save_at = saves ? std::vector{0.7, 1.4} : std::vector<double>{}});
        EXPECT_EQ(result.report.statistics.n_evaluations, n_calls);
    }
}

}  // namespace

TEST(EnsembleSolve, CountsWhatItDoes) {
    expect_counts(ode::tsitouras5{});
    expect_counts(ode::dop853{});
}

TEST(EnsembleSolve, FailsAloneAndSaysWhy) {
    // Infinite at once, a pole at t = 1, infinite somewhere, and one that has no number to begin with.
    auto const f = [](auto const&, auto const& y, auto& dydt, auto const& p) {
        dydt = {p[0] * y[0] * y[0] - y[0], p[1] / (2.0 - p[1] * y[1] - p[2])};
    };
    auto const good = [](std::size_t i) {
        return ode::start{{0.1, 0.0}, {0.1 + 1e-3 * static_cast<double>(i), 0.1, 0.0}};
    };
    auto const start = [&](std::size_t i) {
        auto s = good(i);
        if (i == 20) s.p[2] = not_a_number;
        if (i == 33) s = {{2.0, 0.0}, {1.0, 0.1, 0.0}};  // y' = y² − y: to infinity at t = log 2
        if (i == 47) s.y0[1] = not_a_number;
        return s;
    };
    for (auto const instructions : available()) {
        auto const solved = [&](auto const& starts, ode::on_failure then) {
            ode::ensemble const e{f, {0.0, 2.0}, 100, starts};
            return ode::solve(e, ode::tsitouras5{},
                              {.save_at = {0.5, 2.0}, .instructions = instructions, .on_failure = then});
        };
        auto const clean = solved(good, ode::on_failure::throw_exception);
        auto const result = solved(start, ode::on_failure::return_report);
        EXPECT_FALSE(result);
        EXPECT_EQ(result.report.n_failed, 3u);
        EXPECT_EQ(result.report.first_failed, 20u);
        for (std::size_t i = 0; i < 100; ++i) {
            if (i == 20 || i == 33 || i == 47) continue;
            ASSERT_EQ(result.y[i], clean.y[i]) << i;
            ASSERT_EQ(result.saved_of(i)[0], clean.saved_of(i)[0]) << i;
        }
        auto const& nowhere = result.trajectories[20];
        EXPECT_EQ(nowhere.reason, ode::stop_reason::not_finite);
        EXPECT_EQ(nowhere.t, 0.0);
        EXPECT_EQ(nowhere.component, 1u);
        EXPECT_EQ(nowhere.component_value, 0.0);
        EXPECT_EQ(nowhere.n_saved, 0u);
        EXPECT_TRUE(std::isnan(result.y[20][0]));
        auto const& pole = result.trajectories[33];
        EXPECT_EQ(pole.reason, ode::stop_reason::step_too_small);
        EXPECT_NEAR(pole.t, std::numbers::ln2, 1e-5);
        EXPECT_EQ(pole.component, 0u);
        EXPECT_GT(pole.component_value, 1e4);
        EXPECT_EQ(pole.n_saved, 1u);
        // y = 1 / (1 − exp(t) / 2).
        EXPECT_NEAR(result.saved_of(33)[0][0], 1.0 / (1.0 - 0.5 * std::exp(0.5)), 1e-3);
        EXPECT_TRUE(std::isnan(result.saved_of(33)[1][0]));
        EXPECT_EQ(result.trajectories[47].reason, ode::stop_reason::not_finite);
        EXPECT_EQ(result.trajectories[47].component, 1u);
        EXPECT_EQ(result.distribution.count(0), 98u) << "that came to t = 0.5";
        EXPECT_EQ(result.distribution.count(1), 97u);
        EXPECT_THROW((void)solved(start, ode::on_failure::throw_exception), ode::ensemble_not_converged);
    }
}

TEST(EnsembleSolve, FailsAFixedStepThatIsNotFinite) {
    auto const f = [](auto const&, auto const& y, auto& dydt) { dydt[0] = 1.0 / (1.0 - y[0]); };
    std::vector<std::array<double, 1>> const starts{{0.0}, {1.0}};
    auto const result = ode::solve(ode::ensemble{f, {0.0, 0.1}, starts}, ode::tsitouras5{},
                                   {.fixed_step = 0.01, .on_failure = ode::on_failure::return_report});
    EXPECT_TRUE(result.trajectories[0]);
    EXPECT_EQ(result.trajectories[1].reason, ode::stop_reason::not_finite);
    EXPECT_EQ(result.trajectories[1].t, 0.0);
}

TEST(EnsembleSolve, AllocatesNothingInAStep) {
    if (!profile::hooks_in_effect()) GTEST_SKIP() << "the sanitizers own the heap";
    auto const turn = [](auto const&, auto const& y, auto& dydt) { dydt = {y[1], -y[0]}; };
    auto const allocations_of = [&](double end) {
        ode::ensemble const e{turn, {0.0, end}, 40, [](std::size_t i) {
                                  return ode::start{{1.0, static_cast<double>(i)}};
                              }};
        profile::memory const used;
        auto const result = ode::solve(e, ode::tsitouras5{}, {.save_at = {end / 3.0}, .threads = 1});
        EXPECT_TRUE(result);
        return used.so_far().allocations;
    };
    (void)allocations_of(1.0);  // what is made once in a program
    EXPECT_EQ(allocations_of(10.0), allocations_of(300.0));
}

TEST(EnsembleSolve, IsDoneWhereTheSpanIsEmpty) {
    decay_ensemble const e{{}, {2.0, 2.0}, 20, rate};
    auto const result = ode::solve(e, ode::tsitouras5{}, {.save_at = {2.0}});
    EXPECT_TRUE(result);
    EXPECT_EQ(result.y[7], std::array{1.0});
    EXPECT_EQ(result.saved_of(7)[0], std::array{1.0});
    EXPECT_EQ(result.report.statistics.n_evaluations, 0u);
    auto const none = ode::solve(decay_ensemble{{}, {0.0, 2.0}, 0, rate}, ode::tsitouras5{});
    EXPECT_TRUE(none);
    EXPECT_EQ(none.distribution.count(0), 0u);
    EXPECT_THROW((void)none.saved_of(0), std::invalid_argument);
}

TEST(EnsembleSolve, TakesStartsFromLists) {
    std::vector<std::array<double, 1>> const y0{{1.0}, {2.0}, {3.0}};
    std::vector<std::array<double, 1>> const p{{0.5}, {0.25}, {0.125}};
    auto const both = ode::solve(ode::ensemble{decay_of_rate{}, {0.0, 1.0}, y0, p}, ode::verner7{}, {.rtol = 1e-10});
    auto const one = ode::solve(ode::ensemble{decay_of_rate{}, {0.0, 1.0}, {1.0}, p}, ode::verner7{}, {.rtol = 1e-10});
    auto const plain = [](auto const&, auto const& y, auto& dydt) { dydt[0] = -y[0]; };
    auto const none = ode::solve(ode::ensemble{plain, {0.0, 1.0}, y0}, ode::verner7{}, {.rtol = 1e-10});
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_NEAR(both.y[i][0], y0[i][0] * std::exp(-p[i][0]), 1e-8);
        EXPECT_NEAR(one.y[i][0], std::exp(-p[i][0]), 1e-8);
        EXPECT_NEAR(none.y[i][0], y0[i][0] * std::exp(-1.0), 1e-8);
    }
    auto const few = std::span{p}.first(2);
    EXPECT_EQ(poise_test::message_of<std::invalid_argument>([&] {
                  ode::ensemble{decay_of_rate{}, {0.0, 1.0}, y0, few};
              }),
              "ode::ensemble: 3 starts and 2 sets of parameters; give one for each");
}

TEST(EnsembleSolve, ChoosesBySelect) {
    // Falls, and from y = 1 down more slowly: f is continuous and has a kink there.
    auto const f = [](auto const&, auto const& y, auto& dydt) { dydt[0] = select(y[0] > 1.0, -1.0, -y[0]); };
    ode::ensemble const e{
        f, {0.0, 4.0}, 30, [](std::size_t i) { return ode::start{{1.0 + 0.1 * static_cast<double>(i)}}; }};
    auto const result = ode::solve(e, ode::tsitouras5{}, {.rtol = 1e-8, .atol = 1e-8});
    for (std::size_t i = 0; i < 30; ++i) {
        double const until_one = 0.1 * static_cast<double>(i);
        EXPECT_NEAR(result.y[i][0], std::exp(until_one - 4.0), 1e-6);
    }
}

TEST(EnsembleSolve, WeighsEveryComponentByItsOwnTolerance) {
    auto const two = [](auto const& t, auto const& y, auto& dydt) { dydt = {-y[0], 50.0 * cos(50.0 * t)}; };
    ode::ensemble const e{two, {0.0, 5.0}, 20, [](std::size_t) { return ode::start{{1.0, 0.0}}; }};
    auto const all = ode::solve(e, ode::tsitouras5{}, {.rtol = 0.0, .atol = 1e-8});
    auto const loose = ode::solve(e, ode::tsitouras5{}, {.rtol = 0.0, .atol = {1e-8, 1e-1}});
    EXPECT_LT(2 * loose.report.statistics.n_steps, all.report.statistics.n_steps);
    EXPECT_NEAR(loose.y[3][0], std::exp(-5.0), 1e-5);
    EXPECT_NEAR(all.y[19][1], std::sin(250.0), 1e-5);
}

TEST(EnsembleSolve, KeepsStepsWithinTheLargest) {
    decay_ensemble const e{{}, {0.0, 3.0}, 20, rate};
    auto const result = ode::solve(e, ode::tsitouras5{}, {.rtol = 1e-2, .largest_step = 0.05});
    for (auto const& each : result.trajectories) EXPECT_GE(each.statistics.n_steps, 60u);
    auto const first = ode::solve(e, ode::tsitouras5{}, {.first_step = 3.0});
    EXPECT_GT(first.report.statistics.n_rejected, 0u);
}

TEST(EnsembleSolve, GivesTrajectoriesToTheSinkInTheirOrder) {
    for (auto const order : {ode::sink_order::by_number, ode::sink_order::as_they_end})
        for (auto const keep : {ode::keep_saved::all, ode::keep_saved::none})
            for (int const threads : {1, 2, 7}) {
                constexpr std::size_t n = 5000;
                std::vector<std::size_t> numbers;
                std::atomic<int> n_inside{0};
                double sum = 0.0;
                decay_ensemble const e{{}, {0.0, 1.0}, n, [](std::size_t i) {
                                           return ode::start<1, 1>{{1.0}, {0.001 * static_cast<double>(i)}};
                                       }};
                auto const sink = [&](ode::trajectory<1> const& each) {
                    EXPECT_EQ(++n_inside, 1);
                    numbers.push_back(each.number);
                    EXPECT_EQ(each.saved.size(), 2u);
                    double const p = 0.001 * static_cast<double>(each.number);
                    EXPECT_NEAR(each.saved[0][0], std::exp(-0.5 * p), 1e-5);
                    EXPECT_EQ(each.saved[1], each.y);
                    EXPECT_TRUE(each.report);
                    sum += each.y[0];
                    --n_inside;
                };
                ode::ensemble_options<1> options{.save_at = {0.5, 1.0}, .keep = keep, .order = order};
                options.sink = sink;
                auto const result = with_threads(threads, [&] { return ode::solve(e, ode::tsitouras5{}, options); });
                EXPECT_EQ(result.saved.size(), keep == ode::keep_saved::all ? 2 * n : 0u);
                ASSERT_EQ(numbers.size(), n);
                if (order == ode::sink_order::as_they_end) std::ranges::sort(numbers);
                for (std::size_t i = 0; i < n; ++i) ASSERT_EQ(numbers[i], i);
                EXPECT_NEAR(result.distribution.mean(1, 0), sum / n, 1e-12);
            }
}

TEST(EnsembleSolve, LetsExceptionsOut) {
    for (int const threads : {1, 2, 7}) {
        std::size_t n_given = 0;
        decay_ensemble const e{{}, {0.0, 1.0}, 3000, rate};
        ode::ensemble_options<1> options;
        options.sink = [&](ode::trajectory<1> const& each) {
            if (each.number == 1234) throw std::domain_error{"mine"};
            ++n_given;
        };
        auto const run = [&](auto const& solve) {
            return with_threads(threads, [&] { return poise_test::message_of<std::domain_error>(solve); });
        };
        EXPECT_EQ(run([&] { (void)ode::solve(e, ode::tsitouras5{}, options); }), "mine");
        EXPECT_EQ(n_given, 1234u) << "nothing after it";
        decay_ensemble const bad_start{{}, {0.0, 1.0}, 3000, [](std::size_t i) {
                                           if (i == 2000) throw std::domain_error{"start"};
                                           return rate(i);
                                       }};
        EXPECT_EQ(run([&] { (void)ode::solve(bad_start, ode::tsitouras5{}); }), "start");
        std::atomic<int> n_calls{0};
        auto const thrower = [&](auto const& t, auto const& y, auto& dydt, auto const& p) {
            if (++n_calls == 1000) throw std::domain_error{"f"};
            decay_of_rate{}(t, y, dydt, p);
        };
        EXPECT_EQ(run([&] {
                      (void)ode::solve(ode::ensemble{thrower, {0.0, 1.0}, 3000, rate}, ode::tsitouras5{});
                  }),
                  "f");
    }
}

TEST(EnsembleSolve, HasTheSameStatisticsOnAnyNumberOfThreads) {
    constexpr std::size_t n = 3000;
    lorenz_ensemble const e{{}, {0.0, 2.0}, n, rho};
    ode::ensemble_options<3> const options{.save_at = {0.5, 2.0},
                                           .keep = ode::keep_saved::none,
                                           .histograms = {{.component = 2, .lower = 0.0, .upper = 40.0}}};
    auto const alone = with_threads(1, [&] { return ode::solve(e, ode::tsitouras5{}, options); });
    for (int const threads : {2, 7}) {
        auto const many = with_threads(threads, [&] { return ode::solve(e, ode::tsitouras5{}, options); });
        for (std::size_t time = 0; time < 2; ++time)
            for (std::size_t d = 0; d < 3; ++d) {
                EXPECT_EQ(many.distribution.mean(time, d), alone.distribution.mean(time, d));
                EXPECT_EQ(many.distribution.variance(time, d), alone.distribution.variance(time, d));
                EXPECT_EQ(many.distribution.min(time, d), alone.distribution.min(time, d));
                EXPECT_EQ(many.distribution.max(time, d), alone.distribution.max(time, d));
                EXPECT_EQ(many.distribution.histogram(time).counts, alone.distribution.histogram(time).counts);
            }
    }
    auto const kept = ode::solve(e, ode::tsitouras5{}, {.save_at = {0.5, 2.0}});
    double sum = 0.0, least = kept.y[0][1];
    std::size_t n_in_bin = 0;
    for (std::size_t i = 0; i < n; ++i) {
        sum += kept.saved_of(i)[0][2];
        least = std::min(least, kept.y[i][1]);
        n_in_bin += kept.saved_of(i)[0][2] >= 4.0 && kept.saved_of(i)[0][2] < 6.0 ? 1 : 0;
    }
    EXPECT_NEAR(alone.distribution.mean(0, 2), sum / n, 1e-12 * std::abs(sum / n));
    EXPECT_EQ(alone.distribution.min(1, 1), least);
    EXPECT_EQ(alone.distribution.histogram(0).counts[2], n_in_bin);
    EXPECT_EQ(alone.distribution.times(), options.save_at);
}

TEST(EnsembleSolve, SolvesStiffProblemsOneByOne) {
    // Robertson's kinetics, with the fast reaction at several rates.
    auto const robertson = [](auto const&, auto const& y, auto& dydt, auto const& p) {
        auto const slow = 0.04 * y[0], back = 1e4 * y[1] * y[2], fast = p[0] * y[1] * y[1];
        dydt = {back - slow, slow - back - fast, fast};
    };
    ode::ensemble const e{
        robertson, {0.0, 1e4}, 50, [](std::size_t i) {
            return ode::start{{i == 13 ? not_a_number : 1.0, 0.0, 0.0}, {3e7 * (1.0 + 0.1 * static_cast<double>(i))}};
        }};
    auto const solved = [&] {
        return ode::solve(e, ode::rodas5p{},
                          {.rtol = 1e-6,
                           .atol = {1e-8, 1e-12, 1e-8},
                           .save_at = {0.0, 40.0},
                           .on_failure = ode::on_failure::return_report});
    };
    auto const result = with_threads(1, solved);
    EXPECT_EQ(result.report.n_failed, 1u);
    EXPECT_EQ(result.report.first_failed, 13u);
    EXPECT_EQ(result.report.n_lanes, 1u);
    EXPECT_GT(result.report.statistics.n_jacobians, 49u);
    EXPECT_NEAR(result.saved_of(0)[1][0], 0.7158271, 1e-5);  // Hairer & Wanner II, §IV.10
    for (std::size_t i = 0; i < e.size(); ++i) {
        if (i == 13) continue;
        EXPECT_NEAR(result.y[i][0] + result.y[i][1] + result.y[i][2], 1.0, 1e-8);
        EXPECT_EQ(result.saved_of(i)[0][0], 1.0);
    }
    auto const parallel = with_threads(2, solved);
    EXPECT_TRUE(is_same(parallel.y, result.y));
    EXPECT_EQ(parallel.distribution.mean(1, 0), result.distribution.mean(1, 0));
}

TEST(EnsembleSolve, SaysInOneLineWhatCameOfIt) {
    auto const text_of = [](ode::ensemble_report const& report) {
        std::ostringstream out;
        out << report;
        return out.str();
    };
    ode::ensemble_report report{.method = "Tsitouras 5(4)",
                                .instructions = "AVX2",
                                .n_lanes = 8,
                                .n_trajectories = 4096,
                                .statistics = {.n_steps = 123, .n_rejected = 4, .n_evaluations = 862},
                                .solve_s = 0.012};
    EXPECT_TRUE(report);
    EXPECT_NO_THROW(report.or_throw());
    EXPECT_EQ(text_of(report),
              "Tsitouras 5(4), 8 lanes of AVX2: 4096 trajectories reached the end: 123 steps, 4 rejected, "
              "862 evaluations, 12.00 ms");
    report.n_failed = 2;
    report.first_failed = 17;
    report.first_failure = {.reason = ode::stop_reason::step_too_small,
                            .t = 0.75,
                            .last_step = 1e-17,
                            .component = 2,
                            .component_value = 1e15};
    EXPECT_FALSE(report);
    EXPECT_EQ(text_of(report),
              "Tsitouras 5(4), 8 lanes of AVX2: 2 of 4096 trajectories failed, first number 17, which needs steps that "
              "are too "
              "small, t = 0.75, with a step of 1e-17, component 2, which is 1e+15: 123 steps, 4 rejected, 862 "
              "evaluations, 12.00 ms");
    report.first_failure.reason = ode::stop_reason::not_finite;
    report.n_lanes = 1;
    EXPECT_EQ(
        poise_test::message_of<poise::not_converged>([&] { report.or_throw(); }),
        "Tsitouras 5(4): 2 of 4096 trajectories failed, first number 17, which met a value that is not finite, t = "
        "0.75, "
        "component 2, which is 1e+15; look for a division by zero, a root or a logarithm of a negative number in f, or "
        "in its Jacobian; "
        "on_failure::return_report leaves what became of the others");
    report.first_failure.reason = ode::stop_reason::max_steps;
    EXPECT_NE(text_of(report).find("which stopped at max_steps, t = 0.75, with a step of 1e-17: 123"),
              std::string::npos);
}

TEST(EnsembleSolve, RefusesWhatNoProblemMayHave) {
    auto const refusal = [](ode::ensemble_options<1> const& options, ode::time_span t = {0.0, 1.0}) {
        std::atomic<int> n_calls{0};
        auto const f = [&](auto const&, auto const& y, auto& dydt, auto const&) { ++n_calls, dydt = y; };
        auto const message = poise_test::message_of<std::invalid_argument>([&] {
            (void)ode::solve(ode::ensemble{f, t, 10, rate}, ode::tsitouras5{}, options);
        });
        EXPECT_EQ(n_calls, 0) << "before f is asked for anything";
        return message;
    };
    EXPECT_EQ(refusal({.rtol = -1.0}), "ode: rtol is -1; give a finite number >= 0");
    EXPECT_EQ(refusal({.atol = {1e-9, 1e-9}}),
              "ode: atol has 2 numbers and the state 1; give one for all or one for each");
    EXPECT_EQ(refusal({.largest_step = not_a_number}), "ode: largest_step is nan; give a number > 0");
    EXPECT_EQ(refusal({.save_at = {0.5, 1.5}}), "ode: save_at has 1.5, which is not between 0 and 1");
    EXPECT_EQ(refusal({.save_at = {0.5, 0.2}}),
              "ode: save_at[1] is 0.2, before 0.5; sort it in the order of the integration");
    EXPECT_EQ(refusal({.histograms = {{.component = 1}}}), "ode: a histogram is of component 1 and states have 1");
    EXPECT_EQ(refusal({}, {0.0, not_a_number}),
              "ode: the span of time is from 0 to nan; both must be finite, and what lies between");
    for (auto const instructions : {ode::instruction_set::avx512, ode::instruction_set::avx2})
        if (!ode::is_available(instructions)) {
            EXPECT_EQ(refusal({.instructions = instructions}), std::string{"ode: this processor has no "} +
                                                                   ode::to_string(instructions) +
                                                                   "; take instruction_set::best");
        }
}

TEST(EnsembleSolve, IsSolvedOrSaidToBeTooHard) {
    // Tolerances below rounding.
    auto const tight =
        ode::solve(decay_ensemble{{}, {0.0, 1.0}, 20, rate}, ode::verner9{},
                   {.rtol = 1e-30, .atol = 0.0, .max_steps = 20'000, .on_failure = ode::on_failure::return_report});
    EXPECT_EQ(tight.report.n_failed, 20u) << tight.report;
    // Large and small numbers, side by side.
    decay_ensemble const scales{{}, {0.0, 1.0}, 5, [](std::size_t i) {
                                    std::array<double, 5> const y0{1e150, 1e-150, 1e300, 1e-300, 0.0};
                                    return ode::start<1, 1>{{y0[i]}, {1.0}};
                                }};
    auto const scaled = ode::solve(scales, ode::tsitouras5{}, {.rtol = 1e-8, .atol = 1e-320});
    for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(scaled.y[i][0] / scales.start(i).y0[0], std::exp(-1.0), 1e-6) << i;
    EXPECT_EQ(scaled.y[4][0], 0.0);
    // A long time that begins far from 0.
    auto const late = ode::solve(decay_ensemble{{}, {1e6, 1e6 + 1.0}, 9, rate}, ode::tsitouras5{}, {.rtol = 1e-8});
    EXPECT_NEAR(late.y[8][0], std::exp(-rate(8).p[0]), 1e-6);
}
