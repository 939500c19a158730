// SPDX-License-Identifier: MIT
// Private to src/: work, span and the path that bounds a run.
#pragma once

#include "task/graph_state.hpp"

#include <poise/task/run.hpp>

#include <vector>

namespace poise::task::detail {

/// Fills work_s, span_s, the critical path and the numbers of outcomes from the records. O(tasks + edges).
[[nodiscard]] summary summarise(graph_state const& g, std::vector<record> const& records);

}  // namespace poise::task::detail
