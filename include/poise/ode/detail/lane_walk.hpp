// SPDX-License-Identifier: MIT
// Private to ode: the way of trajectories, one in each lane, step by step: in the lanes of a processor and, with one
// lane to a thread, on GPUs.
#pragma once

#include <poise/ode/detail/lane_controller.hpp>
#include <poise/ode/detail/lane_stepper.hpp>
#include <poise/ode/lanes.hpp>

#include <array>
#include <cstddef>
#include <limits>

namespace poise::ode::detail {

/// What all trajectories have in common.
template <std::size_t N>
struct walk_limits {
    double begin, end, direction;
    double rtol;
    std::array<double, N> atol;
    double first_step, largest_step, fixed_step;
    double max_steps;

    [[nodiscard]] POISE_ALWAYS_INLINE double span() const noexcept { return (end - begin) * direction; }
    [[nodiscard]] POISE_ALWAYS_INLINE bool guesses_first_step() const noexcept {
        return !(fixed_step > 0.0) && !(first_step > 0.0);
    }
    [[nodiscard]] POISE_ALWAYS_INLINE std::size_t n_evaluations_before() const noexcept {
        return guesses_first_step() ? 2 : 1;
    }
    /// Where it is not guessed.
    [[nodiscard]] POISE_ALWAYS_INLINE double given_first_step() const noexcept {
        double const given = fixed_step > 0.0 ? fixed_step : first_step;
        double const most = fixed_step > 0.0 || largest_step > span() ? span() : largest_step;
        return given < most ? given : most;
    }
};

template <class Registers>
inline constexpr double epsilon_of = std::numeric_limits<typename Registers::real>::epsilon();

/// The slope at the beginning, and the first step.
/// Source: Hairer, Nørsett & Wanner (1993), Solving Ordinary Differential Equations I, §II.4.
template <class Method, class F, class Registers, std::size_t N, std::size_t P>
POISE_ALWAYS_INLINE void begin_lanes(F const& f, walk_limits<N> const& limits, std::array<lanes<Registers>, N> const& y,
                                     std::array<lanes<Registers>, P> const& p, std::array<lanes<Registers>, N>& slope,
                                     lanes<Registers>& h) {
    using number = lanes<Registers>;
    using state = std::array<number, N>;
    number const t{limits.begin};
    call_ensemble_function(f, t, y, slope, p);
    if (!limits.guesses_first_step()) {
        h = number{limits.given_first_step()};
        return;
    }
    auto const norm = [&](state const& v) POISE_INLINE_LAMBDA {
        number sum{0.0};
        for_each_component<N>([&](std::size_t d) POISE_INLINE_LAMBDA {
            number const share = v[d] / (limits.atol[d] + limits.rtol * abs(y[d]));
            sum += share * share;
        });
        return sqrt(sum * (1.0 / static_cast<double>(N)));
    };
    number const most{limits.largest_step < limits.span() ? limits.largest_step : limits.span()};
    number const d0 = norm(y), d1 = norm(slope);
    number const h0 = min(select((d0 < 1e-5) | (d1 < 1e-5), number{1e-6}, 0.01 * d0 / d1), most);
    state trial, change;
    for_each_component<N>([&](std::size_t d)
                              POISE_INLINE_LAMBDA { trial[d] = y[d] + limits.direction * h0 * slope[d]; });
    call_ensemble_function(f, t + limits.direction * h0, trial, change, p);
    for_each_component<N>([&](std::size_t d) POISE_INLINE_LAMBDA { change[d] = (change[d] - slope[d]) / h0; });
    number const largest = max(d1, norm(change));
    number const curved = quick_exp2(quick_log2(0.01 / min(max(largest, 1e-15), lane_range<Registers>::most)) *
                                     (1.0 / (Method::order + 1)));
    number const h1 = select(largest <= 1e-15, max(1e-6, 1e-3 * h0), curved);
    number const found = min(min(100.0 * h0, h1), most);
    h = select(isfinite(d1) & (h0 > 0.0), select(isfinite(largest), found, min(1e-3 * h0, most)),
               min(number{1e-6}, most));
    // Of floats these may be steps that rounding would not see.
    if constexpr (lane_range<Registers>::is_single) h = min(max(h, 8.0 * epsilon_of<Registers> * abs(t)), most);
}

/// From `t` on, by attempts of steps of which each lane accepts its own or does not.
template <class Method, class F, class Registers, std::size_t N, std::size_t P>
class lane_walk {
    using real = typename Registers::real;
    static constexpr double epsilon = epsilon_of<Registers>;
    static constexpr bool is_single = lane_range<Registers>::is_single;
    static constexpr double least = std::numeric_limits<real>::min();

public:
    using number = lanes<Registers>;
    using mask = typename number::mask;
    using stepper = lane_stepper<Method, F, Registers, N, P>;

