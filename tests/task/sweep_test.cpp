// SPDX-License-Identifier: MIT
#include "support/message_of.hpp"

#include <poise/task/executor.hpp>
#include <poise/task/sweep.hpp>

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace task = poise::task;
using poise_test::message_of;

TEST(ParameterGrid, HasAllCombinationsTheLastAxisFastest) {
    task::parameter_grid const grid{task::axis{"tol", {1e-4, 1e-6}}, task::axis{"cells", {32, 64, 128}}};
    EXPECT_EQ(grid.size(), 6u);
    EXPECT_EQ(grid.shape(), (std::array<std::size_t, 2>{2, 3}));
    EXPECT_EQ(grid[0], (std::tuple{1e-4, 32}));
    EXPECT_EQ(grid[1], (std::tuple{1e-4, 64}));
    EXPECT_EQ(grid[5], (std::tuple{1e-6, 128}));
    for (std::size_t i = 0; i < grid.size(); ++i) {
        auto const at = grid.indices(i);
        EXPECT_EQ(grid.index(at[0], at[1]), i);
    }
    EXPECT_EQ(grid.describe(4), "tol = 1e-06, cells = 64");
}

TEST(ParameterGrid, RefusesPointsThatThereAreNot) {
    task::parameter_grid const grid{task::axis{"a", {1, 2}}, task::axis<std::string>{"b", std::vector<std::string>{}}};
    EXPECT_EQ(grid.size(), 0u);
    EXPECT_NE(message_of<std::invalid_argument>([&] { (void)grid[0]; }).find("point 0 of 0"), std::string::npos);
    EXPECT_NE(message_of<std::invalid_argument>([&] { (void)grid.index(2, 0); }).find("value 2 of axis 0"),
              std::string::npos);
}

TEST(Sweep, RunsATaskForEachPoint) {
    task::graph g;
    auto const base = g.add("base", [] { return 1000; });
    task::parameter_grid const grid{task::axis{"tens", {10, 20}}, task::axis{"ones", {1, 2, 3}},
                                    task::axis{"name", std::vector<std::string>{"x", "y"}}};
    auto const solved = task::sweep(
        g, "solve", grid,
        [](int tens, int ones, std::string const& name, int b) { return name + std::to_string(b + tens + ones); },
        base);
    ASSERT_EQ(solved.size(), 12u);
    auto const run = task::executor{{.threads = 2}}.run(g);
    ASSERT_TRUE(run) << run.failures();
    EXPECT_EQ(run[solved.at(1, 2, 0)].value(), "x1023");
    EXPECT_EQ(run[solved[1]].value(), "y1011");
    EXPECT_EQ(solved.grid->describe(1), "tens = 10, ones = 1, name = y");
    EXPECT_EQ(g.name(solved[1].id()), "solve[1]");
}

TEST(Sweep, KeepsAFailureInItsLane) {
    task::graph g;
    auto const solved = task::sweep(g, "solve", task::parameter_grid{task::axis{"x", {1, 0, 2}}}, [](int x) {
        if (x == 0) throw std::domain_error{"zero"};
        return 1.0 / x;
    });
    auto const after = g.map(
        "after", 3, [](std::size_t, double v) { return 2 * v; }, task::each(solved.tasks));
    auto const run = task::executor{{.threads = 2}}.run(g);
    EXPECT_EQ(run[after].n_succeeded(), 2u);
    EXPECT_EQ(run[after[2]].value(), 1.0);
}

TEST(Sweep, TakesAxesOfBool) {
    task::graph g;
    auto const solved =
        task::sweep(g, "solve", task::parameter_grid{task::axis<bool>{"flag", {false, true}}, task::axis{"n", {1, 2}}},
                    [](bool flag, int n) { return flag ? n : -n; });
    auto const run = task::executor{{.threads = 2}}.run(g);
    EXPECT_EQ(run[solved.at(0, 1)].value(), -2);
    EXPECT_EQ(run[solved.at(1, 1)].value(), 2);
}

TEST(Sweep, GivesTheContextToWhoWantsIt) {
    task::graph g;
    auto const solved = task::sweep(g, "solve", task::parameter_grid{task::axis{"n", {1, 2}}},
                                    [](task::context const& self, int n) { return self.name() + std::to_string(n); });
    EXPECT_EQ(task::serial().run(g)[solved[1]].value(), "solve[1]2");
}

TEST(ParameterGrid, RefusesMorePointsThanThereCanBeTasks) {
    std::vector<int> const many(65536);
    EXPECT_NE(message_of<std::invalid_argument>([&] {
                  task::parameter_grid const grid{task::axis{"a", many}, task::axis{"b", many}, task::axis{"c", many},
                                                  task::axis{"d", many}};
              }).find("points are too many"),
              std::string::npos);
}
