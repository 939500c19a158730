// SPDX-License-Identifier: MIT
// The cheapest clock of the machine: the processor's counter where it runs at a constant rate, else CLOCK_MONOTONIC.
#pragma once

#include <atomic>
#include <cstdint>

namespace poise::profile::detail {

using ticks = std::uint64_t;

extern std::atomic<bool> counts_cycles;

/// Decides on the clock; before the first reading that anybody keeps.
void choose_clock() noexcept;
[[nodiscard]] std::uint64_t monotonic_ns() noexcept;

// A plain rdtsc is not ordered with what stands before it: a scope may read 10 ns short, and costs half as much as one
// with fences (rdtsc 9.5 ns, lfence;rdtsc 18.4 ns on Zen 4).
[[nodiscard]] inline ticks now() noexcept {
#if defined(__x86_64__)
    if (counts_cycles.load(std::memory_order_relaxed)) [[likely]]
        return __builtin_ia32_rdtsc();
#endif
    return monotonic_ns();
}

/// The same clock, read when all that stands before is done. 9 ns more than now().
[[nodiscard]] inline ticks now_after_all() noexcept {
#if defined(__x86_64__)
    if (counts_cycles.load(std::memory_order_relaxed)) [[likely]] {
        unsigned processor;
        return __builtin_ia32_rdtscp(&processor);
    }
#endif
    return monotonic_ns();
}

/// One moment on both clocks.
struct anchor {
    ticks at = 0;
    std::uint64_t ns = 0;
};
[[nodiscard]] anchor drop_anchor() noexcept;

/// Seconds from ticks, at the rate measured between two anchors. Good to 1e-4 after a millisecond and better later.
class timescale {
public:
    explicit timescale(anchor origin) noexcept;

    [[nodiscard]] double seconds(ticks duration) const noexcept {
        return static_cast<double>(duration) * ns_per_tick_ * 1e-9;
    }
    /// Since the origin; 0 for what lies before. Grows with t, so that intervals nested in ticks stay nested.
    [[nodiscard]] std::uint64_t nanoseconds_at(ticks t) const noexcept {
        return t <= origin_ ? 0 : static_cast<std::uint64_t>(static_cast<double>(t - origin_) * ns_per_tick_);
    }

private:
    ticks origin_;
    double ns_per_tick_ = 1.0;
};

}  // namespace poise::profile::detail
