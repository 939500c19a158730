// SPDX-License-Identifier: MIT
// Runs graphs on oneTBB's threads.
#pragma once

#include <poise/task/graph.hpp>
#include <poise/task/run.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

namespace poise::task {

namespace detail {
class arena_pool;
}

struct progress {
    std::size_t n_done = 0;  ///< whatever came of them
    std::size_t n_tasks = 0;
    double elapsed_s = 0.0;
    double tasks_per_s = 0.0;  ///< since the run began
    double remaining_s = 0.0;  ///< at that rate; infinite before the first task is done
};

/// "[=======>            ] 35 %, 350 of 1000 tasks, 120/s, 5.4 s left": a line for a terminal, which a callback may
/// print after a '\r'. `width` is that of the bar.
[[nodiscard]] std::string to_text(progress const& p, int width = 30);

struct executor_options {
    int threads = 0;  ///< 0: as many as the machine has
    /// Called ten times a second while tasks run, on a thread of its own, and once at the end, on the thread that
    /// called run(); for one run never by two threads at once. Must not throw: if it does, it is not called again in
    /// that run.
    std::function<void(progress const&)> on_progress = {};
    /// Of processes(): how much more memory (address space) a process may have than this one had when it was made, in
    /// bytes; a task that wants more fails with std::bad_alloc. 0: no limit.
    std::size_t memory_limit = 0;
    /// While tasks run beside each other, OpenBLAS runs on one thread in the whole process, and on as many as before
    /// afterwards; threads of both would wait for each other. True: leave it alone.
    bool keep_blas_threads = false;
    /// Measure what each task allocates, record::memory; 0.2 us a task. Needs poise::allocation_hooks in the program.
    bool memory = false;
    bool timed = true;  ///< read the clock between tasks, some 8 ns each: for records, work, span and the critical path
};

/// Of one run.
struct run_options {
    /// When it is asked to stop, tasks that have not begun are cancelled, also those with settled inputs; those that
    /// have run to their end, and may look at context::stop_requested().
    std::stop_token stop = {};
    /// As if it was asked to stop when the first task fails.
    bool stop_at_failure = false;
    /// A folder in which finished results are kept, made if there is none; a run that is given it again continues where
    /// one before was killed. A result is used again if the name of its task, task_options::version and the results of
    /// all inputs are the same; what a callable captured is not looked at. One file a task, written whole; a file that
    /// is torn or was altered is not used, and written anew. What cannot be serialised (serialize.hpp) is computed
    /// anew, and so is what depends on it. A file that cannot be written is no failure, and is told by
    /// summary::store_problem.
    std::string results = {};
};

/// Runs a graph: every task once, when its inputs are there, on any of the threads. Results and outcomes do not depend
/// on the number of threads when the callables depend on their inputs alone.
///  - A task that throws fails; what depends on it is skipped; everything else runs. run() does not throw for it.
///  - A callable may itself be parallel (oneTBB): it uses the same threads, and no other task runs on top of it.
///  - A callable may run a graph. On the thread of the task it uses the threads of the outer run, as many as its
///    executor allows; anywhere else, also within a loop of the task, threads of its own, and so if its tasks may be
///    suspended: coroutines, completions, resources, pauses.
///  - Each task is a profile::scope below the scope in which run() was called.
/// A thread goes on with the most critical of what its last task made ready: the one that most tasks in a row wait for,
/// then the one added first. The most critical of the tasks without inputs begin first; a thread that has nothing to do
/// takes from another what that one would do last.
/// const and thread-safe.
class executor {
public:
    /// Throws std::invalid_argument unless 0 <= threads <= 4096.
    explicit executor(executor_options options = {});

    /// Throws std::invalid_argument when the graph has a cycle, file_error when the folder for results cannot be made,
    /// std::bad_alloc when there is no memory to begin with.
    [[nodiscard]] task::run run(graph const& g, run_options const& options = {}) const;
    [[nodiscard]] int threads() const noexcept { return threads_; }
    /// Whether tasks run in this process.
    [[nodiscard]] bool runs_here() const noexcept { return mode_ != mode::processes; }

private:
    friend class task::run;
    // Runs what is to be run of it.
    void execute(detail::run_state& run, std::string const& results_folder) const;

    enum class mode { threads, serial, processes };
    friend executor serial(executor_options options);
    friend executor processes(int n, executor_options options);
    executor(executor_options options, mode how);

    executor_options options_;
    mode mode_ = mode::threads;
    int threads_;
    std::shared_ptr<detail::arena_pool> arenas_;
};

/// Runs tasks one after the other on the thread that calls run(), by their numbers: for debugging. Loops within
/// a task run on that thread alone, too, and so do graphs whose tasks are not suspended. options.threads is ignored.
[[nodiscard]] executor serial(executor_options options = {});

/// Runs each task in one of n other processes, 0 for one a core, told by the thread that calls run(). They are copies
/// of this process, made by run(): they have its graph and its data as they were then, and what a task changes there is
/// not seen here; only its result comes back, and its inputs go there, as bytes (serialize.hpp). A task whose process
/// crashes, is killed or exits fails with process_error, a timeout kills, and another process takes the place; the rest
/// goes on. Throws std::invalid_argument when a result cannot be serialised, poise::error when no process can be made.
/// Cost: fork() for each, which copies page tables (30 ms for 512 MB); some 5 us a task and 1 ns a byte.
/// Of the copies of other threads nothing is left: a callable must not wait for a lock that another thread may have
/// held.
[[nodiscard]] executor processes(int n = 0, executor_options options = {});

}  // namespace poise::task
