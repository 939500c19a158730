// SPDX-License-Identifier: MIT
// The timeline: what ran when, on which thread.
#pragma once

#include <poise/profile/snapshot.hpp>

#include <string>

namespace poise::profile {

/// The timeline since enable() or the last reset(): a row per thread, an event per timed scope, nested as the scopes
/// were on that thread; which task waited for which; the heap over time. A scope still open ends now. Each thread keeps
/// its first options::trace_events_per_thread events. Threads may go on meanwhile. Cost: some 100 ns per event.
[[nodiscard]] timeline take_timeline();

/// The timeline in Chrome's trace format, which ui.perfetto.dev opens: a row per thread ("main", "worker 1", …), an
/// event per scope with its category ("phase" or "task"), microseconds with three decimals since profiling was enabled;
/// an arrow from the end of a task to the beginning of each that waited for it; a counter for the heap. How many events
/// were dropped stands in otherData.dropped_events.
[[nodiscard]] std::string to_trace(timeline const& shown);

/// The file is written whole or not at all: throws file_error when it cannot be.
void write_trace(std::string const& path, timeline const& shown);
void write_trace(std::string const& path);

}  // namespace poise::profile
