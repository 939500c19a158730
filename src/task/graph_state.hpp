// SPDX-License-Identifier: MIT
// Private to src/: what a graph keeps of its tasks.
#pragma once

#include "task/bump_arena.hpp"
#include "task/name_index.hpp"
#include "task/plan.hpp"
#include "task/stable_vector.hpp"

#include <poise/task/graph.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>

namespace poise::task::detail {

/// Tasks are numbered in the order in which they were added, which is a topological order.
/// One thread adds; meanwhile others may read what was there when they were told so (a run of the graph before).
/// About 80 bytes a task, its name and a callable without captures included.
struct graph_state {
    struct range {
        std::uint32_t first;
        std::uint32_t count;
    };
    // One add() or map(): its tasks share their code, their inputs and the kind of their results. Its name lies behind
    // its callable.
    struct family {
        std::byte* body;
        body_kind const* kind;
        std::size_t offset;  // of its first result
        union {
            range one_range;           // its inputs, ascending, none twice
            range const* many_ranges;  // where they are not in one piece
        };
        std::uint32_t first_id;
        std::uint32_t name_size;
        std::uint32_t mapped : 1, n_ranges : 31;

        [[nodiscard]] std::string_view base_name() const noexcept {
            return {reinterpret_cast<char const*>(body + kind->size), name_size};
        }
        [[nodiscard]] std::span<range const> inputs() const noexcept {
            return {n_ranges == 1 ? &one_range : many_ranges, n_ranges};
        }
    };

    graph_state() = default;
    ~graph_state();
    graph_state(graph_state const&) = delete;
    graph_state& operator=(graph_state const&) = delete;

    /// Adds tasks whose callable is yet to be constructed in its place; checks everything, and where it throws nothing
    /// has changed. Sorts `inputs`.
    task_place add(task_description const& task, std::uint64_t graph_id, std::span<input_range> inputs);
    /// Takes back the last add(), whose callable could not be constructed.
    void withdraw() noexcept;

    [[nodiscard]] std::uint32_t family_of(std::uint32_t id) const noexcept { return family_of(id, families.size()); }
    /// Of the first n_families.
    [[nodiscard]] std::uint32_t family_of(std::uint32_t id, std::size_t n_families) const noexcept;
    [[nodiscard]] std::string name_of(std::uint32_t id) const { return name_of(id, families[family_of(id)]); }
    [[nodiscard]] static std::string name_of(std::uint32_t id, family const& of);
    /// How to run it, made when first asked for. Thread-safe against itself, not against adding.
    [[nodiscard]] std::shared_ptr<plan const> make_plan();

    stable_vector<family> families;
    std::size_t n_tasks = 0;
    std::size_t n_gates = 0;  // as a plan has them
    std::size_t n_edges = 0;
    std::size_t results_size = 0;  // bytes

private:
    void require_valid(task_description const& task, std::uint64_t graph_id, std::span<input_range const> inputs) const;
    bump_arena memory_;  // of inputs, callables and names
    name_index names_;
    stable_vector<std::uint32_t> owning_;  // the families whose callable has a destructor
    std::mutex plan_mutex_;
    std::shared_ptr<plan const> plan_;
};

}  // namespace poise::task::detail
