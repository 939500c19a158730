// SPDX-License-Identifier: MIT
// What one thread allocated and released.
//
// The peak of each scope costs nothing per allocation: entering a scope sets the peak to what is held now, so that
// while it is open `peak` is the scope's own; leaving it takes the larger of that and the peak that was kept.
#pragma once

#include "profile/owned.hpp"

#include <cstdint>

namespace poise::profile::detail {

/// What memory was when a scope was entered.
struct memory_mark {
    std::uint64_t allocations;
    std::uint64_t allocated_bytes;
    std::int64_t live;
    std::int64_t peak;
};

struct memory_counters {
    owned<std::uint64_t> allocations;
    owned<std::uint64_t> allocated_bytes;
    owned<std::int64_t> live;
    owned<std::int64_t> peak;
    owned<std::int64_t> published;       // the part of live that the process's total knows
    owned<std::uint64_t> sampled_bytes;  // the value of allocated_bytes from which the next allocation is looked at
    std::uint64_t random;                // for the next of these
    bool busy;                           // looking at one: what is allocated meanwhile is not looked at

    [[nodiscard]] memory_mark open() noexcept {
        memory_mark const mark{allocations.load(), allocated_bytes.load(), live.load(), peak.load()};
        peak.store(mark.live);
        return mark;
    }
    /// Returns the most that was held since open() above what was held then.
    std::int64_t close(memory_mark const& mark) noexcept {
        std::int64_t const most = peak.load();
        peak.raise(mark.peak);
        return most - mark.live;
    }
};

}  // namespace poise::profile::detail
