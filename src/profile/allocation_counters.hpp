// SPDX-License-Identifier: MIT
// What the hooks do with an allocation. About 1 ns.
#pragma once

#include "profile/allocation_sites.hpp"
#include "profile/heap.hpp"
#include "profile/recorder.hpp"

#include <cstddef>
#include <cstdint>

namespace poise::profile::detail {

/// Tells hooks_in_effect() that an allocation came through.
void answer_probe() noexcept;

inline void count_allocation(std::size_t bytes) noexcept {
    thread_state* const self = attached();
    if (self == nullptr) return;
    memory_counters& m = self->memory;
    m.allocations.add(1);
    m.allocated_bytes.add(bytes);
    m.live.add(static_cast<std::int64_t>(bytes));
    m.peak.raise(m.live.load());
    if (m.live.load() - m.published.load() >= heap::publish_step_bytes) [[unlikely]]
        heap::publish(m);
    if (m.allocated_bytes.load() >= m.sampled_bytes.load()) [[unlikely]]
        allocation_sites::look(*self, bytes);
}

inline void count_release(std::size_t bytes) noexcept {
    thread_state* const self = attached();
    if (self == nullptr) return;
    memory_counters& m = self->memory;
    m.live.add(-static_cast<std::int64_t>(bytes));
    if (m.live.load() - m.published.load() <= -heap::publish_step_bytes) [[unlikely]]
        heap::publish(m);
}

}  // namespace poise::profile::detail
