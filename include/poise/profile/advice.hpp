// SPDX-License-Identifier: MIT
// What to do next: rules that look for known patterns of wasted time, each with the number behind it and a remedy.
#pragma once

#include <poise/profile/snapshot.hpp>

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

namespace poise::profile {

enum class advice_rule : unsigned char {
    rebuilt_values,       ///< a cache built values anew that it had had before
    small_cache,          ///< a cache drops most of what it holds and is seldom asked for what it kept
    repeated_build,       ///< an operator is built or factored again and again
    repeated_allocation,  ///< a scope that is entered often allocates each time
    critical_path,        ///< a task graph waits for its longest path
    small_tasks,          ///< tasks are too short for what a task costs
    outside_scopes,       ///< much of the main thread's time is in no scope
    costly_scope,         ///< a scope takes little longer than its own measurement
};
/// "rebuilt values", …
[[nodiscard]] char const* to_string(advice_rule rule) noexcept;

struct advice {
    advice_rule rule = advice_rule::outside_scopes;
    std::string scope;    ///< path of the scope, "run/solve"; where there is none, the metric or the thread
    double value = 0.0;   ///< the number behind it
    std::string number;   ///< that number with its unit, "12 allocations per call"
    std::string message;  ///< what was found
    std::string remedy;   ///< what to do
    double gain_s = 0.0;  ///< of the wall time, at most, by following it; 0 where that cannot be told
    double share = 0.0;   ///< of the wall time: of the gain; where that is not known, of what it is about

    friend bool operator==(advice const&, advice const&) = default;
};
/// "share, scope: message" and the remedy, at most 80 columns wide.
std::ostream& operator<<(std::ostream& out, advice const& shown);
std::ostream& operator<<(std::ostream& out, std::vector<advice> const& shown);

/// Where rules begin to speak. The reasons stand beside the numbers.
struct advice_options {
    /// Of the wall time; what gains less is not worth reading about, and within the noise of most machines.
    double min_share = 0.01;
    /// Shorter runs are start-up and first touches, which are no pattern.
    double min_wall_s = 1e-3;

    /// Scopes that build what could be kept, as poise names them; only the outermost of them on a path counts.
    std::vector<std::string> build_scopes = {"build operator", "factorise"};
    /// Two builds may be two operators; the third is a habit.
    std::uint64_t min_builds = 3;
    /// Different operators have to be built: only where that is a tenth of the run it is worth asking whether they are.
    double min_build_share = 0.1;

    /// A cache that answers every second question is doing its work.
    double min_hit_rate = 0.5;
    /// Values that are dropped in less than a quarter of the builds do not explain a low hit rate.
    double min_eviction_rate = 0.25;
    /// Where no metric says how long a value takes to build, nothing is said of fewer evictions than these.
    std::uint64_t min_evictions = 100;

    /// Fewer calls than these are set-up.
    std::uint64_t min_allocating_calls = 100;
    double min_allocations_per_call = 1.0;
    /// A new and its delete: 7 ns for a small block that comes back at once, 42 ns for mixed sizes of which 1000 are
    /// held, on one core of a Zen 5 with glibc 2.36.
    double allocation_s = 20e-9;
    /// glibc maps blocks from 32 MiB on afresh each time, so that every page faults: 0.25 ns a byte is 1 µs a page.
    std::uint64_t mapped_bytes = 32u << 20;
    double mapped_byte_s = 0.25e-9;

    /// Span over wall time from which the path, not the number of threads, is what the run waits for.
    double min_span_share = 0.7;
    /// The cost of a task where no gauge task.overhead_seconds tells it: queue, wake-up, records.
    double task_overhead_s = 1e-6;
    /// A task ten times as long as its overhead loses a tenth to it.
    double min_task_overheads = 10.0;

    /// A fifth of the main thread unaccounted for could hide anything.
    double max_outside_share = 0.2;
    /// Below five times the cost of measuring it, a time says more about the profiler than about the scope.
    double min_scope_costs = 5.0;
};

/// What the snapshot shows that could be better, the greatest gain first. Empty where nothing was measured or nothing
/// is wrong. Times summed over threads are divided by how many worked at once, to be comparable with the wall time.
/// Looks at the trees; at caches by their metrics NAME.hits, .misses, .evictions, .build_seconds, .rebuilds and
/// .rebuild_seconds; at task runs by task.run.work_seconds, .span_seconds, .wall_seconds, .threads and .tasks.
/// events: names the longest task of the critical path, where they have edges.
/// Throws std::invalid_argument for options that are negative or not finite. Cost: a pass over the snapshot.
[[nodiscard]] std::vector<advice> advise(snapshot const& s, advice_options const& options = {});
[[nodiscard]] std::vector<advice> advise(snapshot const& s, timeline const& events, advice_options const& options = {});

}  // namespace poise::profile
