// SPDX-License-Identifier: MIT
// Private to src/pde: one step after the other, of a size that fits.
#pragma once

#include "pde/evolving.hpp"

#include <poise/ode/detail/step_controller.hpp>
#include <poise/ode/report.hpp>
#include <poise/pde/evolution.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>

namespace poise::pde::detail {

enum class step_outcome {
    done,
    not_finite,
    not_solved,  ///< linear systems within it
    too_long,    ///< for what became faster within it
};

[[nodiscard]] inline double root_mean_square(std::span<double const> u) {
    return u.empty() ? 0.0 : norm2(u) / std::sqrt(static_cast<double>(u.size()));
}

/// In which u changes by about a part of itself that fits a method of that order: of a span so long, the sizes of u and
/// of its slope, and an error that is allowed.
[[nodiscard]] inline double first_step_of(double span, double size, double slope, double error, int order) {
    double const tolerance = std::clamp(error / std::max(size, 1e-300), 1e-12, 1.0);
    if (!(slope > 0.0) || !(size > 0.0)) return 1e-3 * span;
    return std::clamp(std::pow(tolerance, 1.0 / order) * size / slope, 1e-9 * span, span);
}

/// Steps forwards, with a size by the stepper's error or one that is given, through discontinuities, with states kept
/// where they are asked for. A stepper has
///   t(), first_step()
///   attempt(h, t_after, latest): a step to t_after, in which nothing is evaluated after `latest`; a step_outcome
///   error(): of it, ≤ 1 where it is to be accepted; order_of_error, growth_worth_it: less than that leaves h as it is
///   accept(t_after); restart(): evaluate anew at t()
///   put(state): u at t(), put_between(theta, at, state): within the step that was attempted, which ends at θ = 1
///   remedy(outcome): for people, of a step that was not done, or was and is too inaccurate however small; empty where
///   the reason says all
/// and may have
///   ends_at_saved_times, true: put_between() is asked for θ = 1 alone
///   limited(h): what of h is stable at t(), 0 where nothing is.
template <std::size_t D, class State, class Stepper>
class time_loop {
public:
    time_loop(ode::time_span const& t, evolution_options<D, State> const& options, Stepper& stepper,
              evolution<D, State>& result, State state)
        : span_{t},
          options_{options},
          stepper_{stepper},
          result_{result},
          saved_{t, options, result},
          state_{std::move(state)} {}

    /// Fills in the result but for what the stepper alone knows.
    void run() {
        auto& report = result_.report;
        report.t_end = span_.end;
        stepper_.put(state_);
        if (saved_.due(span_.begin) != nullptr) saved_.keep(span_.begin, state_);
        report.reason = take_steps();
        if (result_.t.empty() || result_.t.back() != stepper_.t()) {
            stepper_.put(state_);
            saved_.keep_last(stepper_.t(), state_);
        }
        report.t = stepper_.t();
    }

private:
    static constexpr int most_failures = 12;  // of attempts that come to nothing, one after the other
    static constexpr bool ends_at_saved_times = requires { requires Stepper::ends_at_saved_times; };

    struct planned_step {
        double h, t_after, latest;
        bool jumps;   // whether the step after it begins anew
        bool is_cut;  // by a time on the way
    };

    ode::stop_reason take_steps() {
        auto& report = result_.report;
        bool const is_fixed = options_.fixed_step > 0.0;
        double h = is_fixed ? options_.fixed_step : std::min(stepper_.first_step(), options_.largest_step);
        int failures = 0;
        skip_jumps();
        while (stepper_.t() != span_.end) {
            if (report.n_steps + report.n_rejected >= options_.max_steps) return ode::stop_reason::max_steps;
            if constexpr (requires { stepper_.limited(h); }) {
                h = stepper_.limited(h);
                if (!(h > 0.0)) return failure(step_outcome::too_long);
            }
            auto const step = plan(h);
            report.last_step = step.h;
            if (step.t_after == stepper_.t() || !(step.h > 0.0))
                return failure(failures > 0 ? step_outcome::not_finite : step_outcome::done);
            auto const outcome = stepper_.attempt(step.h, step.t_after, step.latest);
            if (outcome != step_outcome::done) {
                report.n_rejected += 1;
                bool const is_too_long = outcome == step_outcome::too_long;
                if (is_fixed || (!is_too_long && ++failures >= most_failures)) return failure(outcome);
                h = (is_too_long ? 0.7 : 0.2) * step.h;
                continue;
            }
            failures = 0;
            double const error = stepper_.error();
            if (!is_fixed && !(error <= 1.0)) {
                report.n_rejected += 1;
                h = step.h * controller_.after_rejected(error * error);
                continue;
            }
            if (!is_fixed) h = next_step(h, step, error);
            if (!take(step)) return ode::stop_reason::stopped;
        }
        return ode::stop_reason::reached_end;
    }

