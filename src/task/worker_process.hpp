// SPDX-License-Identifier: MIT
// Private to src/: a process that runs tasks of one run when told to.
#pragma once

#include "task/process_channel.hpp"
#include "task/run_state.hpp"

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace poise::task::detail {

/// A copy of this process, made by fork() when constructed: it has the graph, its callables and what they captured as
/// they are now. Inputs that it has not seen are sent with the task; what it computed it keeps.
class worker_process {
public:
    struct options {
        std::size_t memory_limit = 0;  // bytes of address space beyond what there is, 0: none
    };
    // What came of a task there.
    struct reply {
        verdict came = verdict::done;
        std::exception_ptr thrown;  // it failed
        run_state::times when{};
    };

    /// `others` are descriptors that the new process is not to keep. Throws poise::error when there can be no more
    /// processes.
    worker_process(run_state& run, options const& chosen, std::span<int const> others);
    /// Ends it, however it is, and waits for that.
    ~worker_process();
    worker_process(worker_process const&) = delete;
    worker_process& operator=(worker_process const&) = delete;

    /// Throws channel_closed when it is gone.
    void send(std::uint32_t id, int attempt, std::chrono::steady_clock::time_point deadline);
    /// The reply to what was sent, with the result in its place in the run. Throws channel_closed when it is gone.
    [[nodiscard]] reply receive();
    void kill() noexcept;
    /// When it is gone: "was killed by signal 11 (Segmentation fault)". Waits for its end.
    [[nodiscard]] std::string how_it_ended();

    [[nodiscard]] int descriptor() const noexcept { return channel_->descriptor(); }
    [[nodiscard]] std::optional<std::uint32_t> task() const noexcept { return task_; }
    [[nodiscard]] std::chrono::steady_clock::time_point deadline() const noexcept { return deadline_; }
    /// How many of its inputs it has.
    [[nodiscard]] std::size_t count_known_inputs(std::uint32_t id) const;

private:
    [[noreturn]] void serve(options const& chosen, pid_t parent);
    void serve_one();

    run_state& run_;
    pid_t pid_ = -1;
    std::unique_ptr<process_channel> channel_;
    std::vector<bool> known_;  // tasks whose outcome it has
    std::optional<std::uint32_t> task_;
    std::chrono::steady_clock::time_point deadline_ = std::chrono::steady_clock::time_point::max();
};

}  // namespace poise::task::detail
