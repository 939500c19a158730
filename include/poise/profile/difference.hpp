// SPDX-License-Identifier: MIT
// What lies between two snapshots: of one run at two moments, or of two runs, before and after a change.
#pragma once

#include <poise/profile/snapshot.hpp>

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

namespace poise::profile {

/// What happened between two snapshots of one program, `earlier` taken first.
/// Scopes are matched by path and category, threads by row, allocation sites by stack and scope. Subtracted are calls,
/// times, allocations and their bytes, declared work, wall time, overhead, dropped events, counters and histograms:
/// counts exactly, times never below 0. What cannot be subtracted keeps the later value: shortest and longest call,
/// quantiles, peaks, live and resident bytes, gauges, and the modes. Samples, comparisons, measurements and points of
/// memory_over_time are those that `earlier` did not have. A scope in which nothing happened is left out with all
/// below it. Where the wall time or a scope's calls are fewer than before, it was reset in between and counts from
/// there. Cost: that of a copy of `later`, and a look-up per scope.
[[nodiscard]] snapshot difference(snapshot const& later, snapshot const& earlier);

/// How one scope changed. All values are of the logical tree; 0 where the scope was not entered.
struct scope_change {
    std::string path;  ///< "run/solve"; a '/' or '\' of a name itself has a '\' before it
    std::uint64_t calls_before = 0, calls_after = 0;
    double inclusive_before_s = 0.0, inclusive_after_s = 0.0;
    double exclusive_before_s = 0.0, exclusive_after_s = 0.0;

    /// Of the exclusive time: a change shows where it happened, not in everything around it.
    [[nodiscard]] double change_s() const noexcept { return exclusive_after_s - exclusive_before_s; }
    friend bool operator==(scope_change const&, scope_change const&) = default;
};

/// How two profiles differ.
struct change_list {
    std::vector<scope_change> scopes;  ///< the greatest |change_s()| first
    double wall_before_s = 0.0, wall_after_s = 0.0;

    friend bool operator==(change_list const&, change_list const&) = default;
};

/// Scopes are matched by path and category. Stored times carry the noise of the machine they were measured on: for a
/// verdict on two implementations use compare().
[[nodiscard]] change_list changes(snapshot const& before, snapshot const& after);
/// A table of at most 80 columns with the scopes that changed most.
std::ostream& operator<<(std::ostream& out, change_list const& shown);

}  // namespace poise::profile
