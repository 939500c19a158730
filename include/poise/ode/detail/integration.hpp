// SPDX-License-Identifier: MIT
// Private to ode: from the beginning of the span to its end.
#pragma once

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/ode/detail/event_search.hpp>
#include <poise/ode/detail/first_step.hpp>
#include <poise/ode/detail/input.hpp>
#include <poise/ode/detail/stepper_of.hpp>
#include <poise/ode/detail/structure.hpp>
#include <poise/ode/problem.hpp>
#include <poise/ode/solution.hpp>
#include <poise/ode/solve_options.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

namespace poise::ode::detail {

template <class Method, class F, class State>
class integration {
public:
    integration(problem<F, State> const& problem, solve_options<State> const& options)
        : problem_{problem},
          options_{options},
          structure_{known_structure()},
          stepper_{problem.f, problem.y0,
                   stepper_setup{weights(), needs_dense(), options.fixed_step > 0.0, structure_}},
          events_{options.events},
          t_{problem.t.begin},
          direction_{problem.t.end < problem.t.begin ? -1.0 : 1.0} {}

    [[nodiscard]] solution<State> run() {
        begin();
        auto const reason = t_ == problem_.t.end ? stop_reason::reached_end : go_on();
        finish(reason);
        return std::move(result_);
    }

private:
    using stepper = stepper_of<Method, F, State>;
    static constexpr double epsilon = std::numeric_limits<double>::epsilon();
    static constexpr double least_step = 1e-290;  // beside which 1/h is a number

    // Of the Jacobian, which small states and explicit methods do not ask for.
    [[nodiscard]] jacobian_structure known_structure() {
        require_input(problem_.t, numbers_of(problem_.y0), option_numbers{options_});
        bool const is_told = !std::holds_alternative<dense>(options_.jacobian);
        if constexpr (stepper::is_implicit && !is_small<State>) {
            if (!is_told || numbers_of(problem_.y0).empty()) return dense{};
            if (std::holds_alternative<matrix_free>(options_.jacobian)) {
                POISE_REQUIRE(!(gives_jacobian<F, State, jacobian_entries> || gives_jacobian<F, State>),
                              "ode: f comes with a Jacobian, and matrix_free asks for products alone; take "
                              "with_jacobian_product, or name a structure");
                return options_.jacobian;
            }
            structure_probe<F, State> probe{problem_.f, problem_.t.begin, problem_.y0};
            auto result = options_.jacobian;
            if (std::holds_alternative<detected>(result))
                result = probe.find();
            else
                probe.require(result, weights());
            statistics_.n_evaluations = probe.n_evaluations();
            return result;
        }
        return dense{};
    }
    [[nodiscard]] bool keeps_dense() const { return options_.keep == keep::dense && options_.save_at.empty(); }
    [[nodiscard]] bool needs_dense() const {
        return keeps_dense() || !options_.save_at.empty() || !options_.events.empty();
    }
    [[nodiscard]] double distance_to(double time) const { return (time - t_) * direction_; }

    void begin() {
        result_.y_first = problem_.y0;
        result_.t_last = t_;
        result_.dense.degree = stepper::degree;
        if (needs_dense()) polynomial_.resize((stepper::degree + 1) * stepper_.size());
        if (options_.save_at.empty()) {
            record(t_, problem_.y0);
        } else {
            result_.t.reserve(options_.save_at.size());
            result_.y.reserve(options_.save_at.size());
            save_states_at(t_, [&](double) -> State const& { return problem_.y0; });
        }
        stepper_.begin_at(pass_discontinuities() ? just_after(t_) : t_);
        POISE_REQUIRE(numbers_of(stepper_.slope()).size() == stepper_.size(), "ode: f gives ",
                      numbers_of(stepper_.slope()).size(), " numbers for a state of ", stepper_.size());
        events_.begin(t_, problem_.y0);
        h_ = first_step();
    }

    [[nodiscard]] double first_step() {
        double const span = std::abs(problem_.t.end - t_);
        if (options_.fixed_step > 0.0) return std::min(options_.fixed_step, span);
        double const most = std::min(options_.largest_step, span);
        if (options_.first_step > 0.0) return std::min(options_.first_step, most);
        return guess_first_step(stepper_, t_, direction_, most, weights(), Method::order);
    }
    [[nodiscard]] error_weights weights() const { return weights_of(options_.rtol, options_.atol); }

