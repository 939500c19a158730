// SPDX-License-Identifier: MIT
// A coroutine, the coroutine it awaits, and so on: what is run and what is suspended as one.
#pragma once

#include <poise/task/context.hpp>

#include <chrono>
#include <coroutine>
#include <cstdint>
#include <exception>
#include <memory>
#include <utility>

namespace poise::task::detail {

// What a coroutine waits for: a moment, a file descriptor that can be read or written, or whichever comes first.
struct wait_request {
    std::chrono::steady_clock::time_point until = std::chrono::steady_clock::time_point::max();
    int descriptor = -1;
    bool to_write = false;
};

// Runs its coroutines from a loop, one piece after the other, so that the stack does not grow with the number of
// awaits, and begins to wait only when the coroutine stands still, so that another thread may go on with it at once.
class await_chain {
public:
    // Waits as a task of that frame: on no thread, where there is an engine; otherwise on the calling one.
    await_chain(frame const& in, std::uint32_t id);
    virtual ~await_chain();
    await_chain(await_chain const&) = delete;
    await_chain& operator=(await_chain const&) = delete;

    // Until all is done: true; or until it waits: false, and then another thread may be here already.
    [[nodiscard]] bool drive();
    // Of the outermost coroutine: its result to its place, or what left it thrown.
    virtual void finish() = 0;

    // By coroutines that end or await another one.
    void go_on_with(std::coroutine_handle<> next) noexcept { next_ = next; }
    // By coroutines that wait; resumed, they learn whether the request was met: false, if only its moment came. Throws
    // stopped_error, timeout_error, and what went wrong.
    void wait(wait_request const& request, std::coroutine_handle<> next) noexcept;
    [[nodiscard]] bool met() const;

protected:
    [[nodiscard]] frame const& own_frame() const noexcept { return frame_; }

private:
    struct waiting;

    [[nodiscard]] bool is_ready() noexcept;
    [[nodiscard]] bool begin_to_wait() noexcept;
    void wait_here() noexcept;

    frame const frame_;
    std::uint32_t const id_;
    std::coroutine_handle<> next_;
    std::unique_ptr<waiting> waiting_;
};

// The chain that a task left when it was suspended, or null.
[[nodiscard]] await_chain* chain_of(frame const& in, std::uint32_t id);
// Leaves it with the run until it is taken; without an engine the caller keeps it.
void keep_chain(frame const& in, std::uint32_t id, std::unique_ptr<await_chain>& chain);
[[nodiscard]] std::unique_ptr<await_chain> take_chain(frame const& in, std::uint32_t id) noexcept;

}  // namespace poise::task::detail
