// SPDX-License-Identifier: MIT
// Where the time and the memory went.
#pragma once

#include <poise/profile/metrics.hpp>
#include <poise/profile/snapshot.hpp>

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <utility>

namespace poise::profile {

struct text_options {
    /// Of many scopes under one, the longest so many are shown, the others in one line.
    std::size_t children = 12;
    /// Scopes below this share of the wall time are in that line too.
    double at_least = 0.0;
    /// How many of the places that allocate are shown.
    std::size_t rows = 10;
};

/// A snapshot of everything measured since enable() or the last reset(): std::cout << profile::report();
/// Threads may go on meanwhile; a count read is exact for some moment during the construction, times agree with it to
/// the scope that was just changing. Cost: about a microsecond per scope and thread; the first one measures the clock
/// too, 1 ms.
class report {
public:
    explicit report(metrics_registry const& registry = profile::metrics());
    /// Of a snapshot that was read from a file, or made from two.
    explicit report(snapshot data) noexcept : data_{std::move(data)} {}

    /// All of it.
    [[nodiscard]] snapshot const& data() const noexcept { return data_; }

    /// The scopes entered outside of any other, tasks below the scope that made them. Its own name is empty, its
    /// inclusive time is wall_s().
    [[nodiscard]] scope_statistics const& root() const noexcept { return data_.root; }
    /// The scope at "run/solve/factor"; nullptr when it was not entered.
    [[nodiscard]] scope_statistics const* find(std::string_view path) const noexcept;

    /// Time profiling was on.
    [[nodiscard]] double wall_s() const noexcept { return data_.wall_s; }
    /// Rows in which scopes were entered. Threads that follow one another share a row.
    [[nodiscard]] std::size_t threads() const noexcept { return data_.threads.size(); }
    /// What one timed scope costs here, measured; and what all of them cost together.
    [[nodiscard]] double scope_cost_s() const noexcept { return data_.scope_cost_s; }
    [[nodiscard]] double overhead_s() const noexcept { return data_.overhead_s; }
    [[nodiscard]] std::uint64_t calls() const noexcept { return data_.calls; }
    /// Scopes that were not recorded because they were nested deeper than 8192, and trace events past the limit. Places
    /// deeper than 128 levels, or past the first 65536 of a thread, are recorded as one: "(other)".
    [[nodiscard]] std::uint64_t unrecorded_calls() const noexcept { return data_.unrecorded_calls; }
    [[nodiscard]] std::uint64_t dropped_events() const noexcept { return data_.dropped_events; }

    /// Whether memory profiling was on, and whether the hooks it needs were linked.
    [[nodiscard]] bool has_memory() const noexcept { return data_.has_memory; }
    [[nodiscard]] bool has_allocations() const noexcept { return data_.has_allocations; }
    [[nodiscard]] memory_usage const& memory() const noexcept { return data_.memory; }
    [[nodiscard]] std::uint64_t resident_bytes() const noexcept { return data_.resident_bytes; }
    [[nodiscard]] std::uint64_t resident_peak_bytes() const noexcept { return data_.resident_peak_bytes; }
    [[nodiscard]] metrics_snapshot const& metrics() const noexcept { return data_.metrics; }

    /// The report as text, 80 columns.
    [[nodiscard]] std::string text(text_options const& chosen = {}) const;

private:
    snapshot data_;
};

/// report::text().
std::ostream& operator<<(std::ostream& out, report const& shown);

}  // namespace poise::profile
