// SPDX-License-Identifier: MIT
// Private to src/: a graph made ready to be run: who comes after whom, in the order that runs fastest.
#pragma once

#include "task/block.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace poise::task::detail {

struct graph_state;
struct result_kind;

/// Nodes 0 … n_tasks-1 are the tasks. Behind them stand gates: a map of several tasks with several inputs each counts
/// these down at one gate, not at every task, so that n tasks with m inputs are n + m edges, not n * m.
/// 28 bytes a node and 4 bytes an edge.
struct plan {
    struct node {
        void (*call)(void const* body, std::byte* results, std::uint32_t id);  // null: a gate
        void const* body;
        std::uint32_t first_successor;
        std::uint32_t n_successors;
    };
    // A node that follows another; one that has no other input needs no counting.
    class edge {
    public:
        edge() = default;
        edge(std::uint32_t to, bool alone) noexcept : bits_{to << 1U | static_cast<std::uint32_t>(alone)} {}
        [[nodiscard]] std::uint32_t to() const noexcept { return bits_ >> 1U; }
        [[nodiscard]] bool alone() const noexcept { return (bits_ & 1U) != 0; }

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

    [[nodiscard]] static constexpr bool gated(std::size_t n_tasks, std::size_t n_inputs) noexcept {
        return n_tasks >= 2 && n_inputs >= 2;
    }

    /// O(tasks + edges), and O(d log d) for d dependents of a task, where these differ in what depends on them.
    /// Throws std::bad_alloc.
    explicit plan(graph_state const& g);

    [[nodiscard]] std::span<edge> successors(node const& of) const noexcept {
        return {edges.data() + of.first_successor, of.n_successors};
    }

    std::size_t n_tasks;
    std::size_t n_families;
    std::size_t n_nodes;
    std::size_t results_size;
    block<node> nodes;
    block<edge> edges;                 // of each node: the least critical first, of equals the one added last
    block<std::uint32_t> n_inputs;     // of each node
    std::vector<std::uint32_t> roots;  // the nodes without inputs, in the order of edges
    std::vector<owned_results> owned;
};

}  // namespace poise::task::detail
