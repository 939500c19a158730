// SPDX-License-Identifier: MIT
// What the hooks do with an allocation. About 2 ns.
#pragma once

#include "profile/registry.hpp"

#include <cstddef>
#include <cstdint>

namespace poise::profile::detail {

inline constexpr std::int64_t publish_step_bytes = 64 * 1024;

/// Tells hooks_in_effect() that an allocation came through.
void answer_probe() noexcept;

inline void change_live(memory_counters& counters, std::int64_t change) noexcept {
    std::int64_t const live = counters.live.load() + change;
    counters.live.store(live);
    counters.peak.raise(live);
    std::int64_t const unpublished = live - counters.published.load();
    if (unpublished >= publish_step_bytes || unpublished <= -publish_step_bytes) [[unlikely]]
        registry::publish_memory(counters);
}

inline void count_allocation(std::size_t bytes) noexcept {
    thread_state* const self = attached();
    if (self == nullptr) return;
    self->memory.allocations.add(1);
    self->memory.allocated_bytes.add(bytes);
    change_live(self->memory, static_cast<std::int64_t>(bytes));
}

inline void count_release(std::size_t bytes) noexcept {
    thread_state* const self = attached();
    if (self != nullptr) change_live(self->memory, -static_cast<std::int64_t>(bytes));
}

}  // namespace poise::profile::detail
