// SPDX-License-Identifier: MIT
#include "core/control_group.hpp"

#include <poise/core/memory.hpp>

#include <algorithm>

namespace poise {

std::uint64_t available_memory_bytes() noexcept {
    try {
        std::uint64_t const available = 1024 * detail::value_of("/proc/meminfo", "MemAvailable:");
        return std::min(available == 0 ? detail::unlimited_memory : available,
                        detail::control_group_room("/proc/self/cgroup", "/sys/fs/cgroup"));
    } catch (...) {
        return detail::unlimited_memory;  // not knowing must not stop a computation
    }
}

resident_memory process_resident_memory() noexcept {
    try {
        char const* const status = "/proc/self/status";
        std::uint64_t const now = 1024 * detail::value_of(status, "VmRSS:");
        return {now, std::max(now, 1024 * detail::value_of(status, "VmHWM:"))};
    } catch (...) {
        return {};
    }
}

}  // namespace poise
