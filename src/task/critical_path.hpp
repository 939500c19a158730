// SPDX-License-Identifier: MIT
// Private to src/: work, span and the path that bounds a run.
#pragma once

#include "task/run_state.hpp"

namespace poise::task::detail {

/// O(tasks + edges).
[[nodiscard]] summary summarise(run_state const& of);

}  // namespace poise::task::detail
