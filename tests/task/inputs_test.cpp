// SPDX-License-Identifier: MIT
#include "support/message_of.hpp"

#include <poise/task/executor.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

namespace task = poise::task;
using poise_test::message_of;

TEST(Inputs, EachPassesElementByElement) {
    task::graph g;
    auto const x = g.map("x", 5, [](std::size_t i) { return static_cast<int>(i); });
    auto const offset = g.add("offset", [] { return 100; });
    auto const y = g.map(
        "y", 5, [](std::size_t i, int a, int b) { return 1000 * static_cast<int>(i) + a + b; }, task::each(x), offset);
    auto const run = task::executor{{.threads = 2}}.run(g);
    for (std::size_t i = 0; i < 5; ++i)
        EXPECT_EQ(run[y[i]].value(), 1000 * static_cast<int>(i) + static_cast<int>(i) + 100);
}

TEST(Inputs, AnElementThatFailsSkipsItsOwnDependentAlone) {
    task::graph g;
    auto const x = g.map("x", 4, [](std::size_t i) {
        if (i == 2) throw std::runtime_error{"two"};
        return i;
    });
    auto const y = g.map(
        "y", 4, [](std::size_t, std::size_t v) { return v; }, task::each(x));
    auto const run = task::executor{{.threads = 1}}.run(g);
    EXPECT_EQ(run.summary().n_succeeded, 6u);
    EXPECT_EQ(run[y[2]].record().message, "because x[2] failed: two");
    EXPECT_EQ(run[y].n_succeeded(), 3u);
}

TEST(Inputs, ChunksPassPieces) {
    task::graph g;
    auto const x = g.map("x", 10, [](std::size_t i) { return static_cast<int>(i); });
    auto const pieces = task::chunks(x, 4);
    EXPECT_EQ(pieces.count(), 3u);
    auto const y = g.map(
        "y", 3,
        [](std::size_t, task::collection<int> const& part) { return std::vector<int>(part.begin(), part.end()); },
        pieces);
    auto const run = task::executor{{.threads = 2}}.run(g);
    EXPECT_EQ(run[y[0]].value(), (std::vector<int>{0, 1, 2, 3}));
    EXPECT_EQ(run[y[2]].value(), (std::vector<int>{8, 9}));
    EXPECT_THROW((void)task::chunks(x, 0), std::invalid_argument);
}

TEST(Inputs, ElementsMustBeAsManyAsTasks) {
    task::graph g;
    auto const x = g.map("x", 10, [](std::size_t i) { return i; });
    auto const message = message_of<std::invalid_argument>([&] {
        (void)g.map(
            "y", 9, [](std::size_t, std::size_t) {}, task::each(x));
    });
    EXPECT_NE(message.find("'y' has 9 tasks, but its input, element by element, is for 10"), std::string::npos)
        << message;
    EXPECT_EQ(g.size(), 10u);
}

TEST(Inputs, AllGathersTasksFromAnywhere) {
    task::graph g;
    std::vector<task::handle<std::string>> parts;
    for (auto const* name : {"a", "b", "c"}) parts.push_back(g.add(name, [name] { return std::string{name}; }));
    auto const number = g.add("number", [] { return 1; });
    auto const joined = g.add(
        "joined",
        [](task::collection<std::string> const& all, int n) {
            return std::accumulate(all.begin(), all.end(), std::string{}) + std::to_string(n);
        },
        task::all(std::vector{parts[2], parts[0], parts[1], parts[0]}), number);
    auto const two = g.add(
        "two", [](task::collection<std::string> const& all) { return all[0] + all[1]; }, task::all(parts[0], parts[1]));
    auto const run = task::executor{{.threads = 2}}.run(g);
    EXPECT_EQ(run[joined].value(), "caba1");
    EXPECT_EQ(run[two].value(), "ab");
}

TEST(Inputs, AllOfNothingIsEmpty) {
    task::graph g;
    auto const none = g.add(
        "none", [](task::collection<int> const& all) { return all.size(); },
        task::all(std::vector<task::handle<int>>{}));
    EXPECT_EQ(task::executor{}.run(g)[none].value(), 0u);
}

