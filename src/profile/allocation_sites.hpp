// SPDX-License-Identifier: MIT
// Which places allocate: now and then the stack of an allocation is looked at.
//
// Gaps between samples are exponentially distributed in bytes, so that a block of s bytes is looked at with probability
// p = 1 − exp(−s / mean), whatever stands around it, and each one seen stands for 1/p of its kind. The way of tcmalloc.
#pragma once

#include "profile/recorder.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace poise::profile::detail::allocation_sites {

inline constexpr double mean_bytes_between = 512.0 * 1024.0;
inline constexpr std::size_t max_stack = 32;

struct site_record {
    std::array<std::uintptr_t, max_stack> stack;  // return addresses, innermost first
    std::size_t depth;
    node const* scope;
    std::uint64_t samples;
    double allocations;  // estimated
    double bytes;        // estimated
};

/// Called with an allocation that may have passed memory_counters::sample_mark; then draws the next mark and, unless
/// `self` is busy with another one, looks at the stack.
void look(thread_state& self, std::size_t bytes) noexcept;

/// While it lives, what this thread allocates is counted and not looked at: the profiler's own allocations are not the
/// program's.
class unseen {
public:
    unseen() noexcept : self_{this_thread}, before_{self_ != nullptr && self_->memory.busy} { set(true); }
    ~unseen() { set(before_); }
    unseen(unseen const&) = delete;
    unseen& operator=(unseen const&) = delete;

private:
    void set(bool busy) noexcept {
        if (self_ != nullptr) self_->memory.busy = busy;
    }

    thread_state* self_;
    bool before_;
};

/// What was found, in no order. What found no room among 1024 places is one more of them, with an empty stack.
[[nodiscard]] std::vector<site_record> found();
void forget() noexcept;

void before_fork() noexcept;
void after_fork() noexcept;

}  // namespace poise::profile::detail::allocation_sites
