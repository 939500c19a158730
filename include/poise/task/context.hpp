// SPDX-License-Identifier: MIT
// What a task may know about itself while it runs.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <string>

namespace poise::task {

namespace detail {

struct run_state;
class engine;
class process_pool;

// Of callables and results.
inline constexpr std::size_t largest_alignment = 64;

// What the code of a task is called with.
struct frame {
    std::byte* results;
    run_state const* run;
    detail::engine* engine = nullptr;
    process_pool* pool = nullptr;  // where tasks run, if not here
    int attempt = 1;
    std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
};
// What it says in return: omitted, when a condition did not hold; suspended, when its end will be told later.
enum class verdict : std::uint8_t { done, omitted, suspended };
// The code of one task, or of all tasks of a map, without its type.
using task_code = verdict (*)(void const* body, frame const& in, std::uint32_t id);
[[nodiscard]] bool stop_requested(run_state const& of) noexcept;
[[nodiscard]] std::stop_token stop_token_of(run_state const& of) noexcept;
[[nodiscard]] std::string name_in(run_state const& of, std::uint32_t id);
[[nodiscard]] std::uint64_t seed_in(run_state const& of, std::uint32_t id);

}  // namespace detail

/// Received by a callable whose first parameter is a `task::context const&`. Valid while the callable runs. const and
/// thread-safe.
class context {
public:
    context(detail::frame const& frame, std::uint32_t id) noexcept : frame_{&frame}, id_{id} {}

    [[nodiscard]] std::uint32_t id() const noexcept { return id_; }
    /// As graph::name() gives it. Makes a string each time.
    [[nodiscard]] std::string name() const { return detail::name_in(*frame_->run, id_); }
    /// 1 for the first attempt, 2 for the first repetition, …
    [[nodiscard]] int attempt() const noexcept { return frame_->attempt; }
    /// The run was asked to stop, or the task has had its time: what it gives from now on is not used in the second
    /// case. Some nanoseconds without a timeout, a reading of the clock with one.
    [[nodiscard]] bool stop_requested() const noexcept {
        return detail::stop_requested(*frame_->run) ||
               (frame_->deadline != std::chrono::steady_clock::time_point::max() &&
                std::chrono::steady_clock::now() >= frame_->deadline);
    }
    /// Of the run: to be handed on, to a run of another graph for one. In another process it never tells anything.
    [[nodiscard]] std::stop_token stop_token() const noexcept { return detail::stop_token_of(*frame_->run); }
    /// When the task has had its time; time_point::max() without a timeout.
    [[nodiscard]] std::chrono::steady_clock::time_point deadline() const noexcept { return frame_->deadline; }
    /// For a random generator: depends on the name of the task alone, so it is the same in every run and on any number
    /// of threads.
    [[nodiscard]] std::uint64_t seed() const { return detail::seed_in(*frame_->run, id_); }

private:
    detail::frame const* frame_;
    std::uint32_t id_;
};

}  // namespace poise::task
