// SPDX-License-Identifier: MIT
// What came of running a graph: every task's outcome, results and times.
#pragma once

#include <poise/task/handle.hpp>
#include <poise/task/outcome.hpp>
#include <poise/task/outcomes.hpp>

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

namespace poise::task {

class executor;

namespace detail {
struct run_access;
}

/// Work, span and what they allow: Brent's bounds, max(work/threads, span) <= wall.
struct summary {
    std::size_t n_succeeded = 0, n_failed = 0, n_skipped = 0, n_omitted = 0, n_cancelled = 0;
    std::size_t n_kept = 0;     ///< of those that succeeded: taken from run_options::results
    std::string store_problem;  ///< why results were not kept, the first such; empty if all were
    int threads = 1;            ///< that might have taken part
    int threads_at_work = 1;    ///< that did; fewer where there was not enough to do, or the system made no more
    double work_s = 0.0;        ///< Σ of the times of all tasks; 0 when the run was not timed
    double span_s = 0.0;        ///< the longest path: no number of threads is faster; 0 when the run was not timed
    double wall_s = 0.0;
    std::vector<std::string> critical_path;  ///< names of the tasks on it, first to last

    [[nodiscard]] double speed_up() const noexcept { return wall_s > 0.0 ? work_s / wall_s : 1.0; }
    [[nodiscard]] double efficiency() const noexcept { return speed_up() / threads; }
    /// work / span: the number of threads the graph could use.
    [[nodiscard]] double parallelism() const noexcept { return span_s > 0.0 ? work_s / span_s : 1.0; }
};
std::ostream& operator<<(std::ostream& out, summary const& s);

/// The records of the tasks that failed, and of those that were skipped or cancelled; prints one line each.
struct failure_list {
    std::vector<record> records;
};
std::ostream& operator<<(std::ostream& out, failure_list const& failures);

/// Owns the results and the outcomes of one executor::run(), and keeps the tasks of the graph. True when every task
/// succeeded or was omitted. Movable. What was moved from may only be assigned to or destroyed. const members are
/// thread-safe.
class run {
public:
    run(run&&) noexcept;
    run& operator=(run&&) noexcept;
    ~run();

    [[nodiscard]] explicit operator bool() const noexcept;

    /// The outcome of a task. Throws std::invalid_argument for a handle of another graph or one added after the run.
    template <class T>
    [[nodiscard]] outcome<T> operator[](handle<T> const& task) const {
        require_mine(task.graph_id(), task.id());
        return {*state_, task};
    }
    /// The outcomes of a map. Throws as for one task.
    template <class T>
    [[nodiscard]] outcomes<T> operator[](handles<T> const& tasks) const {
        if (tasks.size() > 0)
            require_mine(tasks.graph_id(), tasks.first_id() + static_cast<std::uint32_t>(tasks.size()) - 1);
        return {*state_, tasks};
    }
    /// One for each task, by its number. Cost: time and memory for all names, made anew each time.
    [[nodiscard]] std::vector<record> records() const;
    [[nodiscard]] failure_list failures() const;
    /// Cost: one pass over all tasks and edges, each time.
    [[nodiscard]] task::summary summary() const;

    /// Runs the tasks that did not succeed once more, and leaves the others and their results as they are:
    /// run.rerun_failed( task::serial()) to look at a failure in a debugger. Outcomes and results of these tasks, as
    /// seen by this run, change; times go on from where the run began. Not while another thread reads this run. Throws
    /// as executor::run(), and then these tasks are cancelled.
    void rerun_failed(executor const& by);

private:
    friend class executor;
    friend struct detail::run_access;
    explicit run(std::unique_ptr<detail::run_state> made) noexcept;
    void require_mine(std::uint64_t graph_id, std::uint32_t id) const;

    std::unique_ptr<detail::run_state> state_;
};

}  // namespace poise::task
