// SPDX-License-Identifier: MIT
#include "task/cycle.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>

#include <algorithm>
#include <functional>
#include <queue>
#include <string>
#include <vector>

namespace poise::task::detail {
namespace {

// The nodes on one cycle among those that are not done, by a walk in depth that comes back to a node it stands on.
std::vector<std::uint32_t> find_cycle(plan const& steps, std::vector<bool> const& done) {
    std::vector<std::uint32_t> path, next_edge(steps.n_nodes, 0);
    std::vector<bool> seen = done, on_path(steps.n_nodes, false);
    for (std::uint32_t start = 0; start < steps.n_nodes; ++start) {
        if (seen[start]) continue;
        path.push_back(start);
        while (!path.empty()) {
            std::uint32_t const n = path.back();
            seen[n] = on_path[n] = true;
            auto const successors = steps.successors(steps.nodes[n]);
            if (next_edge[n] == successors.size()) {
                on_path[n] = false;
                path.pop_back();
                continue;
            }
            std::uint32_t const to = successors[next_edge[n]++].to();
            if (on_path[to]) return {std::ranges::find(path, to), path.end()};
            if (!seen[to]) path.push_back(to);
        }
    }
    return {};
}

std::string cycle_text(graph_state const& g, plan const& steps, std::vector<std::uint32_t> nodes) {
    std::erase_if(nodes, [&](std::uint32_t n) { return steps.is_gate(n); });
    std::ranges::rotate(nodes, std::ranges::min_element(nodes));
    constexpr std::size_t most_names = 12;
    std::string text;
    for (std::size_t i = 0; i < std::min(nodes.size(), most_names); ++i) text += concat(g.name_of(nodes[i]), " -> ");
    if (nodes.size() > most_names) text += concat("... (", nodes.size() - most_names, " more) -> ");
    return text + g.name_of(nodes.front());
}

}  // namespace

block<std::uint32_t> order_or_throw(graph_state const& g, plan const& steps) {
    block<std::uint32_t> order{steps.n_nodes};
    std::vector<std::uint32_t> missing(steps.n_inputs.begin(), steps.n_inputs.end());
    std::vector<bool> done(steps.n_nodes, false);
    std::priority_queue<std::uint32_t, std::vector<std::uint32_t>, std::greater<>> ready{
        {}, {steps.roots.begin(), steps.roots.end()}};
    std::size_t n = 0;
    while (!ready.empty()) {
        std::uint32_t const node = order[n++] = ready.top();
        ready.pop();
        done[node] = true;
        for (plan::edge const e : steps.successors(steps.nodes[node]))
            if (--missing[e.to()] == 0) ready.push(e.to());
    }
    if (n < steps.n_nodes)
        throw_invalid(concat("graph: a cycle, in which every task waits for itself: ",
                             cycle_text(g, steps, find_cycle(steps, done))));
    return order;
}

}  // namespace poise::task::detail
