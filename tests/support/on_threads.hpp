// SPDX-License-Identifier: MIT
// A body of a test, on so many threads.
#pragma once

#include <poise/task/executor.hpp>
#include <poise/task/graph.hpp>

#include <gtest/gtest.h>

namespace poise_test {

/// Calls f where task::available_threads() is n, however many the machine has.
template <class F>
void on_threads(int n, F const& f) {
    poise::task::graph graph;
    (void)graph.add("body", f);
    auto const run = poise::task::executor{{.threads = n}}.run(graph);
    EXPECT_TRUE(run) << run.failures();
}

}  // namespace poise_test
