// SPDX-License-Identifier: MIT
// Private to ode: an ensemble, over threads and lanes.
#pragma once

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/ode/detail/ensemble_delivery.hpp>
#include <poise/ode/detail/input.hpp>
#include <poise/ode/detail/lane_dispatch.hpp>
#include <poise/ode/detail/lane_integration.hpp>
#include <poise/ode/detail/one_by_one.hpp>
#include <poise/ode/detail/stepper_of.hpp>
#include <poise/ode/ensemble.hpp>
#include <poise/ode/ensemble_options.hpp>
#include <poise/ode/ensemble_solution.hpp>
#include <poise/task/parallel_for.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace poise::ode::detail {

template <class Method, class Ensemble>
class ensemble_run {
    static constexpr std::size_t N = Ensemble::n_components;
    static constexpr bool has_lanes = is_explicit_runge_kutta<Method>;
    using state = std::array<double, N>;
    using states = std::vector<state>;

public:
    ensemble_run(Ensemble const& ensemble, ensemble_options<N> const& options)
        : ensemble_{ensemble}, options_{options}, each_{options_of_each()} {
        require_input(ensemble.t(), state{}, option_numbers{each_});
        POISE_REQUIRE(is_available(options.instructions), "ode: this processor has no ",
                      to_string(options.instructions), "; take instruction_set::best");
        bool const is_at_end = options.save_at.empty();
        result_.distribution = {is_at_end ? std::vector{ensemble.t().end} : options.save_at, N, options.histograms};
        std::size_t const n = ensemble.size();
        result_.y.resize(n);
        result_.trajectories.resize(n);
        if (options.keep == keep_saved::all) result_.saved.resize(n * options.save_at.size());
    }

    [[nodiscard]] ensemble_solution<N> run() {
        std::size_t const available = task::available_threads();
        std::size_t const n_threads = options_.threads == 0 ? available : std::min(options_.threads, available);
        return run_by(n_threads, [&](ensemble_delivery& delivery) {
            if constexpr (has_lanes)
                run_in_lanes(delivery, n_threads);
            else
                run_one_by_one(delivery, n_threads);
        });
    }
    /// By work(delivery), which on so many threads takes all chunks and completes them.
    template <class Work>
    [[nodiscard]] ensemble_solution<N> run_by(std::size_t n_threads, Work const& work) {
        ensemble_delivery delivery{rows(), n_threads, result_.distribution, sink(), options_.order};
        auto& report = result_.report;
        report.method = Method::name;
        report.device = options_.device;
        work(delivery);
        sum_up(report);
        return std::move(result_);
    }
    [[nodiscard]] walk_limits<N> limits() const {
        auto const t = ensemble_.t();
        walk_limits<N> limits{.begin = t.begin,
                              .end = t.end,
                              .direction = t.end < t.begin ? -1.0 : 1.0,
                              .rtol = options_.rtol,
                              .atol = {},
                              .first_step = options_.first_step,
                              .largest_step = options_.largest_step,
                              .fixed_step = options_.fixed_step,
                              .max_steps = static_cast<double>(options_.max_steps)};
        auto const weights = weights_of(options_.rtol, options_.atol);
        for (std::size_t d = 0; d < N; ++d) limits.atol[d] = weights.atol_of(d);
        return limits;
    }
    [[nodiscard]] ensemble_report& report() noexcept { return result_.report; }

private:
    [[nodiscard]] solve_options<state> options_of_each() const {
        solve_options<state> each;
        each.rtol = options_.rtol;
        each.atol = options_.atol;
        each.first_step = options_.first_step;
        each.largest_step = options_.largest_step;
        each.fixed_step = options_.fixed_step;
        each.max_steps = options_.max_steps;
        each.keep = keep::ends;
        each.save_at = options_.save_at;
        each.on_failure = on_failure::return_report;
        return each;
    }
    // std::array<double, N> are N doubles, one beside the other.
    [[nodiscard]] ensemble_rows rows() {
        static_assert(sizeof(state) == N * sizeof(double));
        auto const numbers = [](states& of) { return of.empty() ? nullptr : of.front().data(); };
        return {.n = ensemble_.size(),
                .n_components = N,
                .n_times = options_.save_at.size(),
                .y = numbers(result_.y),
                .saved = numbers(result_.saved),
                .reports = result_.trajectories.data()};
    }
    [[nodiscard]] std::function<void(std::size_t, double const*)> sink() {
        if (!options_.sink) return nullptr;
        return [this](std::size_t i, double const* saved) {
            auto const* const first = reinterpret_cast<state const*>(saved);
            options_.sink({i, result_.y[i], {first, options_.save_at.size()}, result_.trajectories[i]});
        };
    }

    void run_in_lanes(ensemble_delivery& delivery, std::size_t n_threads) {
        lane_limits<N> const limits{this->limits(), options_.save_at};
        auto const instructions = chosen(options_.instructions);
        result_.report.instructions = to_string(instructions);
        with_registers(instructions, [&]<class Registers>(auto const& run_with) {
            result_.report.n_lanes = Registers::n_lanes;
            on_threads(delivery, n_threads, [&] {
                using integration = lane_integration<Method, Ensemble, Registers>;
                auto const work = std::make_unique<integration>(ensemble_, limits, delivery);
                run_with(*work);
            });
        });
    }
    void run_one_by_one(ensemble_delivery& delivery, std::size_t n_threads) {
        if (!each_.save_at.empty() && each_.save_at.back() != ensemble_.t().end)
            each_.save_at.push_back(ensemble_.t().end);
        on_threads(delivery, n_threads, [&] { one_by_one<Method, Ensemble>{ensemble_, each_, delivery}.run(); });
    }
    // Who comes when all has been given out finds nothing to do; what one throws ends the work of all.
    template <class Work>
    static void on_threads(ensemble_delivery& delivery, std::size_t n_threads, Work const& work) {
        task::parallel_for(n_threads, n_threads, [&](std::size_t first, std::size_t last) {
            try {
                for (; first < last; ++first) work();
            } catch (...) {
                delivery.stop();
                throw;
            }
        });
    }

    void sum_up(ensemble_report& report) const {
        report.n_trajectories = ensemble_.size();
        for (std::size_t i = 0; i < ensemble_.size(); ++i) {
            auto const& each = result_.trajectories[i];
            report.statistics += each.statistics;
            if (each) continue;
            if (report.n_failed++ > 0) continue;
            report.first_failed = i;
            report.first_failure = each;
        }
    }

    Ensemble const& ensemble_;
    ensemble_options<N> const& options_;
    solve_options<state> each_;
    ensemble_solution<N> result_;
};

}  // namespace poise::ode::detail
