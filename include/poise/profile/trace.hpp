// SPDX-License-Identifier: MIT
// The timeline as a file.
#pragma once

#include <string>

namespace poise::profile {

/// Writes the timeline since enable() or the last reset() in Chrome's trace format, which ui.perfetto.dev opens: a row
/// per thread ("main", "worker 1", …), an event per scope with its category ("phase" or "task"), nested as the scopes
/// were; microseconds with three decimals since profiling was enabled. A scope still open ends at the moment of
/// writing. Each thread keeps its first options::trace_events_per_thread events; how many were dropped stands in
/// otherData.dropped_events. Without options::trace the file has no events.
/// The file is written whole or not at all: throws file_error when it cannot be.
void write_trace(std::string const& path);

}  // namespace poise::profile
