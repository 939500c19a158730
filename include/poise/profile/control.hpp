// SPDX-License-Identifier: MIT
// Profiling is off until it is asked for.
#pragma once

#include <poise/profile/scope.hpp>

#include <cstddef>

namespace poise::profile {

struct options {
    /// Count allocations, bytes and peak per scope; needs poise::allocation_hooks linked.
    bool memory = false;
    /// Keep an event per scope for write_trace().
    bool trace = true;
    /// The first events of each thread are kept, 24 bytes each; later ones are counted as dropped.
    std::size_t trace_events_per_thread = std::size_t{1} << 16;
};

/// Starts measuring. Called again, the new options take effect and what was measured stays.
/// POISE_PROFILE=1 in the environment does enable({.memory = true}) at start; any other value does nothing.
/// All functions of this header are thread-safe and may be called while scopes are open: a scope counts if profiling
/// was on when it was entered.
void enable(options const& chosen = {}) noexcept;

/// Stops measuring. What was measured stays, for report() and write_trace().
void disable() noexcept;

/// Forgets what was measured so far. A scope that is open counts from now on; its memory, if it is open on another
/// thread, from the moment that one enters or leaves a scope.
void reset() noexcept;

[[nodiscard]] inline bool enabled() noexcept { return (detail::load_modes() & detail::enabled_bit) != 0; }

}  // namespace poise::profile
