// SPDX-License-Identifier: MIT
// What the profiler itself costs, and how far its clock is off: measured on the machine it runs on.
#pragma once

#include "profile/clock.hpp"

#include <poise/profile/scope.hpp>

namespace poise::profile::detail {

/// Of one scope of that mode, clock readings included: the quickest of many batches. About 0.1 ms.
[[nodiscard]] ticks measure_scope_cost(mode how) noexcept;

/// By how much a scope of some 100 ns reports too much; negative where it reports too little. Of the modes timed and
/// precise. About 1 ms, half a tick the finest step.
struct clock_bias {
    double timed = 0.0;  // ticks
    double precise = 0.0;
};
[[nodiscard]] clock_bias measure_clock_bias() noexcept;

}  // namespace poise::profile::detail
