// SPDX-License-Identifier: MIT
// Private to ode: many trajectories at a time, in lanes, each from its beginning to its end.
#pragma once

#include <poise/ode/detail/ensemble_delivery.hpp>
#include <poise/ode/detail/lane_starts.hpp>
#include <poise/ode/detail/lane_walk.hpp>
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
    using walk = lane_walk<Method, function, Registers, N, P>;
    using stepper = typename walk::stepper;
    static constexpr unsigned all_lanes = static_cast<unsigned>((1ULL << Registers::n_lanes) - 1);

public:
    lane_integration(Ensemble const& ensemble, lane_limits<N> const& limits, ensemble_delivery& delivery)
        : limits_{limits},
          delivery_{delivery},
          starts_{ensemble, limits, delivery},
          walk_{ensemble.f(), limits, !limits.save_at.empty()} {}

    POISE_HOST_INLINE void run() {
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
    struct place {
        lane_start start;
        std::size_t n_dense = 0;  ///< steps of which there was dense output
    };

    // An attempt in every lane, and what comes of it.
    POISE_HOST_INLINE void step() {
        auto const outcome = walk_.attempt();
        if (!limits_.save_at.empty()) save(outcome.accepted);
        walk_.advance(outcome);
        unsigned const ended = (outcome.failed | (outcome.accepted & (walk_.t == limits_.end))).bits() & ~idle_;
        if (ended != 0) end(ended, outcome.failed.bits(), outcome.spent.bits());
    }

    POISE_HOST_INLINE void save(mask const& accepted) {
        unsigned const passed = (accepted & ((walk_.t_new - next_save_) * limits_.direction >= 0.0)).bits() & ~idle_;
        if (passed == 0) return;
        walk_.steps.interpolate(walk_.t, walk_.t_new - walk_.t, walk_.t_new, polynomial_);
        for (unsigned rest = passed; rest != 0; rest &= rest - 1)
            save_lane(static_cast<std::size_t>(std::countr_zero(rest)));
    }
    // The states at all times of the step in that lane.
    POISE_NEVER_INLINE void save_lane(std::size_t lane) {
        auto& [start, n_dense] = places_[lane];
        double const t = walk_.t[lane], t_new = walk_.t_new[lane];
        ++n_dense;
        for (; start.n_saved < limits_.save_at.size(); ++start.n_saved) {
            double const time = limits_.save_at[start.n_saved];
            if ((time - t_new) * limits_.direction > 0.0) break;
            double const theta = (time - t) / (t_new - t);
            double* const row = start.saved_row(N);
            for (std::size_t d = 0; d < N; ++d)
                row[d] = time == t_new ? walk_.steps.new_y[d][lane] : value(d, lane, theta);
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
            for (std::size_t d = 0; d < N; ++d) y[d] = walk_.steps.y[d][lane];
            walk_.rest(lane);
            starts_.end(places_[lane].start, report, y);
        }
    }
    [[nodiscard]] bool is_finite_in(std::size_t lane) const noexcept {
        for (auto const& each : walk_.steps.new_y)
            if (!std::isfinite(each[lane])) return false;
        return std::isfinite(walk_.square[lane]);
    }
    void describe(std::size_t lane, trajectory_report& report) const noexcept {
        report.t = walk_.t[lane];
        auto const n_steps = static_cast<std::size_t>(walk_.n_steps[lane]);
        auto const n_rejected = static_cast<std::size_t>(walk_.n_rejected[lane]);
        std::size_t const n_attempts = n_steps + n_rejected;
        report.statistics = {.n_steps = n_steps, .n_rejected = n_rejected};
        report.statistics.n_evaluations = limits_.n_evaluations_before() + n_attempts * stepper::n_evaluations +
                                          places_[lane].n_dense * stepper::n_dense_evaluations;
        report.last_step = limits_.direction * walk_.tried[lane];
        if (report.reason == stop_reason::reached_end || report.reason == stop_reason::max_steps) return;
        double largest = -1.0;
        for (std::size_t d = 0; d < N; ++d) {
            double const share = std::abs(walk_.steps.share[d][lane]);
            bool const is_finite = std::isfinite(share) && std::isfinite(walk_.steps.new_y[d][lane]);
            if (is_finite && share <= largest) continue;
            report.component = d;
            largest = share;
            if (!is_finite) break;
        }
        report.component_value = walk_.steps.y[report.component][lane];
    }

    // Trajectories that are prepared go into lanes that are idle.
    POISE_NEVER_INLINE void fill() {
        for (; idle_ != 0 && starts_.n_ready() > 0; idle_ &= idle_ - 1) {
            auto const lane = static_cast<std::size_t>(std::countr_zero(idle_));
            std::size_t const column = starts_.next();
            for (std::size_t d = 0; d < N; ++d) {
                walk_.steps.y[d].set(lane, starts_.y[d][column]);
                walk_.steps.slope[d].set(lane, starts_.slope[d][column]);
            }
            if constexpr (P > 0)
                for (std::size_t i = 0; i < P; ++i) walk_.steps.p[i].set(lane, starts_.p[i][column]);
            walk_.begin(lane, starts_.h[column]);
            places_[lane] = {starts_.start(column)};
            next_save_.set(lane, limits_.save_time(places_[lane].start.n_saved));
        }
    }

    lane_limits<N> const& limits_;
    ensemble_delivery& delivery_;
    lane_starts<Ensemble, Registers> starts_;
    walk walk_;
    number next_save_{0.0};
    typename stepper::polynomial polynomial_{};
    std::array<place, Registers::n_lanes> places_{};
    unsigned idle_ = all_lanes;
};

}  // namespace poise::ode::detail
