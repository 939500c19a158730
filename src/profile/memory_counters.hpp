// SPDX-License-Identifier: MIT
// What one thread allocated and released.
//
// Two sums that only grow and a comparison each: what is held is their difference, and everything that is not done for
// every block waits until one of the sums passes a mark. The peak of each scope costs nothing per allocation: entering
// a scope sets the peak to what is held now, so that while it is open `peak` is the scope's own; leaving it takes the
// larger of that and the peak that was kept.
#pragma once

#include "profile/owned.hpp"

#include <cstddef>
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
    owned<std::uint64_t> released_bytes;  // less what libraries told that they hold
    owned<std::int64_t> peak;
    std::uint64_t allocated_mark;  // at which allocating looks up: to publish, or at the place that allocates
    std::uint64_t released_mark;   // at which releasing does
    // Not for every block.
    owned<std::int64_t> published;  // the part of live() that the process's total knows
    std::uint64_t sample_mark;      // of allocated_bytes, where the next place is looked at; 0 before the first
    std::uint64_t random;           // for the next of these
    bool busy;                      // looking at one: what is allocated meanwhile is not looked at

    [[nodiscard]] std::int64_t live() const noexcept {
        return static_cast<std::int64_t>(allocated_bytes.load() - released_bytes.load());
    }
    void allocate(std::size_t bytes) noexcept {
        allocations.add(1);
        allocated_bytes.add(bytes);
        peak.raise(live());
    }
    [[nodiscard]] memory_mark open() noexcept {
        memory_mark const mark{allocations.load(), allocated_bytes.load(), live(), peak.load()};
        peak.store(mark.live);
        return mark;
    }
    /// Returns the most that was held since open() above what was held then.
    std::int64_t close(memory_mark const& mark) noexcept {
        std::int64_t const most = peak.load();
        peak.raise(mark.peak);
        return most - mark.live;
    }
    /// Memory that a library took, or gave back: held, but not allocated.
    void account(std::int64_t bytes) noexcept {
        released_bytes.add(-static_cast<std::uint64_t>(bytes));
        released_mark -= static_cast<std::uint64_t>(bytes);  // as far away as before
        published.add(bytes);                                // no part of the heap
        peak.raise(live());
    }
};

}  // namespace poise::profile::detail
