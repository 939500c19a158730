// SPDX-License-Identifier: MIT
// Private to src/: what one can ask about the tasks of a run.
#pragma once

#include "task/run_state.hpp"

#include <vector>

namespace poise::task::detail {

/// One for each task, by its number. O(tasks + edges), as a plan has edges.
[[nodiscard]] std::vector<record> records_of(run_state const& of);

}  // namespace poise::task::detail
