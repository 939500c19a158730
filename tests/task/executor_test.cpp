// SPDX-License-Identifier: MIT
#include "support/message_of.hpp"

#include <poise/profile/control.hpp>
#include <poise/profile/report.hpp>
#include <poise/task/executor.hpp>

#include <gtest/gtest.h>
#include <tbb/parallel_for.h>

#include <atomic>
#include <memory>
#include <numeric>
#include <random>
#include <stdexcept>
#include <thread>

namespace task = poise::task;
using poise_test::message_of;

namespace {
int const thread_counts[] = {1, 2, 3, 8};
}

TEST(Executor, PassesResultsByReferenceAlongTheEdges) {
    for (int const threads : thread_counts) {
        task::graph g;
        std::vector<int> const* seen_at = nullptr;
        auto const made = g.add("made", [] { return std::vector<int>{1, 2, 3}; });
        auto const sum = g.add(
            "sum",
            [&](std::vector<int> const& v) {
                seen_at = &v;
                return std::accumulate(v.begin(), v.end(), 0);
            },
            made);
        auto const scaled = g.map(
            "scaled", 4, [](std::size_t i, int s) { return static_cast<int>(i) * s; }, sum);
        auto const total = g.add(
            "total",
            [](task::collection<int> const& all, int s) {
                int t = s;
                for (std::size_t i = 0; i < all.size(); ++i) t = 10 * t + all[i];
                return t;
            },
            scaled, sum);
        auto const run = task::executor{{.threads = threads}}.run(g);
        ASSERT_TRUE(run) << run.failures();
        EXPECT_EQ(run[sum].value(), 6);
        EXPECT_EQ(run[scaled[3]].value(), 18);
        EXPECT_EQ(run[total].value(), ((((6 * 10 + 0) * 10 + 6) * 10 + 12) * 10 + 18));
        EXPECT_EQ(seen_at, &run[made].value()) << "a result is neither copied nor moved";
    }
}

TEST(Executor, TakesResultsThatOnlyMove) {
    task::graph g;
    auto const p = g.add("p", [] { return std::make_unique<int>(5); });
    auto const v = g.add(
        "v", [](std::unique_ptr<int> const& q) { return *q; }, p);
    auto const run = task::executor{}.run(g);
    EXPECT_EQ(run[v].value(), 5);
}

TEST(Executor, RunsTasksWithoutResultInOrder) {
    task::graph g;
    std::atomic<int> step{0};
    auto const first = g.add("first", [&] { EXPECT_EQ(step.fetch_add(1), 0); });
    auto const second = g.add(
        "second", [&] { EXPECT_EQ(step.fetch_add(1), 1); }, first);
    auto const many = g.map(
        "many", 5, [&](std::size_t) { step.fetch_add(1); }, second);
    auto const last = g.add(
        "last", [&] { EXPECT_EQ(step.load(), 7); }, many);
    auto const run = task::executor{}.run(g);
    EXPECT_TRUE(run[last]);
    EXPECT_NO_THROW(run[last].or_throw());
}

TEST(Executor, AFailedTaskNeverStopsTheHealthyOnes) {
    for (int const threads : thread_counts) {
        task::graph g;
        auto const x = g.map("x", 1000, [](std::size_t i) -> int {
            if (i == 17) throw std::runtime_error{"seventeen"};
            return static_cast<int>(i);
        });
        std::vector<task::handle<int>> doubled;
        for (std::size_t i = 0; i < x.size(); ++i)
            doubled.push_back(g.add(
                "doubled " + std::to_string(i), [](int v) { return 2 * v; }, x[i]));
        auto const all = g.add(
            "all", [](task::collection<int> const& v) { return v.size(); }, x);
        auto const run = task::executor{{.threads = threads}}.run(g);
        EXPECT_EQ(run.summary().n_succeeded, 1998u);
        EXPECT_EQ(run.summary().n_failed, 1u);
        EXPECT_EQ(run.summary().n_skipped, 2u);
        EXPECT_EQ(run[doubled[18]].value(), 36);
        EXPECT_EQ(run[all].state(), task::state::skipped);
        EXPECT_EQ(run[doubled[17]].record().message, "because x[17] failed: seventeen");
    }
}

