// SPDX-License-Identifier: MIT
// Order without arguments: after(), cycles, levels, names.
#include "support/message_of.hpp"

#include <poise/task/executor.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace task = poise::task;
using poise_test::message_of;

TEST(After, OrdersTasksThatPassNothing) {
    for (int const threads : {1, 4})
        for (int repeat = 0; repeat < 20; ++repeat) {
            task::graph g;
            std::atomic<int> n_written{0};
            auto const clean = g.add("clean", [&] { EXPECT_EQ(n_written.load(), 8); });
            auto const write = g.map("write", 8, [&](std::size_t) { ++n_written; });
            g.after(clean, write);
            EXPECT_TRUE(task::executor{{.threads = threads}}.run(g));
        }
}

TEST(After, SkipsWhenTheOtherFailsUnlessItIsSettled) {
    task::graph g;
    auto const bad = g.add("bad", [] { throw std::runtime_error{"disk full"}; });
    auto const reads = g.add("reads", [] {});
    auto const cleans = g.add("cleans", [] {});
    g.after(reads, bad);
    g.after(cleans, task::settled(bad));
    auto const run = task::executor{{.threads = 2}}.run(g);
    EXPECT_EQ(run[reads].record().message, "because bad failed: disk full");
    EXPECT_TRUE(run[cleans]);
}

TEST(After, JoinsMapsAtOnePoint) {
    task::graph g;
    std::atomic<int> n_first{0};
    auto const second = g.map("second", 50, [&](std::size_t) { EXPECT_EQ(n_first.load(), 50); });
    auto const first = g.map("first", 50, [&](std::size_t) { ++n_first; });
    g.after(second, first);
    EXPECT_TRUE(task::executor{{.threads = 3}}.run(g));
}

TEST(After, KnowsTasksByName) {
    task::graph g;
    std::string log;
    for (std::string const name : {"link", "compile", "configure"})
        (void)g.add(name, [&log, name] { log += name + ' '; });
    (void)g.map("test", 2, [&log](std::size_t i) { log += std::to_string(i) + ' '; });
    g.after("link", "compile");
    g.after("compile", "configure");
    g.after("test[1]", "link");
    g.after("test[0]", "test[1]");
    ASSERT_TRUE(task::executor{{.threads = 1}}.run(g));
    EXPECT_EQ(log, "configure compile link 1 0 ");
    log.clear();
    ASSERT_TRUE(task::serial().run(g));
    EXPECT_EQ(log, "configure compile link 1 0 ");
}

TEST(After, RefusesNamesThatThereAreNot) {
    task::graph g;
    (void)g.add("a", [] {});
    (void)g.map("m", 3, [](std::size_t) {});
    for (auto const* name : {"b", "m[3]", "m[-1]", "m[", "m[]", "m[1", "a[0]", "[0]", "m[1]x", "m[99999999999]", ""})
        EXPECT_NE(message_of<std::invalid_argument>([&] {
                      g.after("a", name);
                  }).find(std::string{"knows no task '"} + name + "'"),
                  std::string::npos)
            << name;
    task::graph other;
    auto const foreign = other.add("a", [] {});
    auto const own = g.find<void>("a");
    EXPECT_THROW(g.after(own, foreign), std::invalid_argument);
    EXPECT_TRUE(task::executor{}.run(g)) << "nothing was changed";
}

TEST(Cycle, IsRefusedWithTheNamesOnIt) {
    task::graph g;
    auto const a = g.add("a", [] { return 1; });
    auto const b = g.add(
        "b", [](int) { return 2; }, a);
    auto const c = g.add(
        "c", [](int) {}, b);
    (void)g.add(
        "downstream", [] {}, c);
    g.after(a, c);
    auto const message = message_of<std::invalid_argument>([&] { (void)task::executor{}.run(g); });
    EXPECT_NE(message.find("a -> b -> c -> a"), std::string::npos) << message;
    EXPECT_EQ(message.find("downstream"), std::string::npos) << message;
    EXPECT_THROW(g.require_acyclic(), std::invalid_argument);
    EXPECT_THROW((void)g.levels(), std::invalid_argument);
}

TEST(Cycle, OfOneTaskAndThroughAGate) {
    task::graph g;
    auto const a = g.add("a", [] {});
    g.after(a, a);
    EXPECT_NE(message_of<std::invalid_argument>([&] { g.require_acyclic(); }).find("a -> a"), std::string::npos);

    task::graph h;
    auto const x = h.map("x", 3, [](std::size_t) {});
    auto const y = h.map(
        "y", 3, [](std::size_t) {}, x);
    h.after(x, y);
    auto const message = message_of<std::invalid_argument>([&] { h.require_acyclic(); });
    EXPECT_NE(message.find("x["), std::string::npos) << message;
    EXPECT_NE(message.find("-> y["), std::string::npos) << message;
}

TEST(Cycle, OfManyTasksIsShortened) {
    task::graph g;
    constexpr int n = 100;
    for (int i = 0; i < n; ++i) (void)g.add("t" + std::to_string(i), [] {});
    for (int i = 0; i < n; ++i) g.after("t" + std::to_string((i + 1) % n), "t" + std::to_string(i));
    auto const message = message_of<std::invalid_argument>([&] { g.require_acyclic(); });
    EXPECT_NE(message.find("t0 -> t1 -> t2"), std::string::npos) << message;
    EXPECT_NE(message.find("... (88 more) -> t0"), std::string::npos) << message;
}

