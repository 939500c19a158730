// SPDX-License-Identifier: MIT
// What came of running a graph: every task's outcome, results and times.
#pragma once

#include <poise/core/error.hpp>
#include <poise/task/body.hpp>
#include <poise/task/handle.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <iosfwd>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

namespace poise::task {

enum class state : std::uint8_t {
    succeeded,
    failed,   ///< its callable threw
    skipped,  ///< an input failed or was skipped
};
[[nodiscard]] char const* to_string(state s) noexcept;

/// One task of a run. Times in seconds since the run began; 0 when the run was not timed.
struct record {
    std::string name;
    task::state state = task::state::skipped;
    std::string message;        ///< failed: what() of the exception; skipped: which failure is to blame
    std::exception_ptr thrown;  ///< failed: the exception itself
    double ready_s = 0.0;       ///< when its last input was there; it waited until start_s for a thread
    double start_s = 0.0;
    double end_s = 0.0;
    int worker = 0;                ///< 0 … threads-1
    std::uint32_t root_cause = 0;  ///< failed or skipped: the task that failed first, itself or above
};

/// Asking for the result of a task that was skipped.
class skipped_error : public error {
public:
    using error::error;
};

namespace detail {

struct run_state;
[[nodiscard]] task::state state_of(run_state const& of, std::uint32_t id) noexcept;
[[nodiscard]] record record_of(run_state const& of, std::uint32_t id);
[[nodiscard]] std::byte const* results_of(run_state const& of) noexcept;
void require_success(run_state const& of, std::uint32_t id);

}  // namespace detail

/// A view on the outcome of one task; valid as long as its run.
template <class T>
class outcome {
public:
    outcome(detail::run_state const& of, handle<T> const& task) noexcept : run_{&of}, task_{task} {}

    [[nodiscard]] explicit operator bool() const noexcept { return state() == task::state::succeeded; }
    [[nodiscard]] task::state state() const noexcept { return detail::state_of(*run_, task_.id()); }
    /// Made when asked for, as its name and message are.
    [[nodiscard]] task::record record() const { return detail::record_of(*run_, task_.id()); }
    /// The result. Rethrows the task's own exception if it failed, throws skipped_error if it was skipped.
    template <class U = T>
    requires(!std::is_void_v<U>) U const& value() const {
        or_throw();
        return *detail::results_at<U>(detail::results_of(*run_), task_.offset());
    }
    /// Throws as value() does; for tasks without result.
    void or_throw() const { detail::require_success(*run_, task_.id()); }

private:
    detail::run_state const* run_;
    handle<T> task_;
};

/// Work, span and what they allow: Brent's bounds, max(work/threads, span) <= wall.
struct summary {
    std::size_t n_succeeded = 0, n_failed = 0, n_skipped = 0;
    int threads = 1;
    double work_s = 0.0;  ///< Σ of the times of all tasks; 0 when the run was not timed
    double span_s = 0.0;  ///< the longest path: no number of threads is faster; 0 when the run was not timed
    double wall_s = 0.0;
    std::vector<std::string> critical_path;  ///< names of the tasks on it, first to last

    [[nodiscard]] double speed_up() const noexcept { return wall_s > 0.0 ? work_s / wall_s : 1.0; }
    [[nodiscard]] double efficiency() const noexcept { return speed_up() / threads; }
    /// work / span: the number of threads the graph could use.
    [[nodiscard]] double parallelism() const noexcept { return span_s > 0.0 ? work_s / span_s : 1.0; }
};
std::ostream& operator<<(std::ostream& out, summary const& s);

/// The records of the tasks that did not succeed, failed ones first; prints one line each.
struct failure_list {
    std::vector<record> records;
};
std::ostream& operator<<(std::ostream& out, failure_list const& failures);

/// Owns the results and the outcomes of one executor::run(), and keeps the tasks of the graph. True when every task
/// succeeded. Movable. What was moved from may only be assigned to or destroyed. const members are thread-safe.
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
    /// One for each task, by its number. Cost: time and memory for all names, made anew each time.
    [[nodiscard]] std::vector<record> records() const;
    [[nodiscard]] failure_list failures() const;
    /// Cost: one pass over all tasks and edges, each time.
    [[nodiscard]] task::summary summary() const;

private:
    friend class executor;
    explicit run(std::unique_ptr<detail::run_state> made) noexcept;
    void require_mine(std::uint64_t graph_id, std::uint32_t id) const;

    std::unique_ptr<detail::run_state> state_;
};

}  // namespace poise::task