    // The last steps before a time that is to be met share what is left, so that none is tiny. Where their size is
    // given, nobody has asked whether what lies between their ends is worth anything: they end at saved times.
    planned_step plan(double h) {
        double const t = stepper_.t();
        bool const is_fixed = options_.fixed_step > 0.0;
        planned_step step{h, span_.end, span_.end, false, false};
        if (next_jump_ < options_.discontinuities.size()) {
            double const jump = options_.discontinuities[next_jump_];
            step = {h, jump, std::nextafter(jump, t), jump < span_.end, true};
        }
        if (is_fixed || ends_at_saved_times)
            if (double const* const due = saved_.due(step.t_after); due != nullptr && *due > t && *due < step.t_after)
                step = {h, *due, *due, false, true};
        double const left = step.t_after - t;
        if (h < left * (1.0 - 1e-9)) {
            if (!is_fixed && 2.0 * h > left) h = 0.5 * left;
            return {h, t + h, t + h, false, false};
        }
        step.h = left;
        return step;
    }

    // A step that hardly changes keeps its operators; one that was cut short says nothing against a longer one.
    double next_step(double wanted_before, planned_step const& step, double error) {
        double const factor = controller_.after_accepted(step.h, error * error);
        double const h = factor * step.h;
        if (step.h == wanted_before && factor >= 1.0 && factor < Stepper::growth_worth_it) return step.h;
        double const kept = !step.is_cut ? 0.0 : step.jumps ? 0.5 * wanted_before : wanted_before;
        return std::min(options_.largest_step, std::max(h, kept));
    }

    bool take(planned_step const& step) {
        double const t = stepper_.t();
        while (double const* due = saved_.due(step.t_after)) {
            double const at = *due;
            stepper_.put_between(std::min((at - t) / step.h, 1.0), at, state_);
            saved_.keep(at, state_);
        }
        stepper_.accept(step.t_after);
        auto& report = result_.report;
        report.n_steps += 1;
        report.largest_step = std::max(report.largest_step, step.h);
        bool const is_end = step.t_after == span_.end;
        if (is_end || options_.on_step) stepper_.put(state_);
        if (is_end) saved_.keep(step.t_after, state_);
        bool const goes_on = !options_.on_step || options_.on_step(step.t_after, state_);
        if (step.jumps) {
            ++next_jump_;
            if (goes_on) stepper_.restart();
        }
        return goes_on;
    }

    // A jump at the beginning is none: nothing was evaluated before it.
    void skip_jumps() {
        auto const& jumps = options_.discontinuities;
        while (next_jump_ < jumps.size() && jumps[next_jump_] <= span_.begin) ++next_jump_;
    }

    ode::stop_reason failure(step_outcome outcome) {
        result_.report.remedy = stepper_.remedy(outcome);
        return outcome == step_outcome::not_finite ? ode::stop_reason::not_finite : ode::stop_reason::step_too_small;
    }

    ode::time_span span_;
    evolution_options<D, State> const& options_;
    Stepper& stepper_;
    evolution<D, State>& result_;
    saved_states<D, State> saved_;
    State state_;
    ode::detail::step_controller controller_{Stepper::order_of_error};
    std::size_t next_jump_ = 0;
};

}  // namespace poise::pde::detail
