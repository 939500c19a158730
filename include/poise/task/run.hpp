// SPDX-License-Identifier: MIT
// What came of running a graph: every task's outcome, results and times.
#pragma once

#include <poise/core/error.hpp>
#include <poise/task/body.hpp>
#include <poise/task/handle.hpp>

#include <cstdint>
#include <exception>
#include <iosfwd>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

namespace poise::task {

enum class state {
    succeeded,
    failed,   ///< its callable threw
    skipped,  ///< an input failed or was skipped
};
[[nodiscard]] char const* to_string(state s) noexcept;

/// One task of a run. Times in seconds since the run began.
struct record {
    std::string name;
    task::state state = task::state::skipped;
    std::string message;        ///< failed: what() of the exception; skipped: which failure is to blame
    std::exception_ptr thrown;  ///< failed: the exception itself
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

/// A view on the outcome of one task; valid as long as its run.
template <class T>
class outcome {
public:
    outcome(task::record const& about, detail::slot const* result) noexcept : record_{&about}, result_{result} {}

    [[nodiscard]] explicit operator bool() const noexcept { return state() == task::state::succeeded; }
    [[nodiscard]] task::state state() const noexcept { return record_->state; }
    [[nodiscard]] task::record const& record() const noexcept { return *record_; }
    /// The result. Rethrows the task's own exception if it failed, throws skipped_error if it was skipped.
    template <class U = T>
    requires(!std::is_void_v<U>) U const& value() const {
        or_throw();
        return static_cast<detail::slot_of<U> const*>(result_)->value;
    }
    /// Throws as value() does; for tasks without result.
    void or_throw() const {
        if (record_->state == task::state::failed) std::rethrow_exception(record_->thrown);
        if (record_->state == task::state::skipped)
            throw skipped_error{record_->name + " was skipped: " + record_->message};
    }

private:
    task::record const* record_;
    detail::slot const* result_;
};

/// Work, span and what they allow: Brent's bounds, max(work/threads, span) <= wall.
struct summary {
    std::size_t n_succeeded = 0, n_failed = 0, n_skipped = 0;
    int threads = 1;
    double work_s = 0.0;  ///< Σ of the times of all tasks
    double span_s = 0.0;  ///< the longest path: no number of threads is faster
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

/// Owns the results and the records of one executor::run(). True when every task succeeded. Movable.
class run {
public:
    [[nodiscard]] explicit operator bool() const noexcept { return summary_.n_failed + summary_.n_skipped == 0; }

    /// The outcome of a task. Throws std::invalid_argument for a handle of another graph or one added after the run.
    template <class T>
    [[nodiscard]] outcome<T> operator[](handle<T> const& task) const {
        require_mine(task.graph_id(), task.id());
        return {records_[task.id()], results_[task.id()].get()};
    }
    [[nodiscard]] std::vector<record> const& records() const noexcept { return records_; }
    [[nodiscard]] failure_list failures() const;
    [[nodiscard]] task::summary const& summary() const noexcept { return summary_; }

private:
    friend class executor;
    run() = default;
    void require_mine(std::uint64_t graph_id, std::uint32_t id) const;

    std::uint64_t graph_id_ = 0;
    std::vector<record> records_;
    std::vector<std::unique_ptr<detail::slot>> results_;
    task::summary summary_;
};

}  // namespace poise::task
