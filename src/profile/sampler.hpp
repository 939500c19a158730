// SPDX-License-Identifier: MIT
// Looks at the stacks of all threads many times a second.
#pragma once

#include "profile/stack_tree.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace poise::profile::detail {

/// Why this program cannot be sampled; empty where it can.
[[nodiscard]] std::string sampling_obstacle();

/// A helper thread sends SIGPROF to each thread that has used so much CPU time; the handler writes down the stack; the
/// helper collects and counts, and finds threads that have started. At most one at a time in a process.
///
/// Why not a timer per thread: those of CPU time fire with the kernel's tick, 250 times a second on most systems,
/// however often is asked; those of the wall clock interrupt threads that sleep, and an interrupt that comes from a
/// timer costs the thread twice what one from another processor does; so does perf_event_open(), which is also
/// forbidden to users on many systems. A thread that fell asleep meanwhile is recognised by the system call that the
/// signal interrupted, and not counted.
class sampler {
public:
    /// Throws std::invalid_argument when there is another one, poise::error when the system refuses.
    explicit sampler(double frequency_hz);
    ~sampler();
    sampler(sampler const&) = delete;
    sampler& operator=(sampler const&) = delete;

    /// From here on this thread is looked at, as far as it is below the frame of the caller, whose address that is.
    void begin(void const* frame) noexcept;
    void end() noexcept;

    /// Of everything, after stop(). Empty in a child made by fork(): nothing was looked at there.
    void stop() noexcept;
    [[nodiscard]] stack_tree const& stacks() const noexcept;
    [[nodiscard]] std::uint64_t lost() const noexcept;
    [[nodiscard]] std::size_t unreachable_threads() const noexcept;
    [[nodiscard]] bool in_forked_child() const noexcept;

private:
    struct session;
    session* session_;  // not owned by a smart pointer: in a forked child it is left alone
};

}  // namespace poise::profile::detail
