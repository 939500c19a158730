// SPDX-License-Identifier: MIT
// What is recorded of one scope under one path of scopes, by one thread.
#pragma once

#include "profile/clock.hpp"
#include "profile/durations.hpp"
#include "profile/owned.hpp"

#include <poise/profile/scope.hpp>

#include <cstdint>

namespace poise::profile::detail {

/// Calls that were timed.
struct timed_calls {
    owned<std::uint64_t> calls;
    owned<ticks> inclusive;
    owned<ticks> exclusive;

    void clear() noexcept {
        calls.store(0);
        inclusive.store(0);
        exclusive.store(0);
    }
};

class call_tree;

inline constexpr std::uint32_t sampling_block = 16;  // calls, of which one is timed

struct node {
    // What it is; constant once it can be found.
    node* parent;   // the scope it belongs to
    node* beneath;  // the scope that was open below it on this thread: another one where a context was installed
    call_tree const* tree;
    std::uint64_t key;
    char const* name;
    char const* file;
    std::uint32_t name_size;
    std::uint32_t line;
    category kind;
    std::uint16_t level;           // the root has 0
    std::uint16_t physical_level;  // the same by `beneath`
    std::uint32_t number;          // in order of making; the root has 0
    owned<node*> next;             // in order of making: parents stand before their children
    // How it is recorded.
    mode stated;       // by the scope itself
    owned<mode> told;  // by set_mode(), under a lock of the registry
    owned<mode> how;   // what counts: automatic leaves it to the program's mode. Anybody may change it, as a whole
    owned<bool> demoted;
    // The owner's own.
    node* recent;  // the child entered last, and what was open below it
    node* recent_beneath;
    std::uint32_t open;            // calls that have not ended
    std::uint32_t calls_to_timed;  // while sampled: 1 for the call that is timed next
    std::uint32_t place_in_block;  // of the last one, 1 to sampling_block
    // What happened in it.
    owned<std::uint64_t> calls;
    timed_calls exact;
    timed_calls sampled;   // of all that are not among the exact, these were timed
    owned<ticks> foreign;  // of the inclusive time, in scopes that ran on this thread meanwhile but do not belong here
    owned<ticks> shortest;
    owned<ticks> longest;
    owned<std::uint64_t> allocations;
    owned<std::uint64_t> allocated_bytes;
    owned<std::int64_t> peak_bytes;
    owned<double> moved_bytes;
    owned<double> flops;
    durations lasting;

    void clear(duration_pool& pool) noexcept;
    void undemote() noexcept {
        demoted.store(false);
        how.store(told.load() != mode::automatic ? told.load() : stated);
    }
};

}  // namespace poise::profile::detail
