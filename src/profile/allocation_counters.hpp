// SPDX-License-Identifier: MIT
// What the hooks do with an allocation: about half a nanosecond on either side.
#pragma once

#include "profile/recorder.hpp"

#include <cstddef>
#include <cstdint>

namespace poise::profile::detail {

/// What the hooks are to do, in a byte of their own, so that what is usual is known by one comparison. 0: nothing.
extern constinit unsigned char hook_modes;
inline constexpr unsigned char counting_chunks = 1;  // by the sizes that stand in front of blocks
inline constexpr unsigned char counting_sizes = 2;   // by asking the allocator
inline constexpr unsigned char probing = 4;          // hooks_in_effect() wants to know whether they are there

/// Tells hooks_in_effect() that an allocation came through.
void answer_probe() noexcept;

/// This thread's; before it has any, counters whose marks are passed at once, so that nothing is ever counted in them.
extern constinit thread_local memory_counters* this_memory __attribute__((tls_model("initial-exec")));

/// Counts a block. False, and nothing is counted, where a sum would pass its mark: count_and_look_at_…() then.
[[nodiscard, gnu::always_inline]] inline bool count_allocation(memory_counters& m, std::size_t bytes) noexcept {
    std::uint64_t const allocated = m.allocated_bytes.own() + bytes;
    if (allocated >= m.allocated_mark) [[unlikely]]
        return false;
    m.allocated_bytes.store(allocated);
    m.allocations.add(1);
    m.peak.raise(static_cast<std::int64_t>(allocated - m.released_bytes.own()));
    return true;
}
[[nodiscard, gnu::always_inline]] inline bool count_release(memory_counters& m, std::size_t bytes) noexcept {
    std::uint64_t const released = m.released_bytes.own() + bytes;
    // Not by >=: the sum may have passed below 0, where libraries hold more than was ever released.
    if (static_cast<std::int64_t>(released - m.released_mark) >= 0) [[unlikely]]
        return false;
    m.released_bytes.store(released);
    return true;
}

/// Counts it too, and does what is not done for every block.
[[gnu::cold]] void count_and_look_at_allocation(thread_state& self, std::size_t bytes) noexcept;
[[gnu::cold]] void count_and_look_at_release(thread_state& self, std::size_t bytes) noexcept;

}  // namespace poise::profile::detail
