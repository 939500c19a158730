// SPDX-License-Identifier: MIT
// How a task is to be run.
#pragma once

#include <poise/task/resource.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace poise::task {

/// Given to graph::configure(). The times are those of one attempt.
struct task_options {
    /// How often a task that throws is run once more, at most. Its inputs are the same, so this is for what depends on
    /// the world: files, licences, machines.
    int retries = 0;
    /// The pause before the first repetition; it doubles with each. No thread waits meanwhile.
    std::chrono::nanoseconds backoff{0};
    /// A task that takes longer fails with timeout_error, unless it throws something itself, and its result is dropped.
    /// Threads cannot be stopped from outside: the callable must look at context::stop_requested() now and then; one
    /// that never returns keeps run() waiting. A coroutine that waits is woken; a completion is told; a process is
    /// killed; a callable that was called with a completion and has not returned yet is waited for. 0: no limit.
    std::chrono::nanoseconds timeout{0};
    /// As if that many more tasks in a row followed, for this task and for what it waits for, when a thread chooses
    /// what to do next, see executor. -1000 to 1000.
    int priority = 0;
    /// What the task takes of which resources while it runs. While there is not enough, no thread waits: others of its
    /// graph go on. A task that runs a graph whose tasks use the same resource waits for itself, forever.
    std::vector<use> uses = {};
    /// Of the code of the task, for run_options::results: change it when the task would give another result from the
    /// same inputs, and results of before are not used.
    std::string version = {};
    /// Whether run_options::results keeps the result. False for what is quicker to compute than to read, or must be
    /// new.
    bool keep = true;
};

}  // namespace poise::task
