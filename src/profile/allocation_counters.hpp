// SPDX-License-Identifier: MIT
// What the hooks do with an allocation: about half a nanosecond on either side.
#pragma once

#include "profile/recorder.hpp"

#include <cstddef>
#include <cstdint>

namespace poise::profile::detail {

/// Tells hooks_in_effect() that an allocation came through.
void answer_probe() noexcept;

/// Counts a block. Returns whether the sum has passed its mark: look_at_…() then.
[[nodiscard, gnu::always_inline]] inline bool count_allocation(thread_state& self, std::size_t bytes) noexcept {
    memory_counters& m = self.memory;
    m.allocations.add(1);
    std::uint64_t const allocated = m.allocated_bytes.own() + bytes;
    m.allocated_bytes.store(allocated);
    m.peak.raise(static_cast<std::int64_t>(allocated - m.released_bytes.own()));
    return allocated >= m.allocated_mark;
}
[[nodiscard, gnu::always_inline]] inline bool count_release(thread_state& self, std::size_t bytes) noexcept {
    memory_counters& m = self.memory;
    std::uint64_t const released = m.released_bytes.own() + bytes;
    m.released_bytes.store(released);
    // Not by >=: the sum may have passed below 0, where libraries hold more than was ever released.
    return static_cast<std::int64_t>(released - m.released_mark) >= 0;
}

/// What is not done for every block. Returns the block; frees it.
[[gnu::cold]] void* look_at_allocation(thread_state& self, void* block) noexcept;
[[gnu::cold]] void look_at_release(thread_state& self, void* block) noexcept;

}  // namespace poise::profile::detail
