// SPDX-License-Identifier: MIT
// Everything one look at the profiler gives, as plain values: what reports, files and advice are made of.
#pragma once

#include <poise/profile/compare.hpp>
#include <poise/profile/memory.hpp>
#include <poise/profile/metrics.hpp>
#include <poise/profile/sample.hpp>
#include <poise/profile/scope.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace poise::profile {

/// One scope under one path of scopes; times in seconds. In the logical tree summed over the threads, so that a sum may
/// exceed the wall time. Where only some calls were timed (`timed_calls` < `calls`), times are estimates: those of the
/// timed calls scaled up; where none was, they are 0.
struct scope_statistics {
    std::string name{};
    category kind = category::phase;
    /// How it is recorded now; `demoted` if the profiler chose that because the scope cost more than the budget.
    mode recorded = mode::timed;
    bool demoted = false;
    /// Where the scope stands in the source; empty and 0 where it is not known.
    std::string file{};
    unsigned line = 0;
    /// How often it was entered, calls still running included; how many of those were timed.
    std::uint64_t calls = 0;
    std::uint64_t timed_calls = 0;
    /// Time inside, up to now where a call is still running; of calls nested in each other the outermost alone.
    double inclusive_s = 0.0;
    /// inclusive_s less the time its threads spent in scopes inside.
    double exclusive_s = 0.0;
    /// Of the finished calls, the shortest and the longest; 0 when none has finished.
    double min_s = 0.0;
    double max_s = 0.0;
    /// Of the finished calls, to 6 %: half, nine in ten, ninety-nine in a hundred took no longer.
    double p50_s = 0.0;
    double p90_s = 0.0;
    double p99_s = 0.0;
    /// Taken by operator new inside, on the threads that ran it; 0 unless memory profiling and the hooks are on.
    std::uint64_t allocations = 0;
    std::uint64_t allocated_bytes = 0;
    /// The most that one call held at a time above what was held when it was entered.
    std::uint64_t peak_bytes = 0;
    /// Work the program said was done, scope::bytes() and scope::flops().
    double moved_bytes = 0.0;
    double flops = 0.0;
    /// The longest first.
    std::vector<scope_statistics> children{};

    /// The scope at "run/solve/factor" below this one; nullptr when it was not entered.
    [[nodiscard]] scope_statistics const* find(std::string_view path) const noexcept;
    [[nodiscard]] double mean_s() const noexcept { return calls == 0 ? 0.0 : inclusive_s / static_cast<double>(calls); }
    friend bool operator==(scope_statistics const&, scope_statistics const&) = default;
};

/// What one thread ran, as it ran it: a task stands below the scope that waited while the thread ran it.
struct thread_statistics {
    unsigned row = 0;    ///< 0 is the main thread; threads that follow one another share a row
    std::string name{};  ///< "main", "worker 1", …
    scope_statistics root{};

    friend bool operator==(thread_statistics const&, thread_statistics const&) = default;
};

/// A place that allocates, found by sampling about every 512 KiB that is allocated.
struct allocation_site {
    std::vector<source_frame> stack{};  ///< innermost first; empty: all places beyond the first 1024 together
    std::string scope{};                ///< path of the scope that was open, "run/solve"; empty outside
    std::uint64_t samples = 0;
    double allocations = 0.0;      ///< estimated
    double allocated_bytes = 0.0;  ///< estimated

    friend bool operator==(allocation_site const&, allocation_site const&) = default;
};

/// Heap in use at a moment, seconds since profiling was enabled.
struct memory_point {
    double at_s = 0.0;
    std::uint64_t heap_live_bytes = 0;

    friend bool operator==(memory_point const&, memory_point const&) = default;
};

/// One call on the timeline, seconds since profiling was enabled.
struct timeline_event {
    std::uint32_t name = 0;  ///< index into timeline::names
    category kind = category::phase;
    double start_s = 0.0;
    double stop_s = 0.0;
    std::uint64_t id = 0;  ///< of a task that has edges; 0 otherwise

    friend bool operator==(timeline_event const&, timeline_event const&) = default;
};
struct timeline_row {
    unsigned row = 0;
    std::string name{};
    std::vector<timeline_event> events{};  ///< by start, outer before inner; properly nested

    friend bool operator==(timeline_row const&, timeline_row const&) = default;
};
/// A task that waited for the result of another.
struct task_edge {
    std::uint64_t from = 0, to = 0;  ///< timeline_event::id

    friend bool operator==(task_edge const&, task_edge const&) = default;
};
struct timeline {
    std::vector<std::string> names{};
    std::vector<timeline_row> rows{};
    std::vector<task_edge> edges{};
    std::vector<memory_point> memory{};
    std::uint64_t dropped_events = 0;

    friend bool operator==(timeline const&, timeline const&) = default;
};

struct snapshot {
    scope_statistics root{};                   ///< logical: tasks below the scope that made them. No name of its own
    std::vector<thread_statistics> threads{};  ///< physical
    double wall_s = 0.0;                       ///< time profiling was on
    double scope_cost_s = 0.0;                 ///< what one timed scope costs here, measured
    double counted_cost_s = 0.0;               ///< what one costs that is not timed
    double timed_bias_s = 0.0;                 ///< what a timed scope reports too much; negative: too little
    double precise_bias_s = 0.0;               ///< what a precise one does
    double overhead_s = 0.0;                   ///< estimated cost of all scopes
    double overhead_budget = 0.0;              ///< share of the wall time above which scopes are demoted
    std::string clock{};                       ///< "rdtsc" or "CLOCK_MONOTONIC"
    std::uint64_t calls = 0;
    std::uint64_t unrecorded_calls = 0;  ///< nested too deep
    std::uint64_t dropped_events = 0;    ///< of the timeline, past its limit
    std::uint64_t record_bytes = 0;      ///< memory the profiler itself holds
    bool has_memory = false;             ///< memory profiling was on
    bool has_allocations = false;        ///< …and the hooks were in effect
    memory_usage memory{};
    std::uint64_t resident_bytes = 0;
    std::uint64_t resident_peak_bytes = 0;
    std::vector<allocation_site> allocation_sites{};  ///< the most bytes first
    std::vector<memory_point> memory_over_time{};
    metrics_snapshot metrics{};
    std::vector<sampled_profile> samples{};   ///< of sample(), the latest few
    std::vector<comparison> comparisons{};    ///< of compare(), the latest few
    std::vector<measurement> measurements{};  ///< of measure(), the latest few

    friend bool operator==(snapshot const&, snapshot const&) = default;
};

}  // namespace poise::profile
