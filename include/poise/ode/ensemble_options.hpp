// SPDX-License-Identifier: MIT
// How an ensemble is integrated, and what is kept of it.
#pragma once

#include <poise/core/device.hpp>
#include <poise/ode/ensemble_report.hpp>
#include <poise/ode/ensemble_statistics.hpp>
#include <poise/ode/solve_options.hpp>

#include <array>
#include <cstddef>
#include <functional>
#include <limits>
#include <span>
#include <vector>

namespace poise::ode {

/// What is computed with. Results on different ones agree to rounding, on the same one to the bit.
enum class instruction_set {
    best,      ///< of those the processor has
    avx512,    ///< 16 trajectories at a time
    avx2,      ///< 8
    sse2,      ///< 4
    portable,  ///< 4, by no instructions in particular: what other processors and compilers have
};
[[nodiscard]] char const* to_string(instruction_set instructions) noexcept;
/// Whether this processor has them, and the compiler knew how to use them. best and portable are always there.
[[nodiscard]] bool is_available(instruction_set instructions) noexcept;

/// One trajectory that has ended, for as long as the sink looks at it.
template <std::size_t N>
struct trajectory {
    std::size_t number;
    std::array<double, N> const& y;                ///< at the end; NaN where it failed
    std::span<std::array<double, N> const> saved;  ///< at the times of save_at; NaN where it did not come
    trajectory_report const& report;
};

enum class sink_order {
    by_number,    ///< 0, 1, 2, …
    as_they_end,  ///< a few dozen neighbours at a time, in an order that differs from run to run
};

enum class keep_saved {
    all,
    none,  ///< the sink and the statistics see them, and then they are gone
};

/// A step is accepted as by ode::solve (solve_options), for every trajectory by itself.
template <std::size_t N>
struct ensemble_options {
    double rtol = 1e-6;
    component_tolerance atol = 1e-9;
    double first_step = 0.0;  ///< 0: found from f, its change and the tolerances
    double largest_step = std::numeric_limits<double>::infinity();
    /// Steps of this size, the last one excepted, whatever their error is; 0: as the tolerances say.
    double fixed_step = 0.0;
    std::size_t max_steps = 1'000'000;  ///< of each trajectory, accepted and rejected
    /// Times at which states are saved; in the order of the integration, within its span.
    std::vector<double> save_at = {};
    ode::keep_saved keep = keep_saved::all;
    /// Of what histograms are made, at the times of save_at, or at the end where there are none.
    std::vector<histogram_range> histograms = {};
    std::size_t threads = 0;  ///< at most task::available_threads(), which 0 stands for
    /// Called with every trajectory after its end, also with those that failed, on any thread and never on two at a
    /// time. What it throws ends the solve and leaves it.
    std::function<void(trajectory<N> const&)> sink = nullptr;
    sink_order order = sink_order::by_number;
    instruction_set instructions = instruction_set::best;
    ode::on_failure on_failure = on_failure::throw_exception;
    /// Of cuda::solve (<poise/cuda.hpp>): where trajectories are integrated. ode::solve takes the processor alone.
    poise::device device = {};
};

}  // namespace poise::ode
