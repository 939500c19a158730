// SPDX-License-Identifier: MIT
// Private to src/: tasks that are tried again, have a limited time, or use resources.
#pragma once

#include "task/plan.hpp"

namespace poise::task::detail {

/// The code of such a task around its own; `body` is its plan::special.
verdict run_special(void const* body, frame const& in, std::uint32_t id);

}  // namespace poise::task::detail