TEST(Executor, BlamesTheSameTaskOnAnyNumberOfThreads) {
    for (int const threads : thread_counts)
        for (int repeat = 0; repeat < 20; ++repeat) {
            task::graph g;
            auto const x = g.map("x", 16, [](std::size_t i) -> int { throw std::runtime_error{std::to_string(i)}; });
            auto const y = g.add(
                "y", [](task::collection<int> const&) {}, x);
            auto const z = g.add(
                "z", [] {}, y);
            auto const run = task::executor{{.threads = threads}}.run(g);
            EXPECT_EQ(run[z].record().message, "because x[0] failed: 0");
        }
}

TEST(Executor, RunsAGraphAgain) {
    task::graph g;
    std::atomic<int> n_calls{0};
    auto const x = g.add("x", [&] { return ++n_calls; });
    auto const y = g.add(
        "y", [](int v) { return v + 1; }, x);
    task::executor const executor{{.threads = 2}};
    auto const first = executor.run(g);
    auto const second = executor.run(g);
    EXPECT_EQ(first[y].value(), 2);
    EXPECT_EQ(second[y].value(), 3);
}

TEST(Executor, RunsOneGraphFromSeveralThreadsAtOnce) {
    task::graph g;
    auto const x = g.map("x", 50, [](std::size_t i) { return i; });
    auto const sum = g.add(
        "sum",
        [](task::collection<std::size_t> const& v) {
            std::size_t s = 0;
            for (std::size_t i = 0; i < v.size(); ++i) s += v[i];
            return s;
        },
        x);
    task::executor const executor{{.threads = 2}};
    std::vector<std::thread> callers;
    for (int c = 0; c < 4; ++c)
        callers.emplace_back([&] {
            for (int repeat = 0; repeat < 25; ++repeat) EXPECT_EQ(executor.run(g)[sum].value(), 1225u);
        });
    for (auto& caller : callers) caller.join();
}

TEST(Executor, NestsAGraphAndAParallelLoopInATask) {
    task::graph inner;
    auto const two = inner.add("two", [] { return 2; });
    task::graph g;
    auto const outer = g.map("outer", 8, [&](std::size_t i) {
        std::atomic<int> sum{0};
        tbb::parallel_for(0, 100, [&](int) { ++sum; });
        return sum.load() + task::executor{{.threads = 2}}.run(inner)[two].value() + static_cast<int>(i);
    });
    auto const run = task::executor{{.threads = 2}}.run(g);
    for (std::size_t i = 0; i < outer.size(); ++i) EXPECT_EQ(run[outer[i]].value(), 102 + static_cast<int>(i));
}

TEST(Executor, RunsNoOtherTaskOnTopOfOneThatWaits) {
    thread_local int depth = 0;
    std::atomic<int> deepest{0};
    task::graph g;
    (void)g.map("waits", 64, [&](std::size_t) {
        ++depth;
        deepest = std::max(deepest.load(), depth);
        tbb::parallel_for(0, 16, [](int) { std::this_thread::yield(); });
        --depth;
    });
    ASSERT_TRUE(task::executor{{.threads = 4}}.run(g));
    EXPECT_EQ(deepest.load(), 1);
}

