// SPDX-License-Identifier: MIT
// Timing a loop over a body: slices of it, long enough for the clock and short enough for the scheduler.
#pragma once

#include <poise/profile/body.hpp>
#include <poise/profile/compare.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace poise::profile::detail {

/// What the clock costs and how fine it is, measured at the first use. Thread-safe.
struct clock_properties {
    double cost_s = 0.0;        ///< of two readings with a call between them that does nothing
    double resolution_s = 0.0;  ///< the least difference that it shows
};
[[nodiscard]] clock_properties const& clock_of_slices();

/// Time of so many calls, the clock's own subtracted; always greater than 0, so that ratios exist.
[[nodiscard]] double seconds_of(loop const& body, std::uint64_t calls);

struct calibrated {
    std::uint64_t calls = 1;  ///< at least one
    double call_s = 0.0;      ///< about
};
/// The number of calls that fill slice_s, or 100 × the clock's resolution if that is longer. Runs the body once
/// for nothing, then by doubling until the number is known, then until warm_up_s have passed in all.
[[nodiscard]] calibrated calibrate(loop const& body, double slice_s, double warm_up_s);

/// How often the kernel has taken the processor away from this thread for another; 0 where it does not tell.
[[nodiscard]] std::uint64_t involuntary_switches() noexcept;

/// Throws std::invalid_argument for what measure() and compare() cannot work with.
void require_slice_options(double slice_s, double max_time_s, double warm_up_s, double confidence);

/// Median, interval, MAD and least of the slices. slices_s: not empty.
[[nodiscard]] measurement summary_of(std::string name, std::uint64_t calls, std::vector<double> slices_s,
                                     double confidence);

}  // namespace poise::profile::detail
