// SPDX-License-Identifier: MIT
// The program pretends to have OpenBLAS, and looks at how many threads it is told to use.
#include "core/serial_blas.hpp"

#include <poise/task/executor.hpp>

#include <gtest/gtest.h>

#include <atomic>

namespace task = poise::task;

namespace {
std::atomic<int> n_blas_threads{8};
std::atomic<int> n_changes{0};
}  // namespace

extern "C" {
int openblas_get_num_threads() { return n_blas_threads; }
void openblas_set_num_threads(int n) {
    n_blas_threads = n;
    ++n_changes;
}
}

TEST(BlasThreads, AreOneWhileTasksRunBesideEachOther) {
    task::graph g;
    auto const x = g.map("x", 20, [](std::size_t) { return n_blas_threads.load(); });
    auto const run = task::executor{{.threads = 2}}.run(g);
    for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(run[x[i]].value(), 1);
    EXPECT_EQ(n_blas_threads.load(), 8) << "and as many as before afterwards";
}

TEST(BlasThreads, AreLeftAloneWhereTasksComeOneAfterTheOther) {
    int const before = n_changes;
    task::graph wide, chain;
    auto const x = wide.map("x", 4, [](std::size_t) { return n_blas_threads.load(); });
    auto const first = chain.add("first", [] { return n_blas_threads.load(); });
    (void)chain.add(
        "second", [](int) {}, first);
    EXPECT_EQ((task::executor{{.threads = 1}}.run(wide)[x[3]].value()), 8);
    EXPECT_EQ(task::serial().run(wide)[x[3]].value(), 8);
    EXPECT_EQ((task::executor{{.threads = 2}}.run(chain)[first].value()), 8);
    EXPECT_EQ((task::executor{{.threads = 2, .keep_blas_threads = true}}.run(wide)[x[0]].value()), 8);
    EXPECT_EQ(n_changes.load(), before);
}

TEST(BlasThreads, AreRestoredByTheLastOfSeveral) {
    {
        poise::detail::serial_blas const first;
        {
            poise::detail::serial_blas const second;
            EXPECT_EQ(n_blas_threads.load(), 1);
        }
        EXPECT_EQ(n_blas_threads.load(), 1);
    }
    EXPECT_EQ(n_blas_threads.load(), 8);
}