TEST(Inputs, SettledReceivesWhatCameOfATask) {
    task::graph g;
    auto const bad = g.add("bad", []() -> int { throw std::runtime_error{"singular"}; });
    auto const below = g.add(
        "below", [](int x) { return x; }, bad);
    auto const told = g.add(
        "told",
        [](task::outcome<int> const& direct, task::outcome<int> const& skipped) {
            return std::string{to_string(direct.state())} + ": " + direct.record().message + "; " +
                   to_string(skipped.state()) + ": " + skipped.record().message;
        },
        task::settled(bad), task::settled(below));
    auto const run = task::executor{{.threads = 2}}.run(g);
    EXPECT_EQ(run[told].value(), "failed: singular; skipped: because bad failed: singular");
    EXPECT_EQ(run.summary().n_succeeded, 1u);
}

TEST(Inputs, EachSettledRecoversElementByElement) {
    for (auto const& executor : {task::serial(), task::executor{{.threads = 3}}, task::processes(2)}) {
        task::graph g;
        auto const x = g.map("x", 6, [](std::size_t i) {
            if (i % 2 == 1) throw std::runtime_error{"odd"};
            return static_cast<int>(i);
        });
        auto const y = g.map(
            "y", 6, [](std::size_t, task::outcome<int> const& o) { return o ? o.value() : -1; },
            task::each(task::settled(x)));
        auto const z = g.map(
            "z", 6, [](std::size_t, task::outcome<int> const& o) { return o.record().message; },
            task::settled(task::each(x)));
        auto const run = executor.run(g);
        EXPECT_EQ(run[y].n_succeeded(), 6u);
        EXPECT_EQ(run[y[4]].value(), 4);
        EXPECT_EQ(run[y[3]].value(), -1);
        EXPECT_EQ(run[z[3]].value(), "odd");
    }
}

TEST(Inputs, AConditionMayBeThatOfAnElement) {
    for (auto const& executor : {task::serial(), task::executor{{.threads = 3}}, task::processes(2)}) {
        task::graph g;
        auto const error = g.map("error", 5, [](std::size_t i) { return 0.1 * static_cast<double>(i); });
        auto const refined = g.map(
            "refined", 5, [](std::size_t, double e) { return e / 8; }, task::each(error),
            task::when(task::each(error), [](double e) { return e > 0.15; }));
        auto const is_even = g.map("is even", 5, [](std::size_t i) { return i % 2 == 0; });
        auto const even = g.map(
            "even", 5, [](std::size_t i) { return i; }, task::when(task::each(is_even)));
        auto const run = executor.run(g);
        EXPECT_TRUE(run) << "what is omitted is no failure";
        EXPECT_EQ(run[refined].n_succeeded(), 3u);
        EXPECT_EQ(run[refined[1]].state(), task::state::omitted);
        EXPECT_EQ(run[refined[2]].value(), 0.2 / 8);
        EXPECT_EQ(run[even].n_succeeded(), 3u);
    }
}

TEST(Inputs, SettledOfAMapReceivesAllOutcomes) {
    task::graph g;
    auto const x = g.map("x", 10, [](std::size_t i) {
        if (i % 3 == 0) throw std::runtime_error{"third"};
        return i;
    });
    auto const sum = g.add(
        "sum",
        [](task::outcomes<std::size_t> const& all) {
            std::size_t s = 0;
            for (auto const& o : all) s += o ? o.value() : 0;
            return std::pair{s, all.n_succeeded()};
        },
        task::settled(x));
    auto const run = task::executor{{.threads = 3}}.run(g);
    EXPECT_EQ(run[sum].value(), (std::pair<std::size_t, std::size_t>{1 + 2 + 4 + 5 + 7 + 8, 6}));
    EXPECT_FALSE(run);
}

