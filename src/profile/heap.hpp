// SPDX-License-Identifier: MIT
// The heap of the process, put together from what the threads tell every 64 KiB, and how it went over time.
#pragma once

#include "profile/clock.hpp"
#include "profile/memory_counters.hpp"

#include <atomic>
#include <cstdint>
#include <vector>

namespace poise::profile::detail {

/// Bytes that are held, and the most there were. Any thread.
class level {
public:
    /// Returns what is held now.
    std::int64_t add(std::int64_t change) noexcept {
        std::int64_t const now = live_.fetch_add(change, std::memory_order_relaxed) + change;
        raise_peak(now);
        return now;
    }
    void raise_peak(std::int64_t candidate) noexcept {
        std::int64_t seen = peak();
        while (candidate > seen && !peak_.compare_exchange_weak(seen, candidate, std::memory_order_relaxed)) {
        }
    }
    void restart_peak(std::int64_t from) noexcept { peak_.store(from, std::memory_order_relaxed); }
    [[nodiscard]] std::int64_t live() const noexcept { return live_.load(std::memory_order_relaxed); }
    [[nodiscard]] std::int64_t peak() const noexcept { return peak_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::int64_t> live_{0};
    std::atomic<std::int64_t> peak_{0};
};

}  // namespace poise::profile::detail

namespace poise::profile::detail::heap {

inline constexpr std::int64_t publish_step_bytes = 64 * 1024;

struct point {
    ticks at = 0;
    std::int64_t live = 0;
};

/// Adds what this thread allocated and released since the last time to the process's heap.
void publish(memory_counters& counters) noexcept;

/// Of operator new: the published part; the threads know the rest.
extern level published;
/// Of libraries, as they tell.
extern level libraries;

/// Forgets the peaks and the points. `live`: what operator new holds, the unpublished part included.
void restart(std::int64_t live) noexcept;

/// By time; the moments of highest and lowest use are kept as the list is thinned out to stay below 4096.
[[nodiscard]] std::vector<point> points();

void before_fork() noexcept;
void after_fork() noexcept;

}  // namespace poise::profile::detail::heap
