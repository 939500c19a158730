// SPDX-License-Identifier: MIT
// Integrates equations of motion by steps of one size.
#pragma once

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/core/reductions.hpp>
#include <poise/ode/detail/right_hand_side.hpp>
#include <poise/ode/report.hpp>
#include <poise/ode/second_order_problem.hpp>
#include <poise/ode/solve_options.hpp>
#include <poise/ode/state.hpp>
#include <poise/profile/scope.hpp>
#include <poise/profile/timer.hpp>

#include <cmath>
#include <cstddef>
#include <functional>
#include <span>
#include <utility>
#include <vector>

namespace poise::ode {

template <class State>
struct second_order_options {
    /// At most; of equal steps that end at t1. To be given: symplectic methods lose what they are for where steps
    /// change.
    double step = 0.0;
    /// Every how many steps a state is kept; 0: the first and the last alone. Those two are kept always.
    std::size_t keep_every = 1;
    /// Called after every step; false ends the integration, with the reason stopped. What it throws leaves it.
    std::function<bool(double t, State const& y, State const& v)> on_step = nullptr;
    ode::on_failure on_failure = on_failure::throw_exception;
};

template <class State>
struct second_order_solution {
    std::vector<double> t;
    std::vector<State> y, v;  ///< as many as t
    ode::statistics statistics;
    solve_report report;

    [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(report); }
};

namespace detail {

template <class State>
void add_scaled(double factor, State const& x, State& y) {
    auto const from = numbers_of(x);
    auto const to = numbers_of(y);
    for (std::size_t d = 0; d < to.size(); ++d) to[d] += factor * from[d];
}

template <class A, class State>
void require_motion(second_order_problem<A, State> const& problem, double step) {
    auto const& t = problem.t;
    POISE_REQUIRE(std::isfinite(t.begin) && std::isfinite(t.end) && std::isfinite(t.end - t.begin),
                  "ode: the span of time is from ", t.begin, " to ", t.end, "; both must be finite");
    auto const n = numbers_of(problem.y0).size();
    POISE_REQUIRE(numbers_of(problem.v0).size() == n, "ode: y0 has ", n, " numbers and v0 ",
                  numbers_of(problem.v0).size(), "; give as many");
    for (auto const* state : {&problem.y0, &problem.v0}) {
        auto const bad = first_not_finite(numbers_of(*state));
        POISE_REQUIRE(!bad, "ode: ", state == &problem.y0 ? "y0[" : "v0[", *bad, "] is ", numbers_of(*state)[*bad],
                      "; it must be finite");
    }
    POISE_REQUIRE(step > 0.0 && std::isfinite(step), "ode: step is ", step,
                  "; symplectic methods take steps of one size, give it");
    POISE_REQUIRE(std::abs(t.end - t.begin) / step < 1e15, "ode: a step of ", step, " takes ",
                  std::abs(t.end - t.begin) / step, " steps to the end; give a longer one");
}

}  // namespace detail

/// y and y' from t0 to t1, forwards or backwards, by stormer_verlet, kahan_li6 or kahan_li8 with steps of one size.
///   auto const orbit = ode::solve(kepler, ode::kahan_li6{}, {.step = 0.05});
/// a is asked within the span but for the substeps of compositions, which go up to a step beyond where they are. Throws
/// ode::not_converged where a state is not finite, unless options.on_failure says otherwise; std::invalid_argument for
/// a step that is not positive, and values or sizes that are wrong; what a and on_step throw. An empty span returns y0
/// and v0. With keep_every = 0 a step allocates nothing. Thread-safe where a is.
template <class A, state State, class Method>
[[nodiscard]] second_order_solution<State> solve(second_order_problem<A, State> const& problem, Method const&,
                                                 second_order_options<State> const& options) {
    profile::scope const timing{"ode::solve"};
    profile::timer const taken;
    detail::require_motion(problem, options.step);
    double const span = problem.t.end - problem.t.begin;
    // Rounding of the quotient alone does not ask for one more.
    auto const n_steps = static_cast<std::size_t>(std::ceil(std::abs(span) / options.step * (1.0 - 1e-12)));
    double const h = n_steps > 0 ? span / static_cast<double>(n_steps) : 0.0;
    second_order_solution<State> result;
    auto& report = result.report;
    State y = problem.y0, v = problem.v0, acceleration = problem.y0;
    auto const record = [&](double t) {
        result.t.push_back(t);
        result.y.push_back(y);
        result.v.push_back(v);
    };
    auto const accelerate = [&](double t) {
        ++result.statistics.n_evaluations;
        detail::call_right_hand_side(problem.a, t, std::as_const(y), acceleration);
    };
    record(problem.t.begin);
    report.reason = stop_reason::reached_end;
    double t = problem.t.begin;
    if (n_steps > 0) accelerate(t);
    for (std::size_t i = 1; i <= n_steps && report.reason == stop_reason::reached_end; ++i) {
        double at = t;
        for (double const part : Method::steps) {
            detail::add_scaled(0.5 * part * h, acceleration, v);
            detail::add_scaled(part * h, v, y);
            at += part * h;
            accelerate(at);
            detail::add_scaled(0.5 * part * h, acceleration, v);
        }
        t = i == n_steps ? problem.t.end : problem.t.begin + static_cast<double>(i) * h;
        ++result.statistics.n_steps;
        if (auto const bad = first_not_finite(numbers_of(v))) {
            report.reason = stop_reason::not_finite;
            report.component = *bad;
            report.component_value = numbers_of(v)[*bad];
        } else if (options.on_step && !options.on_step(t, std::as_const(y), std::as_const(v))) {
            report.reason = stop_reason::stopped;
        }
        bool const is_last = i == n_steps || report.reason != stop_reason::reached_end;
        if (is_last || (options.keep_every > 0 && i % options.keep_every == 0)) record(t);
    }
    report.method = Method::name;
    report.t = t;
    report.t_end = problem.t.end;
    report.last_step = h;
    report.statistics = result.statistics;
    report.solve_s = taken.seconds();
    if (options.on_failure == on_failure::throw_exception) report.or_throw();
    return result;
}

}  // namespace poise::ode