// Random graphs against the plain recursion that defines them; the seed is part of the failure message.
TEST(Executor, AgreesWithASequentialOracleOnRandomGraphs) {
    for (unsigned seed = 0; seed < 200; ++seed) {
        std::mt19937 random{seed};
        auto const n = 1 + random() % 60;
        std::vector<long> oracle;
        std::vector<bool> healthy;
        std::vector<task::handle<long>> handles;
        std::vector<std::atomic<int>> n_calls(n);
        task::graph g;
        for (std::size_t i = 0; i < n; ++i) {
            bool const throws = random() % 12 == 0;
            auto body = [&n_calls, i, throws](auto... inputs) -> long {
                ++n_calls[i];
                if (throws) throw std::runtime_error{"planned"};
                return (static_cast<long>(i) + ... + (3 * inputs));
            };
            auto const pick = [&] { return random() % i; };
            auto const name = "t" + std::to_string(i);
            long value = static_cast<long>(i);
            bool inputs_healthy = true;
            auto const use = [&](std::size_t j) {
                value += 3 * oracle[j];
                inputs_healthy = inputs_healthy && healthy[j];
                return handles[j];
            };
            switch (i == 0 ? 0 : random() % 4) {
                case 0:
                    handles.push_back(g.add(name, [body] { return body(); }));
                    break;
                case 1:
                    handles.push_back(g.add(
                        name, [body](long a) { return body(a); }, use(pick())));
                    break;
                case 2: {
                    auto const a = use(pick()), b = use(pick());
                    handles.push_back(g.add(
                        name, [body](long x, long y) { return body(x, y); }, a, b));
                    break;
                }
                default: {
                    auto const a = use(pick()), b = use(pick()), c = use(pick());
                    handles.push_back(g.add(
                        name, [body](long x, long y, long z) { return body(x, y, z); }, a, b, c));
                }
            }
            oracle.push_back(value);
            healthy.push_back(inputs_healthy && !throws);
            if (!inputs_healthy) n_calls[i] = 1;  // expected not to be called: makes the count below uniform
        }
        auto const run = task::executor{{.threads = 1 + static_cast<int>(seed % 4)}}.run(g);
        for (std::size_t i = 0; i < n; ++i) {
            ASSERT_EQ(n_calls[i].load(), 1) << "seed " << seed << " task " << i;
            ASSERT_EQ(static_cast<bool>(run[handles[i]]), healthy[i]) << "seed " << seed << " task " << i;
            if (!healthy[i]) continue;
            ASSERT_EQ(run[handles[i]].value(), oracle[i]) << "seed " << seed << " task " << i;
        }
    }
}

TEST(Executor, TellsProgressAndTheEnd) {
    std::vector<std::size_t> done;
    task::graph g;
    (void)g.map("x", 100, [](std::size_t) {});
    auto const run = task::executor{
        {.threads = 2, .on_progress = [&](task::progress const& p) {
             EXPECT_EQ(p.n_tasks, 100u);
             done.push_back(p.n_done);
         }}}.run(g);
    ASSERT_TRUE(run);
    ASSERT_FALSE(done.empty());
    EXPECT_TRUE(std::ranges::is_sorted(done));
    EXPECT_EQ(done.back(), 100u);
}

TEST(Executor, SurvivesAProgressCallbackThatThrows) {
    int n_calls = 0;
    task::graph g;
    (void)g.map("x", 10, [](std::size_t) {});
    auto const run = task::executor{{.on_progress = [&](task::progress const&) {
                         ++n_calls;
                         throw std::runtime_error{"display"};
                     }}}.run(g);
    EXPECT_TRUE(run);
    EXPECT_EQ(n_calls, 1);
}

TEST(Executor, RefusesANegativeNumberOfThreads) {
    EXPECT_NE(message_of<std::invalid_argument>([] {
                  task::executor const e{{.threads = -2}};
                  (void)e;
              }).find("threads is -2"),
              std::string::npos);
    EXPECT_NE(message_of<std::invalid_argument>([] {
                  task::executor const e{{.threads = 1 << 30}};
                  (void)e;
              }).find("at most 4096"),
              std::string::npos);
    EXPECT_GE(task::executor{}.threads(), 1);
    EXPECT_EQ(task::executor{{.threads = 3}}.threads(), 3);
}

TEST(Executor, PutsItsTasksUnderTheScopeThatCalledIt) {
    namespace profile = poise::profile;
    profile::enable();
    profile::reset();
    task::graph g;
    (void)g.map("solve", 20, [](std::size_t) { profile::scope const inner{"inner"}; });
    {
        profile::scope const outer{"study"};
        (void)task::executor{{.threads = 3}}.run(g);
    }
    profile::disable();
    auto const report = profile::report();
    auto const* solve = report.find("study/solve");
    ASSERT_NE(solve, nullptr);
    EXPECT_EQ(solve->calls, 20u);
    auto const* inner = report.find("study/solve/inner");
    ASSERT_NE(inner, nullptr);
    EXPECT_EQ(inner->calls, 20u);
}
