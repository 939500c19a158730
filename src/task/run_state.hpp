// SPDX-License-Identifier: MIT
// Private to src/: what one run leaves behind.
#pragma once

#include "profile/clock.hpp"
#include "task/block.hpp"
#include "task/graph_state.hpp"

#include <poise/task/run.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <vector>

namespace poise::task::detail {

struct run_state {
    struct times {
        profile::detail::ticks start;
        profile::detail::ticks end;
    };
    struct failure {
        std::uint32_t id;
        std::exception_ptr thrown;
    };
    struct delete_aligned {
        void operator()(std::byte* block) const noexcept {
            ::operator delete (block, std::align_val_t{largest_alignment});
        }
    };

    /// Throws std::bad_alloc.
    run_state(std::shared_ptr<graph_state const> ran, std::shared_ptr<plan const> how, std::uint64_t of_graph,
              bool is_timed);
    ~run_state();
    run_state(run_state const&) = delete;
    run_state& operator=(run_state const&) = delete;

    [[nodiscard]] std::uint32_t root_cause(std::uint32_t node) const noexcept { return blame[node] - 1; }
    [[nodiscard]] graph_state::family const& family_of(std::uint32_t id) const noexcept {
        return graph->families[graph->family_of(id, steps->n_families)];
    }
    /// One behind its last task.
    [[nodiscard]] std::uint32_t end_of_family(std::size_t f) const noexcept {
        return f + 1 < steps->n_families ? graph->families[f + 1].first_id : static_cast<std::uint32_t>(steps->n_tasks);
    }
    [[nodiscard]] std::string name_of(std::uint32_t id) const { return graph_state::name_of(id, family_of(id)); }
    /// Since the run began.
    [[nodiscard]] double seconds(profile::detail::ticks t) const noexcept {
        return static_cast<double>(t - started) * seconds_per_tick_;
    }
    [[nodiscard]] double wall_s() const noexcept { return seconds(ended); }
    /// When the last input of a family was done.
    [[nodiscard]] profile::detail::ticks ready_at(graph_state::family const& family) const noexcept;
    /// The thread counted from the end of its task before; it may have waited there for an input.
    [[nodiscard]] profile::detail::ticks start_of(std::uint32_t id, profile::detail::ticks ready) const noexcept {
        return std::min(std::max(when[id].start, ready), when[id].end);
    }
    /// The exception of a task that failed; std::bad_alloc where there was no memory to keep it.
    [[nodiscard]] std::exception_ptr thrown_by(std::uint32_t id) const;
    void keep(std::uint32_t id, std::exception_ptr thrown) noexcept;
    void start() noexcept;
    void finish() noexcept;

    std::shared_ptr<graph_state const> graph;
    std::shared_ptr<plan const> steps;
    std::uint64_t graph_id;
    bool timed;
    int threads = 1;
    std::size_t n_failed = 0, n_skipped = 0;

    block<std::byte> results;
    block<task::state> states;    // of each task
    block<std::uint32_t> blame;   // of each node: 0, or 1 + the first task whose failure it is due to
    block<times> when;            // of each task, if timed
    block<std::uint16_t> worker;  // of each task, if timed

    profile::detail::ticks started = 0;
    profile::detail::ticks ended = 0;

private:
    double seconds_per_tick_ = 0.0;
    std::mutex failures_mutex_;
    std::vector<failure> failures_;  // by id once finished
};

}  // namespace poise::task::detail
