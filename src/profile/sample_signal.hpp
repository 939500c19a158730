// SPDX-License-Identifier: MIT
// What happens in the signal handler of a sampler.
#pragma once

#include "profile/memory_map.hpp"
#include "profile/sample_ring.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace poise::profile::detail {

/// A thread that gets signals, as the handler sees it.
struct sampled_thread {
    sample_ring ring;
    /// Frames that end above it are not looked at; 0: all are.
    std::atomic<std::uintptr_t> outermost{0};
};

/// What the handler works with. Signals carry the generation and a place in `threads`, so that one that arrives late,
/// in the time of another sampler, does nothing.
struct sample_target {
    static constexpr unsigned index_bits = 12;
    static constexpr std::size_t max_threads = std::size_t{1} << index_bits;

    std::uintptr_t generation = 0;
    std::atomic<bool> looking{false};
    std::atomic<memory_map const*> map{nullptr};
    std::atomic<bool> map_is_stale{false};  ///< a stack lay outside of it
    std::array<std::atomic<sampled_thread*>, max_threads> threads{};

    [[nodiscard]] void* tag(std::size_t index) const noexcept {
        return reinterpret_cast<void*>(generation << index_bits | index);
    }
};

/// SIGPROF is handled for the target from here on. Throws poise::error.
void install_sample_handler(sample_target& target);
/// As it was before, unless somebody else has taken the signal meanwhile. Nobody may send it any more. Returns when no
/// handler is running; signals still pending are dropped.
void remove_sample_handler() noexcept;

/// In a child made by fork(): nobody is sampled there.
void forget_sample_target() noexcept;

}  // namespace poise::profile::detail