    // The next time that a step may not pass.
    [[nodiscard]] double next_stop() const {
        double stop = has_jump_ahead() ? options_.discontinuities[next_discontinuity_] : problem_.t.end;
        if (stepper_.ends_at_saved_times() && next_save_ < options_.save_at.size() &&
            (options_.save_at[next_save_] - stop) * direction_ < 0.0)
            stop = options_.save_at[next_save_];
        return stop;
    }
    [[nodiscard]] bool has_jump_ahead() const { return next_discontinuity_ < options_.discontinuities.size(); }
    [[nodiscard]] bool is_jump(double stop) const {
        return has_jump_ahead() && stop == options_.discontinuities[next_discontinuity_];
    }
    // Where f has jumped, whichever side its condition counts the place itself to.
    [[nodiscard]] double just_after(double time) const {
        return std::nextafter(time, direction_ * std::numeric_limits<double>::infinity());
    }
    // Whether one of them was just here.
    bool pass_discontinuities() {
        bool any = false;
        auto const& times = options_.discontinuities;
        while (next_discontinuity_ < times.size() &&
               (distance_to(times[next_discontinuity_]) <= 0.0 ||
                (problem_.t.end - times[next_discontinuity_]) * direction_ < 0.0)) {
            any |= times[next_discontinuity_] == t_;
            ++next_discontinuity_;
        }
        return any;
    }

    [[nodiscard]] stop_reason go_on() {
        for (;;) {
            if (auto const reason = step()) return *reason;
            if (t_ == problem_.t.end) return stop_reason::reached_end;
        }
    }

    // One that is accepted, with what comes of it; a reason to end.
    [[nodiscard]] std::optional<stop_reason> step() {
        double const stop = next_stop();
        for (;;) {
            if (statistics_.n_steps + statistics_.n_rejected >= options_.max_steps) return stop_reason::max_steps;
            double const left = distance_to(stop);
            // No step would be left that is not nearly nothing beside this one.
            bool const is_last = h_ * (1.0 + 1e-8) >= left;
            double const h = is_last ? left : h_;
            double const t_new = is_last ? stop : t_ + direction_ * h;
            if (!is_last && h <= std::max(least_step, 4.0 * epsilon * std::max(std::abs(t_), std::abs(t_new))))
                return why_rejected_;
            last_h_ = direction_ * h;
            double const square =
                stepper_.attempt(t_, t_new, is_last && is_jump(stop) ? std::nextafter(stop, t_) : t_new);
            if (options_.fixed_step > 0.0) {
                if (!std::isfinite(square)) return stepper_.failure();
                (void)stepper_.after_accepted(h, square);
                return accept(t_new);
            }
            if (square <= 1.0) {
                double const factor = stepper_.after_accepted(h, square);
                // A step that was cut to end at a stop says little of what the next one may be.
                h_ = std::min(is_last ? std::max(h_, h * factor) : h * factor, options_.largest_step);
                return accept(t_new);
            }
            ++statistics_.n_rejected;
            h_ = h * stepper_.after_rejected(h, square);
            why_rejected_ = std::isfinite(square) ? stop_reason::step_too_small : stepper_.failure();
            if (h_ <= 4.0 * epsilon * std::abs(t_) || h_ < std::numeric_limits<double>::min()) return why_rejected_;
        }
    }
    [[nodiscard]] std::optional<stop_reason> accept(double t_new) {
        ++statistics_.n_steps;
        why_rejected_ = stop_reason::step_too_small;
        if (keeps_dense() || !events_.empty() || has_to_save_before(t_new)) interpolate();
        auto const happened = events_.empty() ? std::nullopt : find_event(t_new);
        double const until = happened ? happened->t : t_new;
        if (!options_.save_at.empty())
            save_states_at(until, [&](double time) -> State const& { return state_in_step(time, t_new); });
        if (keeps_dense()) keep_polynomial(t_new);
        if (happened) return after(*happened, t_new);
        t_ = t_new;
        stepper_.accept();
        return arrive();
    }

