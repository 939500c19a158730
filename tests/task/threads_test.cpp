// SPDX-License-Identifier: MIT
// How many threads take part, in which order they begin, and what goes on while one waits.
#include <poise/task/executor.hpp>

#include <gtest/gtest.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace task = poise::task;
using namespace std::chrono_literals;

namespace {

// Whether n tasks were all under way at one time. Whoever waits for the others gives up after a while, so that a
// failure ends.
class meeting {
public:
    explicit meeting(int n) : n_{n} {}
    void attend() {
        ++n_here_;
        auto const end = std::chrono::steady_clock::now() + 80s;
        while (n_here_ < n_ && !given_up && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(100us);
        if (n_here_ < n_) given_up = true;
    }

    static inline std::atomic<bool> given_up{false};

private:
    int const n_;
    std::atomic<int> n_here_{0};
};

}  // namespace

// A task does not end before all have begun, so that each thread must be called before the one before has ended its
// task.
TEST(Threads, AllComeBeforeTheFirstHasEndedItsTask) {
    for (int const threads : {2, 3, 5, 8}) {
        auto const n = static_cast<std::size_t>(threads);
        meeting of_roots{threads}, behind_one{threads}, behind_a_join{threads};
        task::graph g;
        auto const roots = g.map("roots", n, [&](std::size_t) {
            of_roots.attend();
            return 1;
        });
        auto const one = g.add(
            "one", [](task::collection<int> const&) { return 1; }, roots);
        auto const fan = g.map(
            "fan", n,
            [&](std::size_t, int) {
                behind_one.attend();
                return 1;
            },
            one);
        (void)g.map(
            "joined", n, [&](std::size_t, task::collection<int> const&, int) { behind_a_join.attend(); }, fan, one);
        EXPECT_TRUE(task::executor{{.threads = threads}}.run(g));
        ASSERT_FALSE(meeting::given_up) << threads << " threads never met";
    }
}

TEST(Threads, BeginWithTheMostUrgentRoots) {
    task::graph g;
    std::mutex mutex;
    std::vector<int> begun;
    meeting two{2};
    for (int const priority : {10, 20, 30, 40, 50, 60}) {
        auto const x = g.add(std::to_string(priority), [&, priority] {
            {
                std::scoped_lock const lock{mutex};
                begun.push_back(priority);
            }
            two.attend();
        });
        g.configure(x, {.priority = priority});
    }
    ASSERT_TRUE(task::executor{{.threads = 2}}.run(g));
    EXPECT_EQ(std::set<int>(begun.begin(), begun.begin() + 2), (std::set<int>{50, 60}));
}

TEST(Threads, AreNumberedByTheRun) {
    task::graph g;
    auto const outer = g.map("outer", 8, [](std::size_t) {
        task::graph inner;
        (void)inner.map("x", 20, [](std::size_t) { std::this_thread::yield(); });
        auto const run = task::executor{{.threads = 2}}.run(inner);
        int most = 0;
        for (auto const& r : run.records()) most = std::max(most, r.worker);
        return most;
    });
    auto const run = task::executor{{.threads = 4}}.run(g);
    for (std::size_t i = 0; i < 8; ++i) EXPECT_LT(run[outer[i]].value(), 2);
    for (auto const& r : run.records()) EXPECT_LT(r.worker, 4);
}

TEST(Threads, OfAnotherArenaInsideATask) {
    tbb::task_arena users{1};
    task::executor const executor{{.threads = 4}};
    task::graph g;
    auto const x = g.map("x", 6, [&](std::size_t) {
        std::size_t n = 0;
        users.execute([&] {
            task::graph inner;
            auto const y = inner.map("y", 20, [](std::size_t i) { return i; });
            n = executor.run(inner)[y].n_succeeded();
        });
        return n;
    });
    auto const run = executor.run(g);
    for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(run[x[i]].value(), 20u);
}

// A loop around a run that is cancelled, because another of its iterations threw, cancels nothing in the run's tasks.
TEST(Nesting, ARunKeepsItsLoopsWhenTheLoopAroundItIsCancelled) {
    for (auto const& executor : {task::serial(), task::executor{{.threads = 1}}, task::executor{{.threads = 2}}}) {
        std::atomic<int> n_iterations{0};
        std::atomic<bool> thrown{false};
        task::graph g;
        auto const outer = g.add("outer", [&] {
            tbb::parallel_for(
                0, 2,
                [&](int i) {
                    if (i == 1) {
                        thrown = true;
                        throw std::runtime_error{"planned"};
                    }
                    task::graph inner;
                    (void)inner.add("loop", [&] {
                        auto const end = std::chrono::steady_clock::now() + 200ms;
                        while (!thrown && std::chrono::steady_clock::now() < end) std::this_thread::yield();
                        std::this_thread::sleep_for(5ms);
                        tbb::parallel_for(0, 1000, [&](int) { ++n_iterations; });
                    });
                    EXPECT_TRUE(executor.run(inner));
                },
                tbb::simple_partitioner{});
        });
        auto const run = task::executor{{.threads = 2}}.run(g);
        EXPECT_EQ(run[outer].state(), task::state::failed);
        EXPECT_TRUE(n_iterations == 1000 || n_iterations == 0) << n_iterations << ": either it ran or it did not";
        if (thrown && n_iterations == 0) continue;  // the other iteration came first, and this one never began
        EXPECT_EQ(n_iterations.load(), 1000);
    }
}

// While a run inside a task waits for its last task, its thread takes no other piece of the task around it.
TEST(Nesting, AWaitingRunTakesNothingFromAroundIt) {
    thread_local int depth = 0;
    std::atomic<int> deepest{0};
    task::graph g;
    (void)g.add("outer", [&] {
        tbb::parallel_for(
            0, 64,
            [&](int) {
                ++depth;
                for (int d = depth, known = deepest; d > known && !deepest.compare_exchange_weak(known, d);) {
                }
                task::graph inner;
                (void)inner.map("x", 4, [](std::size_t) { std::this_thread::sleep_for(100us); });
                EXPECT_TRUE((task::executor{{.threads = 3}}.run(inner)));
                --depth;
            },
            tbb::simple_partitioner{});
    });
    ASSERT_TRUE((task::executor{{.threads = 3}}.run(g)));
    EXPECT_EQ(deepest.load(), 1);
}
