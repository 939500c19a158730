// SPDX-License-Identifier: MIT
// Private to src/: tasks that are tried again, have a limited time, or use resources.
#pragma once

#include "task/plan.hpp"

#include <chrono>

namespace poise::task::detail {

/// A timeout of years is none, and would be too late for the clock.
[[nodiscard]] inline bool is_limited(task_options const& options) noexcept {
    return options.timeout.count() > 0 && options.timeout < std::chrono::hours{24 * 365};
}

/// Before repetition n = 1, 2, …: the backoff, doubled each time.
[[nodiscard]] std::chrono::nanoseconds pause_before(int n, task_options const& options) noexcept;

/// The code of such a task around its own; `body` is its plan::special.
verdict run_special(void const* body, frame const& in, std::uint32_t id);
/// Null of a task that is none.
[[nodiscard]] inline plan::special const* special_of(plan::node const& n) noexcept {
    return n.call == run_special ? static_cast<plan::special const*>(n.body) : nullptr;
}

}  // namespace poise::task::detail
