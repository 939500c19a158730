// SPDX-License-Identifier: MIT
// Runs graphs on oneTBB's threads.
#pragma once

#include <poise/task/graph.hpp>
#include <poise/task/run.hpp>

#include <cstddef>
#include <functional>

namespace poise::task {

struct progress {
    std::size_t n_done = 0;  ///< succeeded, failed or skipped
    std::size_t n_tasks = 0;
    double elapsed_s = 0.0;
};

struct executor_options {
    int threads = 0;  ///< 0: as many as the machine has
    /// Called at most ten times a second, never by two threads at once, and once at the end. Must not throw: if it
    /// does, it is not called again in that run.
    std::function<void(progress const&)> on_progress = {};
};

/// Runs a graph: every task once, when its inputs are there, on any of the threads. Results and outcomes do not depend
/// on the number of threads when the callables depend on their inputs alone.
///  - A task that throws fails; what depends on it is skipped; everything else runs. run() does not throw for it.
///  - A callable may itself be parallel (oneTBB): it uses the same threads, and no other task runs on top of it.
///  - Each task is a profile::scope below the scope in which run() was called.
/// const and thread-safe.
class executor {
public:
    /// Throws std::invalid_argument unless 0 <= threads <= 4096.
    explicit executor(executor_options options = {});

    [[nodiscard]] task::run run(graph const& g) const;
    [[nodiscard]] int threads() const noexcept { return threads_; }

private:
    executor_options options_;
    int threads_;
};

}  // namespace poise::task
