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
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace poise::task::detail {

/// Tasks are numbered in the order in which they were added, which is a topological order of the edges that are inputs.
/// One thread adds; meanwhile others may read what was there when they were told so (a run of the graph before).
/// About 90 bytes a task, its name and a callable without captures included.
struct graph_state {
    // Consecutive tasks that are inputs.
    struct range {
        std::uint32_t first;
        std::uint32_t count;
        std::uint32_t per_task : 31;  // as in input_range
        std::uint32_t tolerant : 1;

        /// Those of them that task `index` of the family waits for.
        [[nodiscard]] range of_task(std::uint32_t index) const noexcept {
            if (per_task == 0) return *this;
            std::uint32_t const begin = index * per_task;
            return {first + begin, std::min<std::uint32_t>(per_task, count - begin), 0, tolerant};
        }
    };
    // One add() or map(): its tasks share their code, their inputs and the kind of their results. Its name lies behind
    // its callable.
    struct family {
        std::byte* body;
        body_kind const* kind;
        std::size_t offset;  // of its first result
        union {
            struct {
                std::uint32_t first, count;
            } plain_range;             // a single one that is shared and not tolerant, as most are
            range const* many_ranges;  // of any kind
        };
        std::uint32_t first_id;
        std::uint32_t name_size;
        std::uint32_t n_ranges : 30, is_plain : 1, mapped : 1;

        [[nodiscard]] std::string_view base_name() const noexcept {
            return {reinterpret_cast<char const*>(body + kind->size), name_size};
        }
        /// Of the result of one of its tasks.
        [[nodiscard]] std::size_t offset_of(std::uint32_t id) const noexcept {
            return offset + (id - first_id) * kind->result->size;
        }
        /// visit(range) for each of its inputs.
        template <class Visit>
        void for_each_range(Visit&& visit) const {
            if (is_plain)
                visit(range{plain_range.first, plain_range.count, 0, 0});
            else
                for (std::uint32_t r = 0; r < n_ranges; ++r) visit(many_ranges[r]);
        }
    };
    struct configured {
        std::uint32_t first_id;
        std::uint32_t n_tasks;
        task_options options;
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
    /// As graph::after() and graph::configure(), with handles of this graph.
    void order(input_range const& later, input_range const& earlier);
    void configure(input_range const& tasks, task_options const& options);

    [[nodiscard]] std::uint32_t family_of(std::uint32_t id) const noexcept { return family_of(id, families.size()); }
    /// Of the first n_families.
    [[nodiscard]] std::uint32_t family_of(std::uint32_t id, std::size_t n_families) const noexcept;
    [[nodiscard]] std::string name_of(std::uint32_t id) const { return name_of(id, families[family_of(id)]); }
    [[nodiscard]] static std::string name_of(std::uint32_t id, family const& of);
    /// visit(input) for the tasks whose results or outcomes a task receives.
    template <class Visit>
    static void for_each_input(std::uint32_t id, family const& of, Visit&& visit) {
        of.for_each_range([&](range const& r) {
            auto const own = r.of_task(id - of.first_id);
            for (std::uint32_t i = 0; i < own.count; ++i) visit(own.first + i);
        });
    }
    /// These and what after() said: ascending, none twice.
    [[nodiscard]] static std::vector<std::uint32_t> inputs_of(std::uint32_t id, family const& of,
                                                              order_list const& also);
    /// One behind the last task of a family, of the first n_families.
    [[nodiscard]] std::uint32_t end_of(std::size_t f, std::size_t n_families, std::size_t n_tasks_then) const noexcept {
        return f + 1 < n_families ? families[f + 1].first_id : static_cast<std::uint32_t>(n_tasks_then);
    }
    /// The tasks called so: one, all of a map, or a member of a map. Nothing where there are none.
    [[nodiscard]] std::optional<found_tasks> find(std::string_view name, result_kind const** kind, bool* map) const;
    /// How to run it, made when first asked for. Thread-safe against itself, not against adding. Throws
    /// std::invalid_argument when there is a cycle.
    [[nodiscard]] std::shared_ptr<plan const> make_plan();

    stable_vector<family> families;
    struct totals {
        std::size_t n_tasks = 0;
        std::size_t n_gates = 0;  // as a plan has them
        std::size_t n_edges = 0;
        std::size_t results_size = 0;  // bytes
    } total;
    std::vector<order_edge> orders;
    std::vector<configured> configurations;

private:
    [[nodiscard]] bool is_valid(task_description const& task, std::uint64_t graph_id,
                                std::span<input_range const> inputs) const noexcept;
    void require_valid(task_description const& task, std::uint64_t graph_id, std::span<input_range const> inputs) const;
    [[nodiscard]] totals totals_with(task_description const& task, std::span<input_range const> inputs) const noexcept;
    [[nodiscard]] bool has_room_for(task_description const& task) const noexcept;
    [[nodiscard]] bool is_member(std::string_view name) const;
    void require_no_members(task_description const& map) const;
    static void require_room(std::string_view name, std::size_t n_edges);

    bump_arena memory_;  // of inputs, callables and names
    name_index names_;
    stable_vector<std::uint32_t> owning_;  // the families whose callable has a destructor
    std::size_t n_bracketed_ = 0;          // names that could be those of a map's tasks
    totals before_last_;                   // for withdraw()
    std::mutex plan_mutex_;
    std::shared_ptr<plan const> plan_;
};

/// For those parts of the library that read graphs.
struct graph_access {
    [[nodiscard]] static graph_state const& state(graph const& g) noexcept {
        static graph_state const no_tasks;
        return g.state_ ? *g.state_ : no_tasks;
    }
    [[nodiscard]] static std::shared_ptr<plan const> plan_of(graph const& g) {
        return g.state_ ? g.state_->make_plan() : std::make_shared<plan const>(state(g));
    }
};

}  // namespace poise::task::detail
