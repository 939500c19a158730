// SPDX-License-Identifier: MIT
// The heap of the process, put together from what the threads tell every 64 KiB, and how it went over time.
#pragma once

#include "profile/clock.hpp"
#include "profile/memory_counters.hpp"

#include <cstdint>
#include <vector>

namespace poise::profile::detail {

/// What libraries told: the peak becomes what they hold now.
void forget_library_peak() noexcept;

}  // namespace poise::profile::detail

namespace poise::profile::detail::heap {

inline constexpr std::int64_t publish_step_bytes = 64 * 1024;

struct point {
    ticks at = 0;
    std::int64_t live = 0;
};

/// Adds what this thread allocated and released since the last time to the process's heap.
void publish(memory_counters& counters) noexcept;

/// Of the published part; the threads know the rest.
[[nodiscard]] std::int64_t published_live() noexcept;
[[nodiscard]] std::int64_t peak() noexcept;
void raise_peak(std::int64_t candidate) noexcept;
/// Forgets the peak and the points.
void restart(std::int64_t live) noexcept;

/// By time; the moments of highest and lowest use are kept as the list is thinned out to stay below 4096.
[[nodiscard]] std::vector<point> points();

void before_fork() noexcept;
void after_fork() noexcept;

}  // namespace poise::profile::detail::heap
