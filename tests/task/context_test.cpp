// SPDX-License-Identifier: MIT
#include <poise/task/context.hpp>
#include <poise/task/executor.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <set>
#include <stop_token>

namespace task = poise::task;

TEST(Context, KnowsTheTask) {
    task::graph g;
    auto const x = g.map("x", 2, [](task::context const& self, std::size_t i) {
        EXPECT_EQ(self.attempt(), 1);
        EXPECT_EQ(self.deadline(), std::chrono::steady_clock::time_point::max());
        EXPECT_EQ(self.id(), i);
        return self.name();
    });
    auto const run = task::executor{}.run(g);
    EXPECT_EQ(run[x[1]].value(), "x[1]");
}

TEST(Context, SeedDependsOnTheNameAlone) {
    std::set<std::uint64_t> seeds;
    for (int const threads : {1, 2}) {
        task::graph g;
        if (threads == 2) (void)g.add("other", [] {});
        auto const x = g.map("x", 100, [](task::context const& self, std::size_t) { return self.seed(); });
        auto const run = task::executor{{.threads = threads}}.run(g);
        for (std::size_t i = 0; i < x.size(); ++i) seeds.insert(run[x[i]].value());
    }
    EXPECT_EQ(seeds.size(), 100u);
}

TEST(Context, HandsOnTheWishToStop) {
    std::stop_source source;
    task::graph g;
    auto const outer = g.add("outer", [&](task::context const& self) {
        source.request_stop();
        task::graph inner;
        (void)inner.add("x", [] {});
        return task::executor{{.threads = 1}}.run(inner, {.stop = self.stop_token()}).summary().n_cancelled;
    });
    EXPECT_EQ(task::executor{{.threads = 2}}.run(g, {.stop = source.get_token()})[outer].value(), 1u);
}
