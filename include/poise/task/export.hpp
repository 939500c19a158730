// SPDX-License-Identifier: MIT
// Graphs and runs as text for other programs.
#pragma once

#include <poise/task/graph.hpp>
#include <poise/task/run.hpp>

#include <string>

namespace poise::task {

/// For Graphviz: `dot -Tsvg graph.dot`. A map is one node with its number of tasks, as they have the same inputs or one
/// each. O(tasks + edges).
[[nodiscard]] std::string to_dot(graph const& g);
/// As before, each node coloured by what came of it and with its time: of a map, the worst outcome and the sum.
[[nodiscard]] std::string to_dot(run const& r);

/// {"version":1,"tasks":[{"id":0,"name":"mesh","inputs":[],"level":0}, …]}; inputs are ids. O(tasks + edges).
/// Throws std::invalid_argument when the graph has a cycle.
[[nodiscard]] std::string to_json(graph const& g);
/// As before, with "state", "attempts", "message" where there is one, and of a run that was timed "ready_s", "start_s",
/// "end_s" and "worker", of one whose memory was measured "allocations", "allocated_bytes", "retained_bytes" and
/// "peak_bytes"; and "summary".
[[nodiscard]] std::string to_json(run const& r);

}  // namespace poise::task
