// SPDX-License-Identifier: MIT
// Private to ode: many trajectories at a time, in lanes, each from its beginning to its end.
#pragma once

#include <poise/ode/detail/ensemble_delivery.hpp>
#include <poise/ode/detail/lane_controller.hpp>
#include <poise/ode/detail/lane_starts.hpp>
#include <poise/ode/detail/lane_stepper.hpp>
#include <poise/ode/lanes.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <limits>
#include <type_traits>
#include <utility>

namespace poise::ode::detail {

/// The work of one thread. As soon as a trajectory has ended, the next one has its lane; what is computed in a lane is
/// the same whoever is in the others. All memory is taken by the constructor.
template <class Method, class Ensemble, class Registers>
class lane_integration {
    static constexpr std::size_t N = Ensemble::n_components, P = Ensemble::n_parameters;
    using number = lanes<Registers>;
    using mask = typename number::mask;
    using function = std::remove_cvref_t<decltype(std::declval<Ensemble const&>().f())>;
    using stepper = lane_stepper<Method, function, Registers, N, P>;
    static constexpr unsigned all_lanes = static_cast<unsigned>((1ULL << Registers::n_lanes) - 1);

public:
    lane_integration(Ensemble const& ensemble, lane_limits<N> const& limits, ensemble_delivery& delivery)
        : limits_{limits},
          delivery_{delivery},
          starts_{ensemble, limits, delivery},
          stepper_{ensemble.f(), limits.rtol, limits.atol, !limits.save_at.empty()},
          controller_{std::min(Method::order, Method::embedded_order) + 1},
          t_{limits.end} {}

    POISE_ALWAYS_INLINE void run() {
        for (;;) {
            while (idle_ != 0 && starts_.gather()) {
                starts_.template prepare<Method>();
                fill();
            }
            if (idle_ != all_lanes)
                step();
            else if (!delivery_.wait())
                return;
        }
    }

private:
    static constexpr double epsilon = std::numeric_limits<double>::epsilon();

    struct place {
        lane_start start;
        std::size_t n_dense = 0;  ///< steps of which there was dense output
    };

    // An attempt in every lane, and what comes of it.
    POISE_ALWAYS_INLINE void step() {
        number const left = (limits_.end - t_) * limits_.direction;
        mask const is_last = h_ * (1.0 + 1e-8) >= left;
        tried_ = select(is_last, left, h_);
        t_new_ = select(is_last, number{limits_.end}, t_ + limits_.direction * tried_);
        // As ode::solve: a step that rounding would not see.
        mask const is_spent = n_steps_ + n_rejected_ >= limits_.max_steps;
        mask const is_stuck = (!is_last) & (tried_ <= 4.0 * epsilon * max(abs(t_), abs(t_new_)));
        number const h = t_new_ - t_;
        square_ = stepper_.attempt(t_, h, t_new_);
        mask accepted, failed = is_spent | is_stuck;
        if (limits_.fixed_step > 0.0) {
            accepted = isfinite(square_) & !failed;
            failed = failed | !isfinite(square_);
        } else {
            accepted = (square_ <= 1.0) & !failed;
            number const next = min(tried_ * controller_.after(tried_, square_, accepted), limits_.largest_step);
            failed = failed |
                     ((!accepted) & ((next <= 4.0 * epsilon * abs(t_)) | (next < std::numeric_limits<double>::min())));
            h_ = next;
        }
        if (!limits_.save_at.empty()) save(accepted, h);
        stepper_.accept(accepted);
        t_ = select(accepted, t_new_, t_);
        n_steps_ += select(accepted, 1.0, 0.0);
        n_rejected_ += select(accepted | is_spent | is_stuck, 0.0, 1.0);
        unsigned const ended = (failed | (accepted & (t_ == limits_.end))).bits() & ~idle_;
        if (ended != 0) end(ended, failed.bits(), is_spent.bits());
    }

    POISE_ALWAYS_INLINE void save(mask const& accepted, number const& h) {
        unsigned const passed = (accepted & ((t_new_ - next_save_) * limits_.direction >= 0.0)).bits() & ~idle_;
        if (passed == 0) return;
        stepper_.interpolate(t_, h, t_new_, polynomial_);
        for (unsigned rest = passed; rest != 0; rest &= rest - 1)
            save_lane(static_cast<std::size_t>(std::countr_zero(rest)));
    }
    // The states at all times of the step in that lane.
    POISE_NEVER_INLINE void save_lane(std::size_t lane) {
        auto& [start, n_dense] = places_[lane];
        double const t = t_[lane], t_new = t_new_[lane];
        ++n_dense;
        for (; start.n_saved < limits_.save_at.size(); ++start.n_saved) {
            double const time = limits_.save_at[start.n_saved];
            if ((time - t_new) * limits_.direction > 0.0) break;
            double const theta = (time - t) / (t_new - t);
            double* const row = start.saved_row(N);
            for (std::size_t d = 0; d < N; ++d)
                row[d] = time == t_new ? stepper_.new_y[d][lane] : value(d, lane, theta);
        }
        next_save_.set(lane, limits_.save_time(start.n_saved));
    }
    [[nodiscard]] double value(std::size_t d, std::size_t lane, double theta) const noexcept {
        double sum = polynomial_.back()[d][lane];
        for (std::size_t m = polynomial_.size() - 1; m-- > 0;) sum = sum * theta + polynomial_[m][d][lane];
        return sum;
    }