TEST(Inputs, WhenOmitsATaskAndWhatNeedsIt) {
    for (double const error : {0.5, 1e-9}) {
        task::graph g;
        std::atomic<int> n_refined{0};
        auto const e = g.add("error", [error] { return error; });
        auto const refined = g.add(
            "refine", [&] { return ++n_refined; }, task::when(e, [](double v) { return v > 1e-3; }));
        auto const used = g.add(
            "use", [](int n) { return n; }, refined);
        auto const end = g.add(
            "end", [](task::outcome<int> const& r) { return static_cast<bool>(r); }, task::settled(refined));
        auto const run = task::executor{{.threads = 2}}.run(g);
        bool const refines = error > 1e-3;
        EXPECT_TRUE(run) << "to be omitted is no failure";
        EXPECT_EQ(n_refined.load(), refines ? 1 : 0);
        EXPECT_EQ(run[end].value(), refines);
        EXPECT_EQ(run[used].state(), refines ? task::state::succeeded : task::state::omitted);
        EXPECT_EQ(run.summary().n_omitted, refines ? 0u : 2u);
        if (refines) continue;
        EXPECT_EQ(run[refined].record().message, "its condition did not hold");
        EXPECT_EQ(message_of<task::skipped_error>([&] { (void)run[used].value(); }),
                  "use was omitted: because refine was omitted");
    }
}

TEST(Inputs, WhenTakesATaskThatGivesABool) {
    task::graph g;
    auto const yes = g.add("yes", [] { return true; });
    auto const no = g.add("no", [] { return false; });
    auto const a = g.add(
        "a", [] {}, task::when(yes));
    auto const b = g.add(
        "b", [] {}, task::when(no), task::when(yes));
    auto const run = task::serial().run(g);
    EXPECT_EQ(run[a].state(), task::state::succeeded);
    EXPECT_EQ(run[b].state(), task::state::omitted);
}

TEST(Inputs, AConditionThatThrowsFailsTheTask) {
    task::graph g;
    auto const x = g.add("x", [] { return 1; });
    auto const y = g.add(
        "y", [] {}, task::when(x, [](int) -> bool { throw std::runtime_error{"cannot tell"}; }));
    auto const run = task::executor{}.run(g);
    EXPECT_EQ(run[y].state(), task::state::failed);
    EXPECT_EQ(run[y].record().message, "cannot tell");
}

// What failed is told rather than what was omitted, whichever of them came first.
TEST(Inputs, AFailureWeighsMoreThanAnOmission) {
    for (int const threads : {1, 3}) {
        task::graph g;
        auto const no = g.add("no", [] { return false; });
        auto const omitted = g.add(
            "omitted", [] { return 1; }, task::when(no));
        auto const failed = g.add("failed", []() -> int { throw std::runtime_error{"x"}; });
        auto const both = g.add(
            "both", [](int, int) {}, omitted, failed);
        auto const run = task::executor{{.threads = threads}}.run(g);
        EXPECT_EQ(run[both].state(), task::state::skipped);
        EXPECT_EQ(run[both].record().message, "because failed failed: x");
    }
}

TEST(Inputs, OfWrongTypesDoNotCompile) {
    auto const takes_int = [](int const&) {};
    auto const takes_text = [](std::string const&) {};
    auto const each_int = [](std::size_t, int) {};
    static_assert(task::callable_with_index<decltype(each_int), task::each_of<int>>);
    static_assert(!task::callable_with_index<decltype(each_int), task::each_of<std::string>>);
    static_assert(!task::input<task::each_of<int>>, "element by element is for maps");
    static_assert(task::map_input<task::each_of<int>>);
    static_assert(!task::input<task::when_of<task::each_of<bool>, std::identity>>);
    static_assert(task::map_input<task::when_of<task::each_of<bool>, std::identity>>);
    static_assert(!task::input<task::each_settled_of<int>>);
    static_assert(!task::callable_with<decltype(takes_int), task::settled_of<task::handle<int>>>);
    static_assert(
        task::callable_with<decltype(takes_int), task::handle<int>, task::when_of<task::handle<bool>, std::identity>>);
    static_assert(!task::callable_with<decltype(takes_text), task::all_of<std::string>>);
}

TEST(Inputs, ChunksMayBeLargerThanAnyMap) {
    task::graph g;
    auto const x = g.map("x", 3, [](std::size_t i) { return i; });
    auto const y = g.map(
        "y", 1, [](std::size_t, task::collection<std::size_t> const& all) { return all.size(); },
        task::chunks(x, (std::size_t{1} << 31U) + 1));
    EXPECT_EQ(task::serial().run(g)[y[0]].value(), 3u);
}
