// SPDX-License-Identifier: MIT
#include "profile/memory_map.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>

namespace poise::profile::detail {

memory_map::memory_map() {
    std::ifstream maps{"/proc/self/maps"};
    std::uintptr_t end_before = 0;
    for (std::string line; std::getline(maps, line);) {
        std::istringstream fields{line};
        address_range range;
        char dash = 0;
        std::string access;
        if (!(fields >> std::hex >> range.low >> dash >> range.high >> access)) continue;
        std::uintptr_t const end = range.high;
        // The stack of the main thread grows into what lies below it.
        if (line.ends_with("[stack]")) range.low = end_before;
        if (access.starts_with("rw")) writable_.push_back(range);
        end_before = end;
    }
}

address_range memory_map::from(std::uintptr_t address) const noexcept {
    auto const after = std::ranges::upper_bound(writable_, address, {}, &address_range::low);
    if (after == writable_.begin() || address >= (after - 1)->high) return {};
    return {address, (after - 1)->high};
}

}  // namespace poise::profile::detail
