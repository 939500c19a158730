// SPDX-License-Identifier: MIT
// What each thread has counted, per slot. A counter's value is the sum over all threads that ever lived: a shard is
// taken over by a later thread, counts and all, and never given back.
//
// Slots outlive the metrics they are lent to and are never cleared, since only the owner of a shard may write to it: a
// counter subtracts what its slot had counted before, a histogram's shard begins anew when the owner sees a new epoch.
#pragma once

#include "profile/owned.hpp"

#include <poise/profile/metrics.hpp>

#include <cstdint>
#include <mutex>
#include <type_traits>

namespace poise::profile::detail {

inline constexpr unsigned n_fast_histograms = 256;

/// One thread's part of a histogram.
struct histogram_shard {
    owned<std::uint64_t> epoch;
    owned<double> sum;
    owned<double> min;
    owned<double> max;
    owned<std::uint64_t> counts[histogram_buckets::n_buckets];

    void begin(std::uint64_t new_epoch) noexcept;
    // The bucket comes last: who sees the count sees the rest.
    void record(double value) noexcept {
        sum.add(value);
        min.lower(value);
        max.raise(value);
        owned<std::uint64_t>& count = counts[histogram_buckets::index(value)];
        count.publish(count.own() + 1);
    }
};

struct thread_shards {
    std::uint64_t counters[n_fast_counters];
    owned<histogram_shard*> histograms[n_fast_histograms];
    thread_shards* next_made;
    thread_shards* next_free;
};
static_assert(std::is_trivial_v<thread_shards> && std::is_trivial_v<histogram_shard>,
              "mapped pages are used as one without a constructor");

/// Guards all registries and the lists of shards and slots. Held across fork(), so that a child finds them whole.
/// Nothing is allocated or freed under it and no other lock taken: the allocation hooks have locks of their own.
[[nodiscard]] std::unique_lock<std::mutex> lock_metrics();

/// This thread's shards; nullptr when the system has no memory.
[[nodiscard]] thread_shards* attached_shards() noexcept;

/// Lent until given back; no_slot when all are, and giving that back does nothing. With the lock held.
[[nodiscard]] unsigned take_counter_slot() noexcept;
[[nodiscard]] unsigned take_histogram_slot() noexcept;
void give_counter_slot(unsigned slot) noexcept;
void give_histogram_slot(unsigned slot) noexcept;
/// Another number at each call. With the lock held.
[[nodiscard]] std::uint64_t next_epoch() noexcept;

/// All threads' counts in a slot. Without a lock.
[[nodiscard]] std::uint64_t sum_of_counter(unsigned slot) noexcept;

[[nodiscard]] thread_shards const* first_shards() noexcept;

/// visit(histogram_shard const&) for the shards of a slot that follow the epoch. With the lock held, which keeps epochs
/// as they are.
template <class Visit>
void each_histogram_shard(unsigned slot, std::uint64_t epoch, Visit const& visit) {
    for (auto const* t = first_shards(); t != nullptr; t = t->next_made)
        if (auto const* shard = t->histograms[slot].acquire(); shard != nullptr && shard->epoch.acquire() == epoch)
            visit(*shard);
}

}  // namespace poise::profile::detail
