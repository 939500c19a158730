// SPDX-License-Identifier: MIT
// How long a call takes, and how sure that is.
#pragma once

#include <poise/profile/body.hpp>
#include <poise/profile/compare.hpp>

#include <concepts>
#include <cstddef>
#include <string>
#include <type_traits>

namespace poise::profile {

struct measure_options {
    std::string name = {};
    /// Length of a slice, of which one gives one time per call; at least 100 × the clock's resolution is taken.
    double slice_s = 2e-4;
    /// So many slices, or as many as fit into max_time_s, but as many as the interval needs: 6 for 95 %.
    std::size_t slices = 500;
    double max_time_s = 0.5;
    /// f is run for so long first.
    double warm_up_s = 0.01;
    double confidence = 0.95;
};

namespace detail {
[[nodiscard]] measurement measure_loop(loop const& calls, measure_options const& options);
}  // namespace detail

/// Seconds per call of f: median over slices, its interval, the median absolute deviation and the least.
/// f: anything that can be called without arguments; its result goes to keep(). A slice is as many calls as fill
/// slice_s, or one call where that takes longer, in a loop compiled where f's type is known. The cost of reading the
/// clock is subtracted; the loop's own, some 0.3 ns a call, is not. Median and interval do not mind slices in which the
/// thread was interrupted; the interval takes slices for independent, so where the machine drifts it is too narrow:
/// to find the faster of two, use compare().
/// Remembered for reports while profiling is on. Throws std::invalid_argument for options out of range; what f throws
/// comes through. Thread-safe where f is.
template <class F>
requires std::invocable<F&>
[[nodiscard]] measurement measure(F&& f, measure_options const& options = {}) {
    if constexpr (std::is_function_v<std::remove_reference_t<F>>) {
        auto* const pointer = &f;
        return detail::measure_loop(detail::loop_over(pointer), options);
    } else {
        return detail::measure_loop(detail::loop_over(f), options);
    }
}

}  // namespace poise::profile