// Edges in both directions, always from a place earlier in a random permutation to a later one: no cycle, any order.
TEST(After, FollowsRandomOrders) {
    for (unsigned seed = 0; seed < 100; ++seed) {
        std::mt19937 random{seed};
        std::size_t const n = 2 + random() % 40;
        std::vector<std::size_t> place(n);
        for (std::size_t i = 0; i < n; ++i) place[i] = i;
        std::ranges::shuffle(place, random);
        std::vector<std::atomic<bool>> done(n);
        std::vector<std::vector<std::size_t>> before(n);
        task::graph g;
        std::vector<task::handle<void>> tasks;
        for (std::size_t i = 0; i < n; ++i)
            tasks.push_back(g.add(std::to_string(i), [&, i] {
                for (std::size_t const b : before[i]) EXPECT_TRUE(done[b].load()) << "seed " << seed;
                done[i] = true;
            }));
        for (std::size_t k = 0; k < 2 * n; ++k) {
            std::size_t const i = random() % n, j = random() % n;
            if (place[i] >= place[j]) continue;
            before[j].push_back(i);
            g.after(tasks[j], tasks[i]);
        }
        auto const run = task::executor{{.threads = 1 + static_cast<int>(seed % 4)}}.run(g);
        EXPECT_TRUE(run);
        EXPECT_LE(run.summary().span_s, run.summary().wall_s);
        for (auto& d : done) d = false;
        EXPECT_TRUE(task::serial().run(g));
        auto const levels = g.levels();
        for (std::size_t j = 0; j < n; ++j)
            for (std::size_t const i : before[j]) EXPECT_LT(levels[i], levels[j]);
    }
}

TEST(Levels, SayWhatCouldRunAtTheSameTime) {
    task::graph g;
    auto const mesh = g.add("mesh", [] { return 1; });
    auto const parts = g.map(
        "parts", 3, [](std::size_t, int, int) { return 1; }, mesh, mesh);
    (void)g.add("alone", [] {});
    (void)g.add(
        "sum", [](task::collection<int> const&) {}, parts);
    EXPECT_EQ(g.levels(), (std::vector<std::uint32_t>{0, 1, 1, 1, 0, 2}));
    EXPECT_TRUE(task::graph{}.levels().empty());
}

TEST(InputsOf, ListsEachTaskOnce) {
    task::graph g;
    auto const x = g.map("x", 4, [](std::size_t i) { return i; });
    auto const y = g.map(
        "y", 4, [](std::size_t, std::size_t, task::collection<std::size_t> const&) {}, task::each(x), x);
    auto const z = g.map(
        "z", 4, [](std::size_t, std::size_t) {}, task::each(x));
    g.after(z[1], y[0]);
    EXPECT_EQ(g.inputs_of(y[2].id()), (std::vector<std::uint32_t>{0, 1, 2, 3}));
    EXPECT_EQ(g.inputs_of(z[1].id()), (std::vector<std::uint32_t>{1, 4}));
    EXPECT_TRUE(g.inputs_of(0).empty());
    EXPECT_THROW((void)g.inputs_of(99), std::invalid_argument);
}

TEST(Find, GivesTypedHandlesByName) {
    task::graph g;
    (void)g.add("radius", [] { return 2.0; });
    (void)g.map("area", 3, [](std::size_t i) { return static_cast<int>(i); });
    auto const doubled = g.add(
        "doubled", [](double r, int a) { return 2 * r + a; }, g.find<double>("radius"), g.find<int>("area[2]"));
    auto const all = g.add(
        "all", [](task::collection<int> const& a) { return a.size(); }, g.find_map<int>("area"));
    auto const run = task::executor{}.run(g);
    EXPECT_EQ(run[doubled].value(), 6.0);
    EXPECT_EQ(run[all].value(), 3u);
    EXPECT_NE(message_of<std::invalid_argument>([&] { (void)g.find<int>("radius"); }).find("of another type"),
              std::string::npos);
    EXPECT_NE(message_of<std::invalid_argument>([&] { (void)g.find<int>("area"); }).find("is a map; use find_map()"),
              std::string::npos);
    EXPECT_NE(message_of<std::invalid_argument>([&] { (void)g.find_map<double>("radius"); }).find("use find()"),
              std::string::npos);
    EXPECT_NE(message_of<std::invalid_argument>([&] { (void)g.find<int>("volume"); }).find("no task 'volume'"),
              std::string::npos);
}

TEST(After, TakesHandlesAlone) {
    auto const can_be_earlier = []<class T>(T const&) {
        return requires(task::graph g, task::handle<int> h, T t) { g.after(h, t); };
    };
    task::handle<int> const h;
    EXPECT_TRUE(can_be_earlier(h));
    EXPECT_TRUE(can_be_earlier(task::settled(h)));
    EXPECT_FALSE(can_be_earlier(task::when(h, [](int) { return true; }))) << "the condition would be ignored";
    EXPECT_FALSE(can_be_earlier(task::all(h, h)));
}

// Looking up what after() said is no search through all of it.
TEST(After, OfManyTasksIsTold) {
    task::graph g;
    std::vector<task::handle<void>> chain;
    for (int i = 0; i < 50'000; ++i) {
        chain.push_back(g.add(std::to_string(i), [] {}));
        if (i > 0) g.after(chain[static_cast<std::size_t>(i)], chain[static_cast<std::size_t>(i) - 1]);
    }
    auto const run = task::executor{{.threads = 2}}.run(g);
    auto const records = run.records();
    for (std::size_t i = 1; i < records.size(); ++i) ASSERT_GE(records[i].ready_s, records[i - 1].end_s - 1e-6);
}
