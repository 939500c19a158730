// SPDX-License-Identifier: MIT
#include "support/message_of.hpp"

#include <poise/task/executor.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace task = poise::task;
using namespace std::chrono_literals;
using poise_test::message_of;

namespace {

template <class Printable>
std::string printed(Printable const& value) {
    std::ostringstream out;
    out << value;
    return out.str();
}

struct special_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace

TEST(Run, ListsFailuresFirstAndSaysWhoIsToBlame) {
    task::graph g;
    auto const bad = g.add("bad", []() -> int { throw special_error{"singular"}; });
    auto const below = g.add(
        "below", [](int x) { return x; }, bad);
    (void)g.add("worse", []() -> int { throw 42; });
    (void)g.add(
        "further", [](int x) { return x; }, below);
    auto const run = task::executor{{.threads = 1}}.run(g);
    EXPECT_EQ(printed(run.failures()),
              "bad failed: singular\n"
              "worse failed: an exception that is not a std::exception\n"
              "below skipped: because bad failed: singular\n"
              "further skipped: because bad failed: singular\n");
}

TEST(Run, RefusesHandlesItDoesNotKnow) {
    task::graph g, other;
    (void)g.add("a", [] { return 1; });
    auto const foreign = other.add("a", [] { return 1; });
    auto const run = task::executor{}.run(g);
    auto const later = g.add("later", [] { return 1; });
    EXPECT_NE(message_of<std::invalid_argument>([&] { (void)run[foreign]; }).find("another graph"), std::string::npos);
    EXPECT_NE(
        message_of<std::invalid_argument>([&] { (void)run[later]; }).find("added after this run, which has 1 tasks"),
        std::string::npos);
}

TEST(Run, KeepsItsResultsWhenTheGraphIsGone) {
    auto const [handle, run] = [] {
        task::graph g;
        auto const x = g.add("x", [] { return std::string{"kept"}; });
        return std::pair{x, task::executor{}.run(g)};
    }();
    EXPECT_EQ(run[handle].value(), "kept");
}

// Sleeps are lower bounds on durations, so these inequalities hold on any machine, however busy.
TEST(Summary, FindsTheCriticalPath) {
    task::graph g;
    auto const start = g.add("start", [] { return 0; });
    auto const slow = g.add(
        "slow",
        [](int x) {
            std::this_thread::sleep_for(60ms);
            return x;
        },
        start);
    auto const quick = g.add(
        "quick", [](int x) { return x; }, start);
    (void)g.add(
        "end", [](int a, int b) { return a + b; }, slow, quick);
    auto const s = task::executor{{.threads = 2}}.run(g).summary();
    EXPECT_EQ(s.critical_path, (std::vector<std::string>{"start", "slow", "end"}));
    EXPECT_GE(s.span_s, 0.06);
    EXPECT_GE(s.work_s, s.span_s);
    EXPECT_GE(s.wall_s, s.span_s);
    EXPECT_EQ(s.n_succeeded, 4u);
    EXPECT_EQ(s.threads, 2);
    EXPECT_DOUBLE_EQ(s.speed_up(), s.work_s / s.wall_s);
    EXPECT_DOUBLE_EQ(s.efficiency(), s.speed_up() / 2);
    EXPECT_NE(printed(s).find("critical path: start > slow > end"), std::string::npos) << printed(s);
}

TEST(Summary, ShortensALongPathInTheMiddle) {
    task::summary s;
    for (int i = 0; i < 12; ++i) s.critical_path.push_back("t" + std::to_string(i));
    EXPECT_NE(printed(s).find("critical path: t0 > t1 > t2 > t3 > ... > t8 > t9 > t10 > t11"), std::string::npos)
        << printed(s);
}

TEST(Summary, OfAnEmptyGraphIsEmpty) {
    auto const run = task::executor{}.run(task::graph{});
    EXPECT_TRUE(run);
    EXPECT_EQ(run.summary().span_s, 0.0);
    EXPECT_TRUE(run.summary().critical_path.empty());
}

TEST(Run, DestroysResultsTheLastFirst) {
    static std::string order;
    struct told {
        explicit told(char c) : name{c} {}
        told(told&& other) noexcept : name{std::exchange(other.name, '-')} {}
        ~told() {
            if (name != '-') order += name;
        }
        char name;
    };
    order.clear();
    {
        task::graph g;
        auto const a = g.add("a", [] { return told{'a'}; });
        (void)g.map(
            "b", 2, [](std::size_t i, told const&) { return told{i == 0 ? 'b' : 'c'}; }, a);
        EXPECT_TRUE(task::executor{{.threads = 1}}.run(g));
    }
    EXPECT_EQ(order, "cba");
}

TEST(Run, PrintsAFewOfManyThatWereSkipped) {
    task::graph g;
    auto const bad = g.add("bad", []() -> int { throw special_error{"x"}; });
    (void)g.map(
        "below", 1000, [](std::size_t, int) {}, bad);
    auto const text = printed(task::executor{{.threads = 2}}.run(g).failures());
    EXPECT_EQ(std::ranges::count(text, '\n'), 22);
    EXPECT_NE(text.find("and 980 more skipped"), std::string::npos) << text;
}

TEST(Summary, SaysHowManyThreadsWereAtWork) {
    task::graph g;
    auto last = g.add("0", [] {});
    for (int i = 1; i < 50; ++i)
        last = g.add(
            std::to_string(i), [] {}, last);
    auto const s = task::executor{{.threads = 4}}.run(g).summary();
    EXPECT_EQ(s.threads, 4);
    EXPECT_EQ(s.threads_at_work, 1) << "a chain needs one";
    EXPECT_NE(printed(s).find("on 4 threads (1 at work)"), std::string::npos) << printed(s);
    EXPECT_EQ(printed(task::serial().run(g).summary()).find("at work"), std::string::npos);
}