    POISE_NEVER_INLINE void end(unsigned ended, unsigned failed, unsigned spent) {
        for (; ended != 0; ended &= ended - 1) {
            auto const lane = static_cast<std::size_t>(std::countr_zero(ended));
            unsigned const bit = 1U << lane;
            idle_ |= bit;
            trajectory_report report;
            report.reason = (failed & bit) == 0  ? stop_reason::reached_end
                            : (spent & bit) != 0 ? stop_reason::max_steps
                            : is_finite_in(lane) ? stop_reason::step_too_small
                                                 : stop_reason::not_finite;
            describe(lane, report);
            std::array<double, N> y;
            for (std::size_t d = 0; d < N; ++d) y[d] = stepper_.y[d][lane];
            // A lane that has nothing to do takes steps of nothing at the end.
            t_.set(lane, limits_.end);
            h_.set(lane, 0.0);
            starts_.end(places_[lane].start, report, y);
        }
    }
    [[nodiscard]] bool is_finite_in(std::size_t lane) const noexcept {
        for (auto const& each : stepper_.new_y)
            if (!std::isfinite(each[lane])) return false;
        return std::isfinite(square_[lane]);
    }
    void describe(std::size_t lane, trajectory_report& report) const noexcept {
        report.t = t_[lane];
        auto const n_steps = static_cast<std::size_t>(n_steps_[lane]);
        auto const n_rejected = static_cast<std::size_t>(n_rejected_[lane]);
        std::size_t const n_attempts = n_steps + n_rejected;
        report.statistics = {.n_steps = n_steps, .n_rejected = n_rejected};
        report.statistics.n_evaluations = limits_.n_evaluations_before() + n_attempts * stepper::n_evaluations +
                                          places_[lane].n_dense * stepper::n_dense_evaluations;
        report.last_step = limits_.direction * tried_[lane];
        if (report.reason == stop_reason::reached_end || report.reason == stop_reason::max_steps) return;
        double largest = -1.0;
        for (std::size_t d = 0; d < N; ++d) {
            double const share = std::abs(stepper_.share[d][lane]);
            bool const is_finite = std::isfinite(share) && std::isfinite(stepper_.new_y[d][lane]);
            if (is_finite && share <= largest) continue;
            report.component = d;
            largest = share;
            if (!is_finite) break;
        }
        report.component_value = stepper_.y[report.component][lane];
    }

    // Trajectories that are prepared go into lanes that are idle.
    POISE_NEVER_INLINE void fill() {
        for (; idle_ != 0 && starts_.n_ready() > 0; idle_ &= idle_ - 1) {
            auto const lane = static_cast<std::size_t>(std::countr_zero(idle_));
            std::size_t const column = starts_.next();
            for (std::size_t d = 0; d < N; ++d) {
                stepper_.y[d].set(lane, starts_.y[d][column]);
                stepper_.slope[d].set(lane, starts_.slope[d][column]);
            }
            for (std::size_t i = 0; i < P; ++i) stepper_.p[i].set(lane, starts_.p[i][column]);
            t_.set(lane, limits_.begin);
            h_.set(lane, starts_.h[column]);
            n_steps_.set(lane, 0.0);
            n_rejected_.set(lane, 0.0);
            controller_.begin(lane);
            places_[lane] = {starts_.start(column)};
            next_save_.set(lane, limits_.save_time(places_[lane].start.n_saved));
        }
    }

    lane_limits<N> const& limits_;
    ensemble_delivery& delivery_;
    lane_starts<Ensemble, Registers> starts_;
    stepper stepper_;
    lane_controller<Registers> controller_;
    number t_, h_{0.0}, tried_{0.0}, t_new_{0.0}, square_{0.0}, n_steps_{0.0}, n_rejected_{0.0}, next_save_{0.0};
    typename stepper::polynomial polynomial_{};
    std::array<place, Registers::n_lanes> places_{};
    unsigned idle_ = all_lanes;
};

}  // namespace poise::ode::detail
