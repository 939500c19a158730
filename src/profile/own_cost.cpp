// SPDX-License-Identifier: MIT
#include "profile/own_cost.hpp"

#include "profile/recorder.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>

namespace poise::profile::detail {
namespace {

constexpr int batches = 64;
constexpr int per_batch = 32;

// A chain in which every step waits for the one before, so that it takes its time whatever stands around it. About
// 100 ns.
std::uint64_t spin(std::uint64_t x) noexcept {
    for (int i = 0; i < 100; ++i) {
        x = x * 6364136223846793005ULL + 1;
        asm volatile("" : "+r"(x));
    }
    return x;
}

// Ticks per body, by the quickest batch: as scopes around each body report it, and by two readings around all.
template <class Stop>
double bias_of(Stop const& stop) noexcept {
    thread_state* const scratch = thread_state::make();  // nobody reads it
    if (scratch == nullptr) return 0.0;
    traits const here = traits_of(0, category::phase, mode::timed);
    naming const name{"bias", 4, "", here, literal_key("bias", here)};
    double reported = std::numeric_limits<double>::max(), true_time = reported;
    std::uint64_t x = 1;
    for (int b = 0; b < batches; ++b) {
        ticks const begin = now_after_all();
        for (int i = 0; i < per_batch; ++i) x = spin(x);
        ticks const end = now_after_all();
        ticks sum = 0;
        for (int i = 0; i < per_batch; ++i) {
            frame* const entered = open_now(*scratch, name, enabled_bit);
            x = spin(x);
            ticks const stopped = stop();
            sum += stopped - entered->start.load();
            scratch->close(entered, stopped);
        }
        true_time = std::min(true_time, static_cast<double>(end - begin) / per_batch);
        reported = std::min(reported, static_cast<double>(sum) / per_batch);
    }
    return reported - true_time;
}

}  // namespace

ticks measure_scope_cost(mode how) noexcept {
    thread_state* const scratch = thread_state::make();  // nobody reads it
    if (scratch == nullptr) return 0;
    bool const timed = how == mode::timed || how == mode::precise;
    traits const here = traits_of(0, category::phase, how);
    naming const name{"cost", 4, "", here, literal_key("cost", here)};
    ticks best = ~ticks{0};
    for (int b = 0; b < batches; ++b) {
        ticks const start = now();
        for (int i = 0; i < per_batch; ++i) {
            frame* const entered = open_at(*scratch, name, enabled_bit | memory_bit, timed ? now() : 0);
            scratch->close(entered, timed ? now() : 1);
        }
        ticks const stop = now();
        if (stop > start) best = std::min(best, (stop - start) / per_batch);
    }
    return best == ~ticks{0} ? 0 : best;
}

clock_bias measure_clock_bias() noexcept {
    return {bias_of([] { return now(); }), bias_of([] { return now_after_all(); })};
}

}  // namespace poise::profile::detail