    // At t_ with the state of the stepper.
    [[nodiscard]] std::optional<stop_reason> arrive() {
        bool const has_jumped = pass_discontinuities();
        if (has_jumped && t_ != problem_.t.end) stepper_.begin_at(just_after(t_));
        if (options_.save_at.empty() && options_.keep != keep::ends) record(t_, stepper_.y());
        if (options_.on_step && !options_.on_step(t_, stepper_.y())) return stop_reason::stopped;
        return std::nullopt;
    }

    void interpolate() {
        auto const n = stepper_.size();
        auto const y = numbers_of(stepper_.y());
        std::ranges::copy(y, polynomial_.begin());
        stepper_.interpolate(std::span{polynomial_}.subspan(n));
    }
    // Of the step that was tried last, which ends at t_new.
    [[nodiscard]] State const& state_in_step(double time, double t_new) {
        if (time == t_new) return stepper_.new_y();
        State& y = stepper_.work();
        evaluate_polynomial(polynomial_, stepper::degree, (time - t_) / (t_new - t_), numbers_of(y));
        return y;
    }
    void keep_polynomial(double t_new) {
        auto& dense = result_.dense;
        dense.begin.push_back(t_);
        dense.h.push_back(t_new - t_);
        dense.coefficients.insert(dense.coefficients.end(), polynomial_.begin(), polynomial_.end());
    }

    // The first one that ends the step before its end. Those that do not are recorded on the way.
    [[nodiscard]] std::optional<happening> find_event(double t_new) {
        auto const state_at = [&](double time) -> State const& { return state_in_step(time, t_new); };
        for (;;) {
            auto const found = events_.next(t_, t_new, state_at);
            if (!found) return std::nullopt;
            auto const& event = options_.events[found->number];
            result_.events.push_back({found->number, found->t, state_at(found->t)});
            if (event.then == after_event::stop || event.change) return found;
        }
    }
    [[nodiscard]] std::optional<stop_reason> after(happening const& found, double t_new) {
        auto const& event = options_.events[found.number];
        State y = state_in_step(found.t, t_new);
        t_ = found.t;
        if (event.change) event.change(t_, y);
        stepper_.set_state(y);
        stepper_.begin_at(t_);
        events_.begin_after(found, t_, stepper_.y());
        if (event.change) h_ = first_step();
        auto const reason = arrive();
        if (event.then == after_event::stop) return stop_reason::event;
        return reason;
    }

    [[nodiscard]] bool has_to_save_before(double time) const {
        return next_save_ < options_.save_at.size() && (options_.save_at[next_save_] - time) * direction_ < 0.0;
    }
    template <class StateAt>
    void save_states_at(double until, StateAt const& state_at) {
        auto const& times = options_.save_at;
        for (; next_save_ < times.size() && (times[next_save_] - until) * direction_ <= 0.0; ++next_save_)
            record(times[next_save_], state_at(times[next_save_]));
    }
    void record(double time, State const& y) {
        result_.t.push_back(time);
        result_.y.push_back(y);
    }

    void finish(stop_reason reason) {
        if (options_.save_at.empty() && result_.t.back() != t_) record(t_, stepper_.y());
        auto& report = result_.report;
        report.reason = reason;
        if constexpr (requires { stepper_.name(); })
            report.method = stepper_.name();
        else
            report.method = Method::name;
        report.t = t_;
        report.t_end = problem_.t.end;
        report.last_step = last_h_;
        if (!report && reason != stop_reason::max_steps) {
            report.component = stepper_.worst_component();
            report.component_value = numbers_of(stepper_.y())[report.component];
        }
        statistics_ += stepper_.counts();
        report.statistics = result_.statistics = statistics_;
        result_.t_last = t_;
    }

    problem<F, State> const& problem_;
    solve_options<State> const& options_;
    solution<State> result_;
    statistics statistics_;
    jacobian_structure structure_;
    stepper stepper_;
    event_search<State> events_;
    std::vector<double> polynomial_;
    double t_, direction_;
    double h_ = 0.0, last_h_ = 0.0;
    stop_reason why_rejected_ = stop_reason::step_too_small;
    std::size_t next_save_ = 0, next_discontinuity_ = 0;
};

}  // namespace poise::ode::detail
