// SPDX-License-Identifier: MIT
#include <poise/ode.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <numbers>
#include <stdexcept>
#include <vector>

using namespace poise;

namespace {

constexpr double pi = std::numbers::pi;
using pair = std::array<double, 2>;
auto const turn = [](double, pair const& y, pair& dydt) { dydt = {y[1], -y[0]}; };
// y = sin t.
ode::problem const wave{turn, pair{0.0, 1.0}, {0.0, 20.0}};
ode::event<pair> when_zero(ode::crossing crossing = ode::crossing::any) {
    return {.g = [](double, pair const& y) { return y[0]; }, .crossing = crossing};
}
ode::solve_options<pair> with(std::vector<ode::event<pair>> events) {
    return {.rtol = 1e-10, .atol = 1e-10, .events = std::move(events)};
}
std::vector<double> times_of(ode::solution<pair> const& solution, std::size_t number = 0) {
    std::vector<double> times;
    for (auto const& record : solution.events)
        if (record.number == number) times.push_back(record.t);
    return times;
}
void expect_times(std::vector<double> const& found, std::vector<double> const& expected, double tolerance = 1e-8) {
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], tolerance) << i;
}

// Under gravity, from a height of 10.

auto const falling = [](double, pair const& y, pair& dydt) {
    dydt[0] = y[1];
    dydt[1] = -9.81;
};
ode::problem const ball{falling, pair{10.0, 0.0}, {0.0, 8.0}};
ode::event<pair> bounce(double kept) {
    return {.g = [](double, pair const& y) { return y[0]; },
            .crossing = ode::crossing::falling,
            .change =
                [kept](double, pair& y) {
                    y = {0.0, -kept * y[1]};
                }};
}

}  // namespace

TEST(Event, IsFoundToRoundingInEitherDirection) {
    expect_times(times_of(ode::solve(wave, ode::verner7{}, with({when_zero()}))),
                 {pi, 2 * pi, 3 * pi, 4 * pi, 5 * pi, 6 * pi});
    expect_times(times_of(ode::solve(wave, ode::verner7{}, with({when_zero(ode::crossing::falling)}))),
                 {pi, 3 * pi, 5 * pi});
    expect_times(times_of(ode::solve(wave, ode::verner7{}, with({when_zero(ode::crossing::rising)}))),
                 {2 * pi, 4 * pi, 6 * pi});
    // Of a function of t alone it is the first number from the root on.
    ode::event<pair> const at_three{.g = [](double t, pair const&) { return t - 3.0; }};
    EXPECT_EQ(times_of(ode::solve(wave, ode::verner7{}, with({at_three}))), std::vector<double>{3.0});
}

TEST(Event, WorksBackwards) {
    ode::problem const back{turn, pair{0.0, 1.0}, {0.0, -7.0}};
    expect_times(times_of(ode::solve(back, ode::dop853{}, with({when_zero()}))), {-pi, -2 * pi});
    // sin t goes from 0 to negative there and back: at -π it rises as the integration goes.
    expect_times(times_of(ode::solve(back, ode::dop853{}, with({when_zero(ode::crossing::rising)}))), {-pi});
}

TEST(Event, ThatIsZeroAtTheBeginningDoesNotCount) {
    EXPECT_EQ(wave.y0[0], 0.0);
    ode::problem const brief{turn, pair{0.0, 1.0}, {0.0, 3.0}};
    EXPECT_TRUE(ode::solve(brief, ode::tsitouras5{}, with({when_zero()})).events.empty());
}

TEST(Event, EndsTheIntegration) {
    auto stop = when_zero();
    stop.then = ode::after_event::stop;
    auto const solution = ode::solve(wave, ode::tsitouras5{}, with({stop}));
    EXPECT_TRUE(solution) << solution.report;
    EXPECT_EQ(solution.report.reason, ode::stop_reason::event);
    EXPECT_NEAR(solution.t.back(), pi, 1e-8);
    EXPECT_EQ(solution.t.back(), solution.events.back().t);
    EXPECT_NEAR(solution.y.back()[1], -1.0, 1e-8);
    EXPECT_NEAR(solution(3.0)[0], std::sin(3.0), 1e-7);
    EXPECT_THROW((void)solution(3.2), std::invalid_argument) << "beyond the event";
}

TEST(Event, MayBeAtTheEndOfTheSpan) {
    ode::event<pair> const last{.g = [](double t, pair const&) { return t - 20.0; }};
    expect_times(times_of(ode::solve(wave, ode::tsitouras5{}, with({last}))), {20.0}, 0.0);
}