    /// What came of an attempt.
    struct outcome {
        mask accepted;
        mask failed;  ///< and there is no further one
        mask spent;   ///< of those that failed: there was none, as the budget is used up
        mask stuck;   ///< the same, as rounding would not have seen it
    };

    POISE_ALWAYS_INLINE lane_walk(F const& f, walk_limits<N> const& limits, bool keeps_stages)
        : steps{f, limits.rtol, limits.atol, keeps_stages},
          t{limits.end},
          limits_{limits},
          controller_{(Method::order < Method::embedded_order ? Method::order : Method::embedded_order) + 1} {}

    /// The trajectory in a lane begins, where steps has its state and slope: h is its first step.
    void begin(std::size_t lane, double first_step) noexcept {
        t.set(lane, limits_.begin);
        h_.set(lane, first_step);
        n_steps.set(lane, 0.0);
        n_rejected.set(lane, 0.0);
        controller_.begin(lane);
    }
    /// All of them.
    POISE_ALWAYS_INLINE void begin(number const& first_step) noexcept {
        t = number{limits_.begin};
        h_ = first_step;
    }
    /// A lane that has nothing to do takes steps of nothing at the end.
    void rest(std::size_t lane) noexcept {
        t.set(lane, limits_.end);
        h_.set(lane, 0.0);
    }

    POISE_ALWAYS_INLINE outcome attempt() {
        outcome result;
        number const left = (limits_.end - t) * limits_.direction;
        number reach = h_ * (1.0 + 1e-8);
        if constexpr (is_single) reach += 4.0 * epsilon * max(abs(t), abs(number{limits_.end}));
        mask const is_last = reach >= left;
        tried = select(is_last, left, h_);
        t_new = select(is_last, number{limits_.end}, t + limits_.direction * tried);
        // The sum of a thousand floats is a tenth of a step off.
        if constexpr (is_single)
            if (limits_.fixed_step > 0.0)
                t_new = select(is_last, t_new, limits_.begin + limits_.direction * ((n_steps + 1.0) * h_));
        // As ode::solve: a step that rounding would not see.
        result.spent = n_steps + n_rejected >= limits_.max_steps;
        result.stuck = (!is_last) & (tried <= 4.0 * epsilon * max(abs(t), abs(t_new)));
        square = steps.attempt(t, t_new - t, t_new);
        result.failed = result.spent | result.stuck;
        if (limits_.fixed_step > 0.0) {
            result.accepted = isfinite(square) & !result.failed;
            result.failed = result.failed | !isfinite(square);
        } else {
            result.accepted = (square <= 1.0) & !result.failed;
            number const next = min(tried * controller_.after(tried, square, result.accepted), limits_.largest_step);
            result.failed = result.failed | ((!result.accepted) & ((next <= 4.0 * epsilon * abs(t)) | (next < least)));
            h_ = next;
        }
        return result;
    }
    /// Where the attempt was accepted, on from its end.
    POISE_ALWAYS_INLINE void advance(outcome const& of) {
        steps.accept(of.accepted);
        t = select(of.accepted, t_new, t);
        n_steps += select(of.accepted, 1.0, 0.0);
        n_rejected += select(of.accepted | of.spent | of.stuck, 0.0, 1.0);
    }

    stepper steps;
    number t;
    number tried{0.0}, t_new{0.0},
        square{0.0};  ///< of the attempt: its length, its end, its error as attempt() gives it
    number n_steps{0.0}, n_rejected{0.0};

private:
    walk_limits<N> const& limits_;
    lane_controller<Registers> controller_;
    number h_{0.0};
};

}  // namespace poise::ode::detail
