// SPDX-License-Identifier: MIT
// Which memory of this process may be read, as far as stacks may lie in it.
#pragma once

#include "profile/unwinder.hpp"

#include <cstdint>
#include <vector>

namespace poise::profile::detail {

/// The writable mappings at the time it was made.
class memory_map {
public:
    /// Empty where /proc/self/maps cannot be read.
    memory_map();
    /// From `address` to the end of its mapping; empty where it lies in none. Async-signal-safe.
    [[nodiscard]] address_range from(std::uintptr_t address) const noexcept;

private:
    std::vector<address_range> writable_;  // ascending
};

}  // namespace poise::profile::detail
