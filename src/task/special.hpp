// SPDX-License-Identifier: MIT
// Private to src/: tasks that are tried again, have a limited time, or use resources.
#pragma once

#include "task/plan.hpp"

#include <chrono>

namespace poise::task::detail {

constexpr std::chrono::hours longest_pause{1};
/// A timeout of years is none, and would be too late for the clock.
[[nodiscard]] inline bool is_limited(task_options const& options) noexcept {
    return options.timeout.count() > 0 && options.timeout < std::chrono::hours{24 * 365};
}

/// The code of such a task around its own; `body` is its plan::special.
verdict run_special(void const* body, frame const& in, std::uint32_t id);

}  // namespace poise::task::detail