TEST(Event, ChangesTheState) {
    auto const solution = ode::solve(ball, ode::tsitouras5{}, with({bounce(0.9)}));
    double const first = std::sqrt(20.0 / 9.81);
    // Between bounces: 0.9ⁿ of what two falls take.
    std::vector<double> expected{first};
    for (double flight = 2.0 * first * 0.9; expected.back() + flight < 8.0; flight *= 0.9)
        expected.push_back(expected.back() + flight);
    expect_times(times_of(solution), expected, 1e-9);
    double const v = -solution.events.front().y[1];
    EXPECT_NEAR(v, 9.81 * first, 1e-9) << "before it was changed";
    EXPECT_NEAR(solution(first + 0.1)[1], 0.9 * v - 0.981, 1e-7);
    EXPECT_NEAR(solution(first - 0.1)[1], -v + 0.981, 1e-7);
    for (auto const& y : solution.y) EXPECT_GT(y[0], -1e-9) << "never below the ground";
}

TEST(Event, BouncesUntilTheBudgetIsSpentWhereBouncesAccumulate) {
    // 0.5 loses so much that all bounces are before t = 4.3: infinitely many.
    auto options = with({bounce(0.5)});
    options.max_steps = 2000;
    options.on_failure = ode::on_failure::return_report;
    auto const solution = ode::solve(ball, ode::tsitouras5{}, options);
    EXPECT_FALSE(solution);
    EXPECT_GT(solution.events.size(), 20u);
    EXPECT_NEAR(solution.t.back(), 3.0 * std::sqrt(20.0 / 9.81), 1e-6);
}

TEST(Event, SeveralInAStepAreFoundInTheirOrder) {
    // A straight line is one long step of any method.
    auto const line = [](double, double) { return 1.0; };
    ode::problem const straight{line, 0.0, {0.0, 1.0}};
    std::vector<double> const places{0.9, 0.2, 0.55, 0.2};
    ode::solve_options<double> options{.first_step = 1.0};
    for (double const place : places)
        options.events.push_back({.g = [place](double, double const& y) { return y - place; }});
    auto const solution = ode::solve(straight, ode::dormand_prince5{}, options);
    EXPECT_EQ(solution.statistics.n_steps, 1u);
    ASSERT_EQ(solution.events.size(), 4u);
    std::vector<std::size_t> order;
    for (auto const& record : solution.events) order.push_back(record.number);
    EXPECT_EQ(order, (std::vector<std::size_t>{1, 3, 2, 0})) << "the first in the list before another at the same time";
}

TEST(Event, TwoOfOneFunctionInAStepAreSeenBySamples) {
    auto const line = [](double, double) { return 1.0; };
    ode::problem const straight{line, 0.0, {0.0, 1.0}};
    auto const hump = [](double, double const& y) { return (y - 0.30) * (y - 0.45); };
    auto const found = [&](int n_samples) {
        return ode::solve(straight, ode::dormand_prince5{},
                          {.first_step = 1.0, .events = {{.g = hump, .n_samples = n_samples}}})
            .events.size();
    };
    EXPECT_EQ(found(8), 2u);
    EXPECT_EQ(found(1), 0u) << "they cancel between the ends of the step";
}

TEST(Event, SavesStatesUpToItAndBeyond) {
    auto options = with({bounce(0.9)});
    options.save_at = {0.5, 1.4, 1.5, 3.0};
    auto const solution = ode::solve(ball, ode::verner7{}, options);
    ASSERT_EQ(solution.t, options.save_at);
    EXPECT_NEAR(solution.y[0][0], 10.0 - 0.5 * 9.81 * 0.25, 1e-8);
    EXPECT_NEAR(solution.y[1][0], 10.0 - 0.5 * 9.81 * 1.96, 1e-8);
    EXPECT_GT(solution.y[2][1], 0.0) << "after the bounce at 1.43";
}

TEST(Event, LetsExceptionsOut) {
    ode::event<pair> const thrower{.g = [](double t, pair const&) -> double {
        if (t > 1.0) throw std::domain_error{"mine"};
        return 1.0;
    }};
    EXPECT_THROW((void)ode::solve(wave, ode::tsitouras5{}, with({thrower})), std::domain_error);
}

TEST(RootBetween, IsTheFirstNumberFromTheRootOn) {
    for (double const root : {0.1, 1.0 / 3.0, 0.999999, 1e-9}) {
        auto const f = [&](double x) { return std::pow(x - root, 3.0); };
        double const found = ode::detail::root_between(0.0, 1.0, -1, f);
        EXPECT_NEAR(found, root, 1e-5) << "of three roots in one place";
        auto const steep = [&](double x) { return std::expm1(50.0 * (x - root)); };
        EXPECT_NEAR(ode::detail::root_between(0.0, 1.0, -1, steep), root, 1e-15);
    }
    auto const jump = [](double x) { return x < 0.7 ? -1.0 : 1e9; };
    EXPECT_EQ(ode::detail::root_between(0.0, 1.0, -1, jump), 0.7);
    EXPECT_EQ(ode::detail::root_between(1.0, 0.0, 1, jump), std::nextafter(0.7, 0.0)) << "backwards";
}
