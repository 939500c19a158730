// SPDX-License-Identifier: MIT
// Private to src/: what one run leaves behind.
#pragma once

#include "profile/clock.hpp"
#include "task/block.hpp"
#include "task/graph_state.hpp"
#include "task/result_store.hpp"

#include <poise/task/run.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>

namespace poise::task::detail {

/// For people, of what was thrown and has no what().
inline constexpr char const* not_a_std_exception = "an exception that is not a std::exception";

struct run_state {
    struct times {
        profile::detail::ticks start;
        profile::detail::ticks end;
    };

    /// Throws std::bad_alloc.
    run_state(std::shared_ptr<graph_state const> ran, std::shared_ptr<plan const> how, std::uint64_t of_graph,
              bool is_timed, std::stop_token token);
    ~run_state();
    run_state(run_state const&) = delete;
    run_state& operator=(run_state const&) = delete;

    /// Blame of a task that failed, and of one whose condition did not hold. Where both are to blame the first counts,
    /// and of equals the task that was added first: the smaller number.
    [[nodiscard]] static constexpr std::uint32_t for_failure(std::uint32_t id) noexcept { return id + 1; }
    [[nodiscard]] static constexpr std::uint32_t for_omission(std::uint32_t id) noexcept { return (id + 1) | omission; }
    [[nodiscard]] static constexpr bool is_omission(std::uint32_t blamed) noexcept { return (blamed & omission) != 0; }
    [[nodiscard]] std::uint32_t root_cause(std::uint32_t id) const noexcept { return (blame[id] & ~omission) - 1; }
    [[nodiscard]] graph_state::family const& family_of(std::uint32_t id) const noexcept {
        return graph->families[graph->family_of(id, steps->n_families)];
    }
    [[nodiscard]] std::byte* place_of(std::uint32_t id) const noexcept {
        return results.data() + family_of(id).offset_of(id);
    }
    /// One behind its last task.
    [[nodiscard]] std::uint32_t end_of_family(std::size_t f) const noexcept {
        return graph->end_of(f, steps->n_families, steps->n_tasks);
    }
    [[nodiscard]] std::string name_of(std::uint32_t id) const { return graph_state::name_of(id, family_of(id)); }
    /// Since the run began.
    [[nodiscard]] double seconds(profile::detail::ticks t) const noexcept {
        return static_cast<double>(t - started) * seconds_per_tick();
    }
    [[nodiscard]] double wall_s() const noexcept { return seconds(ended); }
    /// When the last of the inputs was done that all tasks of a family have; and of those of one task besides.
    [[nodiscard]] profile::detail::ticks ready_at(graph_state::family const& family) const noexcept;
    [[nodiscard]] profile::detail::ticks ready_at(std::uint32_t id, graph_state::family const& family,
                                                  profile::detail::ticks all_of_family) const noexcept;
    /// The thread counted from the end of its task before; it may have waited there for an input.
    [[nodiscard]] profile::detail::ticks start_of(std::uint32_t id, profile::detail::ticks ready) const noexcept {
        return std::min(std::max(when[id].start, ready), when[id].end);
    }
    /// The exception of a task that failed; std::bad_alloc where there was no memory to keep it.
    [[nodiscard]] std::exception_ptr thrown_by(std::uint32_t id) const;
    void keep(std::uint32_t id, std::exception_ptr thrown) noexcept;
    [[nodiscard]] std::exception_ptr take_thrown(std::uint32_t id);
    /// Of a task that was cancelled: while it waited.
    [[nodiscard]] bool was_woken(std::uint32_t id) const;
    [[nodiscard]] int attempts(std::uint32_t id) const;
    void count_attempts(std::uint32_t id, int n) const noexcept;
    /// The tasks that did not succeed are to be run again.
    void forget_failures() noexcept;
    /// What one call of the task took, which may be one of several, and not the last one.
    void add_memory(std::uint32_t id, profile::memory_block const& taken) noexcept;
    void start() noexcept;
    void finish() noexcept;

    std::shared_ptr<graph_state const> graph;
    std::shared_ptr<plan const> steps;
    std::uint64_t graph_id;
    bool timed;
    int threads = 1;
    int threads_at_work = 1;
    std::stop_token stop;
    bool stop_at_failure = false;
    std::atomic<bool> stopped{false};                   // the wish to stop, whoever had it
    std::atomic<bool> const* stop_elsewhere = nullptr;  // the wish to stop, as another process sees it
    std::unique_ptr<result_store> store;                // if results are kept
    std::size_t n_failed = 0, n_skipped = 0, n_omitted = 0, n_cancelled = 0;

    block<std::byte> results;
    bool again = false;                   // what succeeded before is not to be run
    block<task::state> states;            // of each task
    block<std::uint32_t> blame;           // of each node: 0, or on which task it does not run, see for_failure()
    block<times> when;                    // of each task, if timed
    block<std::uint16_t> worker;          // of each task, if timed
    block<profile::memory_block> memory;  // of each task, if wanted

    profile::detail::ticks started = 0;
    profile::detail::ticks ended = 0;

private:
    [[nodiscard]] profile::detail::ticks latest_end(std::uint32_t first, std::uint32_t count) const noexcept;
    /// Found when first asked for, as it takes a millisecond where the process is younger.
    [[nodiscard]] double seconds_per_tick() const noexcept;

    mutable std::atomic<double> seconds_per_tick_{0.0};
    static constexpr std::uint32_t omission = 0x8000'0000U;

    mutable std::mutex rare_mutex_;  // what few tasks have
    std::map<std::uint32_t, std::exception_ptr> failures_;
    mutable std::map<std::uint32_t, int> attempts_;  // of tasks that may be tried again
};

/// For those parts of the library that read runs.
struct run_access {
    [[nodiscard]] static run_state const& state(run const& r) noexcept { return *r.state_; }
};

}  // namespace poise::task::detail
