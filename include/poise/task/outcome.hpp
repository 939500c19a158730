// SPDX-License-Identifier: MIT
// What came of one task.
#pragma once

#include <poise/core/error.hpp>
#include <poise/profile/memory.hpp>
#include <poise/task/handle.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <new>
#include <string>
#include <type_traits>

namespace poise::task {

enum class state : std::uint8_t {
    succeeded,
    failed,     ///< its callable threw
    skipped,    ///< an input failed or was skipped
    omitted,    ///< its condition, task::when(), did not hold, or that of an input
    cancelled,  ///< the run was asked to stop before it began, or while it waited
};
[[nodiscard]] char const* to_string(state s) noexcept;

/// One task of a run. Times in seconds since the run began; 0 when the run was not timed.
struct record {
    std::string name;
    task::state state = task::state::skipped;
    std::string message;        ///< failed: what() of the exception; otherwise why it did not run
    std::exception_ptr thrown;  ///< failed, or cancelled while it waited: the exception itself, of the last attempt
    int attempts = 0;           ///< how often its callable was called: 0 for a result that was kept from before
    double ready_s = 0.0;       ///< when its last input was there; it waited until start_s for a thread
    double start_s = 0.0;
    double end_s = 0.0;
    int worker = 0;                ///< 0 … threads-1
    profile::memory_block memory;  ///< what its thread allocated in its callable; executor_options::memory
    std::uint32_t root_cause = 0;  ///< failed, skipped, omitted: the task it began with, itself or above
};

/// Asking for the result of a task that did not run: it was skipped, omitted or cancelled.
class skipped_error : public error {
public:
    using error::error;
};

/// What a task fails with that took longer than its task_options::timeout.
class timeout_error : public error {
public:
    using error::error;
};

/// What wakes a coroutine that waits when the run is asked to stop. A task that it leaves is cancelled.
class stopped_error : public error {
public:
    using error::error;
};

/// What a task fails with whose process ended before it did: a crash, a kill, an exit.
class process_error : public error {
public:
    using error::error;
};

/// An exception that was thrown in another process, and whose type is not one of the standard library's: its text.
class remote_error : public error {
public:
    using error::error;
};

namespace detail {

struct run_state;
[[nodiscard]] task::state state_of(run_state const& of, std::uint32_t id) noexcept;
[[nodiscard]] record record_of(run_state const& of, std::uint32_t id);
[[nodiscard]] std::byte const* results_of(run_state const& of) noexcept;
void require_success(run_state const& of, std::uint32_t id);

template <class T>
T const* results_at(std::byte const* results, std::size_t offset) noexcept {
    return std::launder(reinterpret_cast<T const*>(results + offset));
}

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
    /// The result. Rethrows the task's own exception if it failed, throws skipped_error if it did not run.
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

}  // namespace poise::task
