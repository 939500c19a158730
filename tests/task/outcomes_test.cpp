// SPDX-License-Identifier: MIT
#include <poise/task/executor.hpp>
#include <poise/task/outcomes.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <stdexcept>

namespace task = poise::task;

TEST(Outcomes, AreARange) {
    task::graph g;
    auto const x = g.map("x", 9, [](std::size_t i) {
        if (i % 2 == 1) throw std::runtime_error{"odd"};
        return i;
    });
    auto const run = task::serial().run(g);
    auto const all = run[x];
    EXPECT_EQ(std::count_if(all.begin(), all.end(), [](auto const& o) { return static_cast<bool>(o); }), 5);
}
