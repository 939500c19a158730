// SPDX-License-Identifier: MIT
// Profiling is off until it is asked for.
#pragma once

#include <poise/profile/scope.hpp>

#include <cstddef>
#include <string_view>

namespace poise::profile {

struct options {
    /// Count allocations, bytes and peak per scope; needs poise::allocation_hooks linked.
    bool memory = false;
    /// Keep an event per scope that is timed, for write_trace() and the timeline of write_html().
    bool trace = true;
    /// How scopes are recorded that do not say so themselves: counted, sampled, timed or precise.
    mode scopes = mode::timed;
    /// A scope whose own cost on a thread comes to more than this share of the time measured so far is demoted there:
    /// from then on one of 16 calls is timed. The report names it. 1 or more: none is. Looked at every 1024 calls, from
    /// 65536 on. Scopes that state a mode are left alone.
    double overhead_budget = 0.02;
    /// The first events of each thread are kept, 24 bytes each; later ones are counted as dropped.
    std::size_t trace_events_per_thread = std::size_t{1} << 16;
};

/// Starts measuring. Called again, the new options take effect, demoted scopes are timed anew under the new budget, and
/// what was measured stays. The first call measures
/// what a scope costs, which takes 0.1 ms. Throws std::invalid_argument for a mode that cannot be a program's, and for
/// a budget that is negative or not a number. POISE_PROFILE=1 in the environment does enable({.memory = true}) at
/// start; any other value does nothing. All functions of this header are thread-safe and may be called while scopes are
/// open: a scope counts if profiling was on when it was entered.
void enable(options const& chosen = {});

/// Stops measuring. What was measured stays, for report() and write_trace().
void disable() noexcept;

/// Forgets what was measured so far. A scope that is open counts from now on; its memory, if it is open on another
/// thread, from the moment that one enters or leaves a scope.
void reset() noexcept;

/// How scopes of that name are recorded, whatever they or the program say, from the next call on; mode::automatic
/// leaves it to them again. For scopes that exist and for those to come. Up to 64 names of at most 255 bytes; throws
/// std::invalid_argument for an empty or a longer name, and for a 65th.
void set_mode(std::string_view name, mode how);

[[nodiscard]] inline bool enabled() noexcept { return (detail::load_modes() & detail::enabled_bit) != 0; }

}  // namespace poise::profile
