// SPDX-License-Identifier: MIT
// Private to ode: trajectories one after the other, by methods that have no lanes.
#pragma once

#include <poise/ode/detail/lane_starts.hpp>
#include <poise/ode/detail/lane_stepper.hpp>
#include <poise/ode/jacobian.hpp>
#include <poise/ode/problem.hpp>
#include <poise/ode/solve.hpp>
#include <poise/ode/solve_options.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

namespace poise::ode::detail {

/// The work of one thread: ode::solve for each, with dual numbers for the Jacobian.
template <class Method, class Ensemble>
class one_by_one {
    static constexpr std::size_t N = Ensemble::n_components;
    using state = std::array<double, N>;

public:
    /// options: whose save_at has the end too, so that the last state is there.
    one_by_one(Ensemble const& ensemble, solve_options<state> const& options, ensemble_delivery& delivery)
        : ensemble_{ensemble}, options_{options}, delivery_{delivery} {}

    void run() {
        for (;;) {
            while (auto* const chunk = delivery_.take()) {
                for (std::size_t i = chunk->first; i < chunk->end; ++i) solve_one(i, *chunk);
                delivery_.complete(*chunk);
            }
            if (!delivery_.wait()) return;
        }
    }

private:
    void solve_one(std::size_t i, ensemble_delivery::chunk const& chunk) {
        constexpr double none = std::numeric_limits<double>::quiet_NaN();
        auto const& rows = delivery_.rows();
        auto const start = ensemble_.start(i);
        auto& report = rows.reports[i];
        double* const y = rows.y + i * N;
        double* const saved = chunk.saved + (i - chunk.first) * rows.n_times * N;
        std::fill_n(y, N, none);
        std::fill_n(saved, rows.n_times * N, none);
        auto const bad = std::ranges::find_if_not(start.y0, [](double x) { return std::isfinite(x); });
        if (bad != start.y0.end()) {
            report.t = ensemble_.t().begin;
            report.component = static_cast<std::size_t>(bad - start.y0.begin());
            report.component_value = *bad;
            return;
        }
        auto const f = [&](auto const& t, auto const& at, auto& dydt) {
            call_ensemble_function(ensemble_.f(), t, at, dydt, start.p);
        };
        auto const solution =
            ode::solve(problem<differentiable<decltype(f)>, state>{{f}, start.y0, ensemble_.t()}, Method{}, options_);
        describe(solution.report, report);
        report.n_saved = std::min(rows.n_times, solution.y.size());
        for (std::size_t s = 0; s < report.n_saved; ++s) std::ranges::copy(solution.y[s], saved + s * N);
        if (report) std::ranges::copy(solution.y.back(), y);
    }
    static void describe(solve_report const& from, trajectory_report& to) {
        to.reason = from.reason;
        to.t = from.t;
        to.statistics = from.statistics;
        to.last_step = from.last_step;
        to.component = from.component;
        to.component_value = from.component_value;
    }

    Ensemble const& ensemble_;
    solve_options<state> const& options_;
    ensemble_delivery& delivery_;
};

}  // namespace poise::ode::detail
