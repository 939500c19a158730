// SPDX-License-Identifier: MIT
// run::rerun_failed().
#include <poise/task/executor.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

namespace task = poise::task;

TEST(Rerun, RunsWhatFailedAndWhatWasSkippedWithTheInputsKept) {
    for (auto const& again :
         {task::serial(), task::executor{{.threads = 1}}, task::executor{{.threads = 3}}, task::processes(2)}) {
        std::atomic<int> n_good{0};
        std::atomic<bool> fails{true};
        task::graph g;
        auto const good = g.map("good", 6, [&](std::size_t i) { return ++n_good, std::vector<std::size_t>(i, i); });
        auto const bad = g.map(
            "bad", 6,
            [&](std::size_t i, std::vector<std::size_t> const& v) {
                if (fails && i % 2 == 0) throw std::runtime_error{"licence"};
                return v.size();
            },
            task::each(good));
        auto const sum = g.add(
            "sum",
            [](task::collection<std::size_t> const& all, task::collection<std::vector<std::size_t>> const& whole) {
                std::size_t s = whole.size();
                for (std::size_t const v : all) s += v;
                return s;
            },
            bad, good);
        auto const behind = g.map(
            "behind", 3, [](std::size_t i, std::size_t s, std::size_t b) { return i + s + b; }, sum, bad[1]);
        auto run = task::executor{{.threads = 2}}.run(g);
        EXPECT_EQ(run.summary().n_failed, 3u);
        EXPECT_EQ(run.summary().n_skipped, 4u);
        auto const* const kept = &run[good[5]].value();

        run.rerun_failed(again);
        EXPECT_EQ(run.summary().n_failed, 3u) << "nothing has changed";
        EXPECT_EQ(run[bad[2]].record().message, "licence");
        fails = false;
        run.rerun_failed(again);
        ASSERT_TRUE(run) << run.failures();
        EXPECT_EQ(run[sum].value(), 21u);
        EXPECT_EQ(run[behind[2]].value(), 24u);
        EXPECT_EQ(&run[good[5]].value(), kept);
        EXPECT_EQ(n_good.load(), 6);
        EXPECT_TRUE(run.failures().records.empty());
        run.rerun_failed(again);
        EXPECT_TRUE(run) << "nothing to do";
    }
}

TEST(Rerun, GoesOnAfterAStop) {
    std::stop_source source;
    task::graph g;
    std::vector<std::atomic<int>> n_calls(50);
    auto const x = g.map("x", 50, [&](std::size_t i) {
        ++n_calls[i];
        if (i == 20) source.request_stop();
        return i;
    });
    auto run = task::executor{{.threads = 2}}.run(g, {.stop = source.get_token()});
    EXPECT_GT(run.summary().n_cancelled, 0u);
    run.rerun_failed(task::executor{{.threads = 2}});
    EXPECT_TRUE(run);
    EXPECT_EQ(run[x].n_succeeded(), 50u);
    for (auto const& n : n_calls) EXPECT_EQ(n.load(), 1);
}

// Tasks that throw at their first call: a graph is through after as many runs as there are such in a row.
TEST(Rerun, OfRandomGraphsEndsWithAllDoneOnce) {
    for (unsigned seed = 0; seed < 200; ++seed) {
        std::mt19937 random{seed};
        std::size_t const n = 1 + random() % 40;
        std::vector<std::atomic<int>> n_calls(n);
        std::vector<bool> throws(n);
        std::vector<long> expected(n);
        task::graph g;
        std::vector<task::handle<long>> tasks;
        for (std::size_t i = 0; i < n; ++i) {
            throws[i] = random() % 3 == 0;
            auto const body = [&, i](auto... inputs) {
                if (++n_calls[i] == 1 && throws[i]) throw std::runtime_error{"first"};
                return (static_cast<long>(i) + ... + inputs);
            };
            expected[i] = static_cast<long>(i);
            auto const pick = [&] {
                std::size_t const k = random() % i;
                expected[i] += expected[k];
                return tasks[k];
            };
            if (i == 0 || random() % 5 == 0) {
                tasks.push_back(g.add(std::to_string(i), body));
            } else if (random() % 2 == 0) {
                tasks.push_back(g.add(std::to_string(i), body, pick()));
            } else {
                auto const a = pick(), b = pick();
                tasks.push_back(g.add(std::to_string(i), body, a, b));
            }
        }
        auto run = task::executor{{.threads = 1 + static_cast<int>(seed % 4)}}.run(g);
        std::size_t n_runs = 1;
        for (; !run; ++n_runs) {
            ASSERT_LE(n_runs, n + 1);
            run.rerun_failed(seed % 3 == 0 ? task::serial()
                                           : task::executor{{.threads = 1 + static_cast<int>(n_runs % 4)}});
        }
        for (std::size_t i = 0; i < n; ++i) {
            ASSERT_EQ(run[tasks[i]].value(), expected[i]) << "seed " << seed;
            ASSERT_EQ(n_calls[i].load(), throws[i] ? 2 : 1) << "seed " << seed;
        }
    }
}

TEST(ProgressText, IsALineForATerminal) {
    EXPECT_EQ(to_text(task::progress{350, 1000, 2.9, 120.0, 5.4}, 20),
              "[=======>            ] 35 %, 350 of 1000 tasks, 120/s, 5.400 s left");
    EXPECT_EQ(to_text(task::progress{10, 10, 1.0, 10.0, 0.0}, 5), "[=====] 100 %, 10 of 10 tasks, 10/s");
    EXPECT_EQ(to_text(task::progress{}, 3), "[===] 100 %, 0 of 0 tasks, 0/s");
}
