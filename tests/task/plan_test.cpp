// SPDX-License-Identifier: MIT
#include "task/graph_state.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace task = poise::task;
using task::detail::graph_state;
using task::detail::plan;

namespace {

// Adds tasks without callables to speak of.
class sketch {
public:
    std::uint32_t add(std::string_view name, std::vector<task::detail::input_range> inputs, std::size_t n = 1) {
        auto const f = [](auto...) {};
        using body = task::detail::body_of<decltype(f), false>;
        for (auto& input : inputs) input.graph_id = 1;
        return state.add({name, n, n != 1, &task::detail::kind_of_body<body>}, 1, inputs).first_id;
    }
    graph_state state;
};
task::detail::input_range on(std::uint32_t first, std::size_t count = 1, std::size_t per_task = 0) {
    return {1, first, count, per_task};
}

std::vector<std::uint32_t> successors(plan const& p, std::uint32_t node) {
    std::vector<std::uint32_t> found;
    for (auto const e : p.successors(p.nodes[node])) found.push_back(e.to());
    return found;
}
using ids = std::vector<std::uint32_t>;

}  // namespace

TEST(Plan, OfAChainCountsNothing) {
    sketch s;
    s.add("a", {});
    s.add("b", {on(0)});
    s.add("c", {on(1)});
    plan const p{s.state};
    EXPECT_EQ(p.n_nodes, 3u);
    EXPECT_EQ(p.roots, ids{0});
    EXPECT_EQ(successors(p, 0), ids{1});
    EXPECT_EQ(successors(p, 1), ids{2});
    EXPECT_TRUE(successors(p, 2).empty());
    EXPECT_TRUE(p.successors(p.nodes[0])[0].alone());
}

TEST(Plan, PutsTheMostCriticalLastAndOfEqualsTheFirstAdded) {
    sketch s;
    s.add("root", {});
    s.add("short", {on(0)});
    s.add("long", {on(0)});
    s.add("short too", {on(0)});
    s.add("long 2", {on(2)});
    s.add("root too", {});
    plan const p{s.state};
    EXPECT_EQ(successors(p, 0), (ids{3, 1, 2}));
    EXPECT_EQ(p.roots, (ids{5, 0})) << "pushed in this order, so that 0 comes out first";
}

TEST(Plan, CountsTheInputsOfAMapAtOneGate) {
    sketch s;
    s.add("a", {}, 3);
    s.add("b", {});
    s.add("map", {on(0, 3), on(3)}, 5);
    s.add("after map", {on(4, 5)});
    plan const p{s.state};
    EXPECT_EQ(p.n_tasks, 10u);
    EXPECT_EQ(p.n_nodes, 11u);
    EXPECT_EQ(p.edges.size(), 4u + 5u + 5u);
    EXPECT_EQ(p.nodes[10].call, nullptr);
    EXPECT_EQ(p.n_inputs[10], 4u);
    for (std::uint32_t i = 0; i < 4; ++i) EXPECT_EQ(successors(p, i), ids{10});
    EXPECT_EQ(successors(p, 10), (ids{8, 7, 6, 5, 4}));
    EXPECT_EQ(p.n_inputs[4], 1u);
    EXPECT_EQ(p.n_inputs[9], 5u);
}

TEST(Plan, OfAMapOfNothingHasNoEdges) {
    sketch s;
    s.add("a", {});
    s.add("none", {on(0)}, 0);
    s.add("after none", {on(1, 0)});
    plan const p{s.state};
    EXPECT_EQ(p.n_tasks, 2u);
    EXPECT_EQ(p.edges.size(), 0u);
    EXPECT_EQ(p.roots, (ids{1, 0}));
}

TEST(Plan, JoinsInputsGivenTwice) {
    sketch s;
    s.add("a", {}, 4);
    s.add("twice", {on(2), on(0, 3), on(2)});
    s.add("apart", {on(3), on(0)});
    plan const p{s.state};
    EXPECT_EQ(p.n_inputs[4], 3u);
    EXPECT_EQ(p.n_inputs[5], 2u);
    EXPECT_EQ(successors(p, 2), ids{4});
    EXPECT_EQ(successors(p, 0), (ids{5, 4}));
}

TEST(Plan, OfAnEmptyGraphIsEmpty) {
    graph_state const empty;
    plan const p{empty};
    EXPECT_EQ(p.n_nodes, 0u);
    EXPECT_TRUE(p.roots.empty());
}
