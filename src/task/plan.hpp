// SPDX-License-Identifier: MIT
// Private to src/: a graph made ready to be run: who comes after whom, in the order that runs fastest.
#pragma once

#include "task/block.hpp"
#include "task/order_list.hpp"

#include <poise/task/context.hpp>
#include <poise/task/task_options.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string_view>
#include <vector>

namespace poise::task::detail {

struct graph_state;
struct result_kind;

/// Nodes 0 … n_tasks-1 are the tasks. Behind them stand gates: a map of several tasks with several inputs each counts
/// these down at one gate, not at every task, so that n tasks with m inputs are n + m edges, not n * m.
/// 28 bytes a node and 4 bytes an edge.
struct plan {
    struct node {
        task_code call;  // null: a gate
        void const* body;
        std::uint32_t first_successor;
        std::uint32_t n_successors;
    };
    // A node that follows another. One that has no other input needs no counting; one that tolerates the other's
    // failure does not learn of it.
    class edge {
    public:
        edge() = default;
        edge(std::uint32_t to, bool alone, bool tolerant) noexcept
            : bits_{to << 2U | static_cast<std::uint32_t>(tolerant) << 1U | static_cast<std::uint32_t>(alone)} {}
        [[nodiscard]] std::uint32_t to() const noexcept { return bits_ >> 2U; }
        [[nodiscard]] bool alone() const noexcept { return (bits_ & 1U) != 0; }
        [[nodiscard]] bool tolerant() const noexcept { return (bits_ & 2U) != 0; }

    private:
        std::uint32_t bits_;
    };
    // Results that are more than bytes: of the tasks from first_id on, one behind the other.
    struct owned_results {
        result_kind const* kind;
        std::size_t offset;
        std::uint32_t first_id;
        std::uint32_t n_tasks;
    };
    // A task with options that change how its code is called.
    struct special {
        task_code call;
        void const* body;
        task_options options;
        result_kind const* result;
        std::size_t offset;  // of the result
    };

    [[nodiscard]] static constexpr bool gated(std::size_t n_tasks, std::size_t n_inputs) noexcept {
        return n_tasks >= 2 && n_inputs >= 2;
    }

    /// O(tasks + edges), and O(d log d) for d dependents of a task, where these differ in what depends on them.
    /// Throws std::bad_alloc, and std::invalid_argument when there is a cycle.
    explicit plan(graph_state const& g);

    [[nodiscard]] std::span<edge> successors(node const& of) const noexcept {
        return {edges.data() + of.first_successor, of.n_successors};
    }
    [[nodiscard]] bool is_gate(std::uint32_t number) const noexcept { return number >= n_tasks; }
    /// Nodes in an order in which each comes after its inputs: that of their numbers where it does.
    [[nodiscard]] std::uint32_t in_order(std::size_t i) const noexcept {
        return order ? order[i] : static_cast<std::uint32_t>(i);
    }
    /// task_options::version and keep.
    [[nodiscard]] std::string_view version_of(std::uint32_t id) const noexcept;
    [[nodiscard]] bool keeps(std::uint32_t id) const noexcept;
    /// As graph::levels().
    [[nodiscard]] std::vector<std::uint32_t> levels() const;

    std::size_t n_tasks;
    std::size_t n_families;
    std::size_t n_nodes;
    std::size_t results_size;
    block<node> nodes;
    block<edge> edges;                 // of each node: the least critical first, of equals the one added last
    block<std::uint32_t> n_inputs;     // of each node
    block<std::uint32_t> order;        // see in_order(); nothing where it is that of the numbers
    std::vector<std::uint32_t> roots;  // the nodes without inputs, in the order of edges
    std::vector<owned_results> owned;
    order_list orders;                              // of the graph
    std::vector<special> specials;                  // do not move: nodes point to them
    std::map<std::uint32_t, task_options> options;  // of tasks that have some
    std::vector<resource> used;                     // by any of them, each once
    bool is_wide = false;                           // two tasks can run at the same time
    bool suspends = false;                          // a task may be suspended
};

}  // namespace poise::task::detail
