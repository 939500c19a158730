// SPDX-License-Identifier: MIT
// Private to ode: trajectories that are about to begin.
#pragma once

#include <poise/ode/detail/ensemble_delivery.hpp>
#include <poise/ode/detail/lane_walk.hpp>
#include <poise/ode/lanes.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace poise::ode::detail {

/// What all trajectories have in common, with the times at which states are saved.
template <std::size_t N>
struct lane_limits : walk_limits<N> {
    std::vector<double> const& save_at;

    /// Number i of save_at; behind the last there is none that any step comes to.
    [[nodiscard]] double save_time(std::size_t i) const noexcept {
        return i < save_at.size() ? save_at[i] : this->direction * std::numeric_limits<double>::infinity();
    }
};

/// A trajectory on its way.
struct lane_start {
    ensemble_delivery::chunk* chunk = nullptr;
    std::size_t number = 0;
    std::size_t n_saved = 0;
    std::size_t n_times = 0;

    /// Where the state at the next time of save_at goes.
    [[nodiscard]] double* saved_row(std::size_t n_components) const noexcept {
        return chunk->saved + ((number - chunk->first) * n_times + n_saved) * n_components;
    }
};

/// As many as there are lanes are prepared at a time, so that what a beginning costs is shared by all of them.
template <class Ensemble, class Registers>
class lane_starts {
    static constexpr std::size_t N = Ensemble::n_components, P = Ensemble::n_parameters;
    using number = lanes<Registers>;
    using state = std::array<number, N>;

public:
    lane_starts(Ensemble const& ensemble, lane_limits<N> const& limits, ensemble_delivery& delivery)
        : ensemble_{ensemble}, limits_{limits}, delivery_{delivery} {}

    [[nodiscard]] std::size_t n_ready() const noexcept { return n_gathered_ - n_used_; }
    /// The column of the next one.
    [[nodiscard]] std::size_t next() noexcept { return n_used_++; }
    [[nodiscard]] lane_start const& start(std::size_t column) const noexcept { return start_[column]; }

    /// Whether any are ready, after starts were asked for where there were none: if any were, they are to be prepared.
    [[nodiscard]] POISE_NEVER_INLINE bool gather() {
        if (n_ready() > 0) return true;
        n_gathered_ = n_used_ = 0;
        is_prepared_ = false;
        while (n_gathered_ < Registers::n_lanes) {
            if (chunk_ == nullptr || next_ == end_) {
                chunk_ = delivery_.take();
                if (chunk_ == nullptr) break;
                next_ = chunk_->first;
                end_ = chunk_->end;
            }
            take(next_++);
        }
        return n_gathered_ > 0;
    }

    /// Slopes and first steps of those that were gathered.
    template <class Method>
    POISE_HOST_INLINE void prepare() {
        if (is_prepared_) return;
        is_prepared_ = true;
        begin_lanes<Method>(ensemble_.f(), limits_, y, p, slope, h);
    }

    /// A trajectory is at its end: y there.
    void end(lane_start const& ended, trajectory_report& report, std::array<double, N> const& at_end) {
        constexpr double none = std::numeric_limits<double>::quiet_NaN();
        auto const& rows = delivery_.rows();
        report.n_saved = ended.n_saved;
        rows.reports[ended.number] = report;
        double* const row = rows.y + ended.number * N;
        for (std::size_t d = 0; d < N; ++d) row[d] = report ? at_end[d] : none;
        if (rows.n_times > 0) std::fill_n(ended.saved_row(N), (rows.n_times - ended.n_saved) * N, none);
        if (--ended.chunk->n_left == 0) delivery_.complete(*ended.chunk);
    }

    state y{}, slope{};
    std::array<number, P> p{};
    number h{0.0};

private:
    void take(std::size_t i) {
        auto const begin = ensemble_.start(i);
        lane_start& start = start_[n_gathered_];
        start = {chunk_, i, 0, limits_.save_at.size()};
        for (; start.n_saved < start.n_times && limits_.save_at[start.n_saved] == limits_.begin; ++start.n_saved)
            std::copy_n(begin.y0.data(), N, start.saved_row(N));
        auto const bad = std::ranges::find_if_not(begin.y0, [](double x) { return std::isfinite(x); });
        if (bad == begin.y0.end() && limits_.begin != limits_.end) {
            for (std::size_t d = 0; d < N; ++d) y[d].set(n_gathered_, begin.y0[d]);
            if constexpr (P > 0)
                for (std::size_t j = 0; j < P; ++j) p[j].set(n_gathered_, begin.p[j]);
            ++n_gathered_;
            return;
        }
        trajectory_report report;
        report.t = limits_.begin;
        if (bad == begin.y0.end()) {
            report.reason = stop_reason::reached_end;
        } else {
            start.n_saved = 0;
            report.component = static_cast<std::size_t>(bad - begin.y0.begin());
            report.component_value = *bad;
        }
        end(start, report, begin.y0);
    }

    Ensemble const& ensemble_;
    lane_limits<N> const& limits_;
    ensemble_delivery& delivery_;
    std::array<lane_start, Registers::n_lanes> start_;
    ensemble_delivery::chunk* chunk_ = nullptr;  // another one's already, once those from next_ to end_ have begun
    std::size_t next_ = 0, end_ = 0, n_gathered_ = 0, n_used_ = 0;
    bool is_prepared_ = false;
};

}  // namespace poise::ode::detail
