// SPDX-License-Identifier: MIT
#include "task/graph_state.hpp"

#include <algorithm>

namespace poise::task::detail {
namespace {

struct shape {
    std::uint32_t first_id;
    std::uint32_t end_id;
    std::uint32_t n_inputs;
    bool has_gate;
};

// The steps from a graph to a plan; each fills more of it.
class planner {
public:
    planner(graph_state const& g, plan& made) : g_{g}, made_{made} {}

    // What each task calls, and how many wait for it. In the order of adding, so that its inputs have been there.
    void describe() {
        auto gate = first_gate();
        for_each_family([&](graph_state::family const& f, shape const& s) {
            for (std::uint32_t id = s.first_id; id < s.end_id; ++id) {
                made_.nodes[id] = {f.kind->call, f.body, 0, 0};
                made_.n_inputs[id] = s.has_gate ? 1 : s.n_inputs;
            }
            if (s.has_gate) {
                made_.nodes[gate] = {nullptr, nullptr, 0, s.end_id - s.first_id};
                made_.n_inputs[gate++] = s.n_inputs;
            }
            std::uint32_t const more = s.has_gate ? 1 : s.end_id - s.first_id;
            for_each_input(f, [&](std::uint32_t input) {
                auto& n = made_.nodes[input].n_successors;
                n += more;
                most_successors_ = std::max(most_successors_, n);
            });
            if (auto const* kind = f.kind->result; kind->destroy != nullptr)
                made_.owned.push_back({kind, f.offset, s.first_id, s.end_id - s.first_id});
        });
    }

    // The edges, each list from its end, so that the one added first stands last.
    void connect() {
        std::uint32_t end = 0;
        for (plan::node& n : made_.nodes) n.first_successor = end += n.n_successors;
        auto gate = first_gate();
        for_each_family([&](graph_state::family const& f, shape const& s) {
            for (std::uint32_t id = s.first_id; id < s.end_id; ++id) {
                plan::edge const here{id, made_.n_inputs[id] == 1};
                if (s.has_gate)
                    put(gate, here);
                else
                    for_each_input(f, [&](std::uint32_t input) { put(input, here); });
            }
            if (!s.has_gate) return;
            for_each_input(f, [&](std::uint32_t input) { put(input, plan::edge{gate, false}); });
            ++gate;
        });
    }

    void find_roots() {
        for (auto id = first_gate(); id-- > 0;)
            if (made_.n_inputs[id] == 0) made_.roots.push_back(id);
    }

    // The most critical to the end of each list. The rank of a task is the number of tasks in a row that follow it.
    void order() {
        if (most_successors_ < 2 && made_.roots.size() < 2) return;
        auto const rank = ranks();
        auto const sort = [&](auto&& nodes, auto const& number_of) {
            auto const less = [&](auto a, auto b) {
                std::uint32_t const i = number_of(a), j = number_of(b);
                return rank[i] != rank[j] ? rank[i] < rank[j] : i > j;
            };
            if (!std::ranges::is_sorted(nodes, less)) std::ranges::sort(nodes, less);
        };
        sort(made_.roots, [](std::uint32_t id) { return id; });
        for (plan::node const& n : made_.nodes)
            if (n.n_successors > 1) sort(made_.successors(n), [](plan::edge e) { return e.to(); });
    }

private:
    [[nodiscard]] std::uint32_t first_gate() const noexcept { return static_cast<std::uint32_t>(made_.n_tasks); }

    void put(std::uint32_t from, plan::edge to) { made_.edges[--made_.nodes[from].first_successor] = to; }

    [[nodiscard]] static shape shape_of(graph_state::family const& f, std::uint32_t end_id) noexcept {
        std::uint32_t n_inputs = 0;
        for (auto const range : f.inputs()) n_inputs += range.count;
        return {f.first_id, end_id, n_inputs, plan::gated(end_id - f.first_id, n_inputs)};
    }
    // Those that have tasks.
    template <class Visit>
    void for_each_family(Visit&& visit) const {
        graph_state::family const* before = nullptr;
        auto const visit_before = [&](std::uint32_t end_id) {
            if (before != nullptr && before->first_id < end_id) visit(*before, shape_of(*before, end_id));
        };
        g_.families.for_each(made_.n_families, [&](std::size_t, graph_state::family const& f) {
            visit_before(f.first_id);
            before = &f;
        });
        visit_before(first_gate());
    }
    template <class Visit>
    static void for_each_input(graph_state::family const& f, Visit&& visit) {
        for (auto const range : f.inputs())
            for (std::uint32_t input = range.first; input < range.first + range.count; ++input) visit(input);
    }

    // Last to first, so that the dependents of a task have been there.
    [[nodiscard]] block<std::uint32_t> ranks() const {
        block<std::uint32_t> rank{made_.n_nodes, 0};
        auto gate = static_cast<std::uint32_t>(made_.n_nodes);
        std::uint32_t end_id = first_gate();
        g_.families.for_each_reversed(made_.n_families, [&](std::size_t, graph_state::family const& f) {
            shape const s = shape_of(f, std::exchange(end_id, f.first_id));
            if (s.first_id == s.end_id) return;
            std::uint32_t const highest =
                *std::max_element(&rank[s.first_id], &rank[s.first_id] + (s.end_id - s.first_id));
            if (s.has_gate) rank[--gate] = highest;
            for_each_input(f, [&](std::uint32_t input) { rank[input] = std::max(rank[input], highest + 1); });
        });
        return rank;
    }

    graph_state const& g_;
    plan& made_;
    std::uint32_t most_successors_ = 0;
};

}  // namespace

plan::plan(graph_state const& g)
    : n_tasks{g.n_tasks},
      n_families{g.families.size()},
      n_nodes{g.n_tasks + g.n_gates},
      results_size{g.results_size},
      nodes{n_nodes},
      edges{g.n_edges},
      n_inputs{n_nodes} {
    planner steps{g, *this};
    steps.describe();
    steps.connect();
    steps.find_roots();
    steps.order();
}

}  // namespace poise::task::detail
