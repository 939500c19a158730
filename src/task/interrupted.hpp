// SPDX-License-Identifier: MIT
// Private to src/: what is to be remembered of a task that is suspended and will be called again.
#pragma once

#include "task/event_loop.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>

namespace poise::task::detail {

class engine;

/// Ends the suspension of a node.
class node_wait final : public event_loop::wait {
public:
    using clock = event_loop::clock;

    node_wait(engine& of, std::uint32_t node, std::atomic<bool> const& stopped) noexcept : of_{of}, node_{node} {
        owner = &of;
        is_stopped = &stopped;
    }

    /// Suspends the node that this thread is calling just now, for what is asked for, and until `limit` at most; it may
    /// be called by another thread before this returns. Where it throws, the node is not suspended. What makes waiting
    /// impossible after that is `problem`, at once.
    void begin(wait_request const& asked, clock::time_point limit);
    void over(event_loop::why because) noexcept override;

    event_loop::why came = event_loop::why::ready;
    std::exception_ptr problem;

private:
    engine& of_;
    std::uint32_t const node_;
};

struct interrupted {
    interrupted(engine& of, std::uint32_t node, std::atomic<bool> const& stopped) noexcept : wait{of, node, stopped} {}

    std::size_t n_taken = 0;                        // of the resources it uses
    bool waits_for_resource = false;                // for the next one; called again, it has it
    int attempt = 0;                                // 0: it has not begun
    std::chrono::steady_clock::time_point began{};  // this attempt
    std::exception_ptr thrown;                      // by the attempt before, if the next one has not begun
    std::unique_ptr<await_chain> coroutine;
    node_wait wait;
};

}  // namespace poise::task::detail
