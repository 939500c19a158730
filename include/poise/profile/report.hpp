// SPDX-License-Identifier: MIT
// Where the time and the memory went.
#pragma once

#include <poise/profile/memory.hpp>
#include <poise/profile/metrics.hpp>
#include <poise/profile/snapshot.hpp>

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace poise::profile {

/// A snapshot of everything measured since enable() or the last reset(): std::cout << profile::report();
/// Threads may go on meanwhile; a count read is exact for some moment during the construction, times agree with it to
/// the scope that was just changing. Cost: some microseconds per node; the first one measures the profiler too.
class report {
public:
    explicit report(metrics_registry const& registry = profile::metrics());

    /// The scopes entered outside of any other. Its own name is empty, its inclusive time is wall_s().
    [[nodiscard]] scope_statistics const& root() const noexcept { return root_; }
    /// The scope at "run/solve/factor"; nullptr when it was not entered.
    [[nodiscard]] scope_statistics const* find(std::string_view path) const noexcept;

    /// Time profiling was on.
    [[nodiscard]] double wall_s() const noexcept { return root_.inclusive_s; }
    /// Rows in which scopes were entered. Threads that follow one another share a row.
    [[nodiscard]] std::size_t threads() const noexcept { return threads_; }
    /// What one scope costs here, measured; and what all of them cost together.
    [[nodiscard]] double scope_cost_s() const noexcept { return scope_cost_s_; }
    [[nodiscard]] double overhead_s() const noexcept { return static_cast<double>(calls_) * scope_cost_s_; }
    [[nodiscard]] std::uint64_t calls() const noexcept { return calls_; }
    /// Scopes that were not recorded because they were nested deeper than 8192, and trace events past the limit. Places
    /// deeper than 128 levels, or past the first 65536 of a thread, are recorded as one: "(other)".
    [[nodiscard]] std::uint64_t unrecorded_calls() const noexcept { return unrecorded_calls_; }
    [[nodiscard]] std::uint64_t dropped_events() const noexcept { return dropped_events_; }

    /// Whether memory profiling was on, and whether the hooks it needs were linked.
    [[nodiscard]] bool has_memory() const noexcept { return has_memory_; }
    [[nodiscard]] bool has_allocations() const noexcept { return has_allocations_; }
    [[nodiscard]] memory_usage const& memory() const noexcept { return memory_; }
    [[nodiscard]] std::uint64_t resident_bytes() const noexcept { return resident_bytes_; }
    [[nodiscard]] std::uint64_t resident_peak_bytes() const noexcept { return resident_peak_bytes_; }
    [[nodiscard]] metrics_snapshot const& metrics() const noexcept { return metrics_; }

private:
    scope_statistics root_;
    std::size_t threads_ = 0;
    double scope_cost_s_ = 0.0;
    std::uint64_t calls_ = 0;
    std::uint64_t unrecorded_calls_ = 0;
    std::uint64_t dropped_events_ = 0;
    bool has_memory_ = false;
    bool has_allocations_ = false;
    memory_usage memory_;
    std::uint64_t resident_bytes_ = 0;
    std::uint64_t resident_peak_bytes_ = 0;
    metrics_snapshot metrics_;
};

/// The report as text, 80 columns. Of many scopes under one the longest are shown, the others in one line; find() and
/// root() have them all.
std::ostream& operator<<(std::ostream& out, report const& shown);

}  // namespace poise::profile
