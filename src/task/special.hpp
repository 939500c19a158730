// SPDX-License-Identifier: MIT
// Private to src/: tasks that are tried again, have a limited time, or use resources.
#pragma once

#include "task/plan.hpp"

#include <chrono>
#include <string>

namespace poise::task::detail {

/// Whether it may be suspended to pause or to wait for a resource, whatever its own code does.
[[nodiscard]] inline bool may_wait(task_options const& options) noexcept {
    return !options.uses.empty() || (options.retries > 0 && options.backoff.count() > 0);
}
/// A timeout of years is none, and would be too late for the clock.
[[nodiscard]] inline bool is_limited(task_options const& options) noexcept {
    return options.timeout.count() > 0 && options.timeout < std::chrono::hours{24 * 365};
}

/// What timeout_error says.
[[nodiscard]] std::string took_too_long(std::chrono::nanoseconds time, task_options const& options);
/// Before repetition n = 1, 2, …: the backoff, doubled each time.
[[nodiscard]] std::chrono::nanoseconds pause_before(int n, task_options const& options) noexcept;

/// The code of such a task around its own; `body` is its plan::special.
verdict run_special(void const* body, frame const& in, std::uint32_t id);
/// Of one that failed after it was suspended: suspends it once more if it may begin again, after the pause.
[[nodiscard]] bool try_again(plan::special const& s, frame const& in, std::uint32_t id) noexcept;
/// It is done; what it used is given back.
void end_special(plan::special const& s, frame const& in, std::uint32_t id) noexcept;
/// Null of a task that is none.
[[nodiscard]] inline plan::special const* special_of(plan::node const& n) noexcept {
    return n.call == run_special ? static_cast<plan::special const*>(n.body) : nullptr;
}

}  // namespace poise::task::detail
