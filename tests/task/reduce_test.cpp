// SPDX-License-Identifier: MIT
#include <poise/task/executor.hpp>
#include <poise/task/reduce.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <functional>
#include <stdexcept>
#include <string>

namespace task = poise::task;

namespace {

std::string joined(std::size_t n, std::size_t fan_in) {
    task::graph g;
    auto const x = g.map("x", n, [](std::size_t i) { return std::string(1, static_cast<char>('a' + i)); });
    auto const all = task::reduce(
        g, "all", x, [](std::string const& a, std::string const& b) { return "(" + a + b + ")"; }, {.fan_in = fan_in});
    return task::executor{{.threads = 3}}.run(g)[all].value();
}

}  // namespace

TEST(Reduce, JoinsInAFixedTree) {
    EXPECT_EQ(joined(1, 2), "a");
    EXPECT_EQ(joined(2, 2), "(ab)");
    EXPECT_EQ(joined(5, 2), "(((ab)(cd))e)");
    EXPECT_EQ(joined(8, 2), "(((ab)(cd))((ef)(gh)))");
    EXPECT_EQ(joined(7, 3), "((((ab)c)((de)f))g)");
    EXPECT_EQ(joined(7, 100), "((((((ab)c)d)e)f)g)");
}

TEST(Reduce, HasTheSameBitsOnAnyNumberOfThreads) {
    task::graph g;
    auto const x = g.map("x", 1000, [](std::size_t i) { return std::sin(static_cast<double>(i)) / 3.0; });
    auto const sum = task::reduce(g, "sum", x, std::plus<>{});
    double const serial = task::serial().run(g)[sum].value();
    for (int const threads : {1, 2, 5, 8}) {
        double const value = task::executor{{.threads = threads}}.run(g)[sum].value();
        EXPECT_EQ(std::memcmp(&value, &serial, sizeof value), 0) << threads;
    }
}

TEST(Reduce, TellsWhoIsToBlame) {
    task::graph g;
    auto const x = g.map("x", 9, [](std::size_t i) {
        if (i == 4) throw std::runtime_error{"four"};
        return i;
    });
    auto const sum = task::reduce(g, "sum", x, std::plus<>{});
    EXPECT_EQ(task::executor{}.run(g)[sum].record().message, "because x[4] failed: four");
    EXPECT_EQ(g.name(sum.id()), "sum");
    EXPECT_EQ(g.name(9), "sum/1[0]");
}

TEST(Reduce, RefusesNothingAndAFanInOfOne) {
    task::graph g;
    auto const none = g.map("none", 0, [](std::size_t) { return 1; });
    auto const some = g.map("some", 3, [](std::size_t) { return 1; });
    EXPECT_THROW((void)task::reduce(g, "a", none, std::plus<>{}), std::invalid_argument);
    EXPECT_THROW((void)task::reduce(g, "b", some, std::plus<>{}, {.fan_in = 1}), std::invalid_argument);
    EXPECT_EQ(g.size(), 3u);
}

TEST(Reduce, AddsAllOfItsTasksOrNone) {
    task::graph g;
    auto const x = g.map("x", 9, [](std::size_t i) { return i; });
    (void)g.add("sum", [] {});
    EXPECT_THROW((void)task::reduce(g, "sum", x, std::plus<>{}), std::invalid_argument);
    EXPECT_EQ(g.size(), 10u);
}
