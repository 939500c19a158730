// SPDX-License-Identifier: MIT
// What the machine can give and what this process has taken.
#pragma once

#include <poise/core/error.hpp>

#include <cstdint>

namespace poise {

/// Bytes this process can still take without swapping: the kernel's MemAvailable, bounded by what the control groups of
/// the process (container, systemd slice) leave. 2⁶³ where the system does not say. Reads a dozen small files, about
/// 0.1 ms: not for inner loops.
[[nodiscard]] std::uint64_t available_memory_bytes() noexcept;

/// Throws not_enough_memory when `bytes`, needed by what() -> std::string, are more than available_memory_bytes():
/// before they are asked for, as the system lends what it does not have. Below 64 MiB nothing is looked at.
template <class What>
void require_memory(double bytes, What const& what) {
    if (bytes < 64.0 * (1 << 20)) return;
    if (auto const available = available_memory_bytes(); bytes > static_cast<double>(available))
        throw not_enough_memory{what(), static_cast<std::uint64_t>(bytes), available};
}

/// Resident set of this process now, and its high-water mark since the start. 0 where the system does not say.
struct resident_memory {
    std::uint64_t now_bytes = 0;
    std::uint64_t peak_bytes = 0;
};
[[nodiscard]] resident_memory process_resident_memory() noexcept;

}  // namespace poise
