// SPDX-License-Identifier: MIT
// What ode::solve refuses, and with what words.
#include "ode/methods.hpp"
#include "support/message_of.hpp"

#include <poise/ode.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

using namespace poise;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN(),
                 infinity = std::numeric_limits<double>::infinity();
using state = std::array<double, 2>;

std::string refusal(ode::solve_options<state> const& options, state const& y0 = {1.0, 2.0},
                    ode::time_span t = {0.0, 1.0}) {
    bool was_asked = false;
    auto const f = [&](double, state const& y, state& dydt) {
        was_asked = true;
        dydt = y;
    };
    auto const message = poise_test::message_of<std::invalid_argument>([&] {
        (void)ode::solve(ode::problem{f, y0, t}, ode::tsitouras5{}, options);
    });
    EXPECT_FALSE(was_asked) << "before f is asked for anything: " << message;
    return message;
}

}  // namespace

TEST(OdeInput, IsRefusedWithTheValueAndWhatToDo) {
    EXPECT_EQ(refusal({.rtol = -1.0}), "ode: rtol is -1; give a finite number >= 0");
    EXPECT_EQ(refusal({.rtol = not_a_number}), "ode: rtol is nan; give a finite number >= 0");
    EXPECT_EQ(refusal({.atol = -1e-9}), "ode: atol of component 0 is -1e-09; give a finite number >= 0");
    EXPECT_EQ(refusal({.atol = {1e-9, infinity}}), "ode: atol of component 1 is inf; give a finite number >= 0");
    EXPECT_EQ(refusal({.atol = {1e-9, 1e-9, 1e-9}}),
              "ode: atol has 3 numbers and the state 2; give one for all or one for each");
    EXPECT_EQ(refusal({.rtol = 0.0, .atol = {1e-9, 0.0}}),
              "ode: rtol is 0, and atol of component 1 too; no step is without error");
    EXPECT_EQ(refusal({.first_step = -0.1}), "ode: first_step is -0.1; give a number > 0, or 0 for one that is found");
    EXPECT_EQ(refusal({.largest_step = 0.0}), "ode: largest_step is 0; give a number > 0");
    EXPECT_EQ(refusal({.largest_step = not_a_number}), "ode: largest_step is nan; give a number > 0");
    EXPECT_EQ(refusal({.fixed_step = infinity}),
              "ode: fixed_step is inf; give a number > 0, or 0 for steps by the tolerances");
    EXPECT_EQ(refusal({.save_at = {0.5, 0.2}}),
              "ode: save_at[1] is 0.2, before 0.5; sort it in the order of the integration");
    EXPECT_EQ(refusal({.save_at = {0.5, not_a_number}}), "ode: save_at[1] is nan; it must be finite");
    EXPECT_EQ(refusal({.save_at = {0.5, 1.5}}), "ode: save_at has 1.5, which is not between 0 and 1");
    EXPECT_EQ(refusal({.discontinuities = {0.5, 0.2}}),
              "ode: discontinuities[1] is 0.2, before 0.5; sort it in the order of the integration");
    ode::event<state> impossible;
    EXPECT_EQ(refusal({.events = {impossible}}), "ode: 1 of the events have no function g");
    impossible.g = [](double, state const&) { return 1.0; };
    impossible.n_samples = 0;
    EXPECT_EQ(refusal({.events = {impossible}}), "ode: n_samples of an event is 0; it takes at least 1");
    EXPECT_EQ(refusal({}, {1.0, not_a_number}), "ode: y0[1] is nan; it must be finite");
    EXPECT_EQ(refusal({}, {1.0, 2.0}, {0.0, infinity}),
              "ode: the span of time is from 0 to inf; both must be finite, and what lies between");
    EXPECT_EQ(refusal({}, {1.0, 2.0}, {-1e308, 1e308}),
              "ode: the span of time is from -1e+308 to 1e+308; both must be finite, and what lies between");
}

