// SPDX-License-Identifier: MIT
// Private to src/: the processes of a run, and what becomes of the tasks that are given to them.
#pragma once

#include "task/worker_process.hpp"

#include <poll.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <map>
#include <memory>
#include <span>
#include <vector>

namespace poise::task::detail {

class engine;

/// Of one run, by the thread that runs it.
class process_pool {
public:
    /// Starts them. Throws poise::error when not even one can be made.
    process_pool(run_state& run, int n_processes, worker_process::options const& chosen);
    ~process_pool();
    process_pool(process_pool const&) = delete;
    process_pool& operator=(process_pool const&) = delete;

    [[nodiscard]] bool has_idle() const;
    /// Gives a task to a process that is idle, best to one that has its inputs. The engine has suspended it.
    void start(engine& of, std::uint32_t id);
    /// Until a task has ended and the engine was told, or somebody wakes it.
    void wait(engine& of);
    /// By any thread.
    void wake() noexcept;
    /// Of the run, as the processes see it.
    void stop() noexcept;
    [[nodiscard]] int size() const noexcept { return static_cast<int>(workers_.size()); }
    /// Whether there is no process left, and none can be made.
    [[nodiscard]] bool is_gone() const;

private:
    using clock = std::chrono::steady_clock;
    struct attempts {
        int n = 0;
        clock::time_point again = clock::time_point::max();  // when to try once more
        std::exception_ptr last;                             // why
    };
    struct shared_page;

    [[nodiscard]] task_options const* options_of(std::uint32_t id) const noexcept;
    [[nodiscard]] int idle_worker_for(std::uint32_t id) const;
    void begin(engine& of, std::uint32_t id);
    void finish(engine& of, std::size_t w);
    void replace(std::size_t w);
    void bury(engine& of, std::size_t w, bool timed_out);
    void fail(engine& of, std::uint32_t id, std::exception_ptr thrown);
    void give_up(engine& of, std::uint32_t id, std::exception_ptr thrown);
    void repeat_what_is_due(engine& of);
    [[nodiscard]] clock::time_point next_moment() const;
    [[nodiscard]] static int poll_until(std::span<pollfd> polled, clock::time_point next);

    run_state& run_;
    worker_process::options const chosen_;
    std::vector<std::unique_ptr<worker_process>> workers_;  // null where one could not be replaced
    std::map<std::uint32_t, attempts> tries_;               // of tasks under way
    shared_page* page_;
    int wake_descriptor_;
};

}  // namespace poise::task::detail
