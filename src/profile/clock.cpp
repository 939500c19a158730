// SPDX-License-Identifier: MIT
#include "profile/clock.hpp"

#include <time.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace poise::profile::detail {
namespace {

constexpr std::uint64_t shortest_calibration_ns = 1'000'000;

bool counter_is_invariant() noexcept {
#if defined(__x86_64__)
    unsigned a = 0, b = 0, c = 0, d = 0;
    return __get_cpuid(0x80000007U, &a, &b, &c, &d) != 0 && (d & (1U << 8)) != 0;
#else
    return false;
#endif
}

}  // namespace

constinit std::atomic<bool> counts_cycles{false};

void choose_clock() noexcept { counts_cycles.store(counter_is_invariant(), std::memory_order_relaxed); }

std::uint64_t monotonic_ns() noexcept {
    timespec t{};
    ::clock_gettime(CLOCK_MONOTONIC, &t);
    return static_cast<std::uint64_t>(t.tv_sec) * 1'000'000'000U + static_cast<std::uint64_t>(t.tv_nsec);
}

anchor drop_anchor() noexcept {
    anchor best;
    ticks narrowest = ~ticks{0};
    // The pair that was disturbed least: a preempted one would spoil the rate.
    for (int attempt = 0; attempt < 5; ++attempt) {
        ticks const before = now();
        std::uint64_t const ns = monotonic_ns();
        ticks const after = now();
        if (after < before || after - before >= narrowest) continue;
        narrowest = after - before;
        best = {before + narrowest / 2, ns};
    }
    return best;
}

timescale::timescale(anchor origin) noexcept : origin_{origin.at} {
    if (!counts_cycles.load(std::memory_order_relaxed)) return;
    while (monotonic_ns() - origin.ns < shortest_calibration_ns) {
    }
    anchor const here = drop_anchor();
    if (here.at > origin.at)
        ns_per_tick_ = static_cast<double>(here.ns - origin.ns) / static_cast<double>(here.at - origin.at);
}

}  // namespace poise::profile::detail