TEST(OdeInput, ThatIsHardIsSolvedOrSaidToBeTooHard) {
    auto const decay = [](double, double y) { return -y; };
    // Tolerances below rounding.
    auto const tight =
        ode::solve(ode::problem{decay, 1.0, {0.0, 1.0}}, ode::verner9{},
                   {.rtol = 1e-30, .atol = 0.0, .max_steps = 20'000, .on_failure = ode::on_failure::return_report});
    EXPECT_FALSE(tight) << tight.report;
    // Large and small numbers.
    for (double const scale : {1e150, 1e-150, 1e300, 1e-300}) {
        auto const solution =
            ode::solve(ode::problem{decay, scale, {0.0, 1.0}}, ode::tsitouras5{}, {.rtol = 1e-8, .atol = 0.0});
        EXPECT_NEAR(solution.y.back() / scale, std::exp(-1.0), 1e-6) << scale;
    }
    // A long time that begins far from 0.
    auto const late = ode::solve(ode::problem{decay, 1.0, {1e6, 1e6 + 1.0}}, ode::tsitouras5{}, {.rtol = 1e-8});
    EXPECT_NEAR(late.y.back(), std::exp(-1.0), 1e-6);
    // A state of nothing.
    auto const nothing = [](double, std::vector<double> const&, std::vector<double>&) {};
    EXPECT_TRUE(ode::solve(ode::problem{nothing, std::vector<double>{}, {0.0, 1.0}}, ode::tsitouras5{}));
}

TEST(OdeInput, SlopesOfAnotherSizeAreRefused) {
    auto const f = [](double, std::vector<double> const&, std::vector<double>& dydt) { dydt = {1.0}; };
    ode::problem const p{f, std::vector<double>(3), {0.0, 1.0}};
    EXPECT_THROW((void)ode::solve(p, ode::tsitouras5{}), std::invalid_argument);
    EXPECT_THROW((void)ode::solve(p, ode::bdf{}), std::invalid_argument);
}

TEST(OdeInput, AnEmptySpanHasASolutionAtItsOnlyTime) {
    auto const solution = ode::solve(ode::problem{[](double, double y) { return y; }, 3.0, {2.0, 2.0}}, ode::bdf{});
    EXPECT_EQ(solution(2.0), 3.0);
    EXPECT_THROW((void)solution(2.1), std::invalid_argument);
}

// Factors take one component's NaN on to all others.
TEST(HardInput, BlamesTheComponentThatIsNotFinite) {
    for (std::size_t const bad : {0u, 1u, 2u})
        for (double const from : {-1.0, 0.0, 0.5}) {
            auto const f = [bad, from](double t, auto const& y, auto& dydt) {
                for (std::size_t i = 0; i < 3; ++i)
                    dydt[i] = (i == 0 ? y[1] : 0.1 * y[0]) - (1.0 + static_cast<double>(i)) * y[i];
                if (t > from) dydt[bad] = std::numeric_limits<double>::quiet_NaN();
            };
            auto const expect_blame = [&](auto const& y0) {
                poise_test::for_each_implicit_method([&](auto method) {
                    auto const stopped = ode::solve(ode::problem{f, y0, {0.0, 1.0}}, method,
                                                    {.on_failure = ode::on_failure::return_report});
                    EXPECT_EQ(stopped.report.reason, ode::stop_reason::not_finite) << method.name;
                    EXPECT_EQ(stopped.report.component, bad) << method.name << ", from " << from;
                });
            };
            expect_blame(std::array{1.0, 2.0, 3.0});
            expect_blame(std::vector{1.0, 2.0, 3.0});
        }
}

TEST(HardInput, OfNothingIsNothing) {
    auto const f = [](double, std::vector<double> const&, std::vector<double>&) {};
    poise_test::for_each_implicit_method([&](auto method) {
        EXPECT_TRUE(ode::solve(ode::problem{f, std::vector<double>{}, {0.0, 1.0}}, method)) << method.name;
    });
}
