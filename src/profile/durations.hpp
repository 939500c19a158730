// SPDX-License-Identifier: MIT
// How long the calls of a scope took: a histogram whose buckets are an eighth of an octave, held where they are used.
//
// A scope's calls fall into a few octaves, so that a full array of buckets would be mostly zeros, 4 kB a scope. Here an
// octave is a line of cache in a pool of the thread, taken when it is first needed.
#pragma once

#include "profile/owned.hpp"
#include "profile/pages.hpp"

#include <poise/profile/log_linear.hpp>

#include <cstddef>
#include <cstdint>

namespace poise::profile::detail {

using duration_buckets = log_linear<8>;
inline constexpr std::size_t buckets_per_octave = 8;
inline constexpr std::size_t n_octaves = duration_buckets::n_buckets / buckets_per_octave;

/// The octaves of all scopes of a thread. All zeros is an empty one.
class duration_pool {
public:
    using octave = owned<std::uint64_t>[buckets_per_octave];

    /// The number of an empty octave, not 0; 0 when 65535 are taken or the system has no memory.
    [[nodiscard]] std::uint16_t take() noexcept {
        if (last_ == UINT16_MAX) return 0;
        auto const number = static_cast<std::uint16_t>(last_ + 1);
        owned<octave*>& block = blocks_[number / per_block];
        if (block.load() == nullptr) block.publish(static_cast<octave*>(map_pages(per_block * sizeof(octave))));
        if (block.load() == nullptr) return 0;
        return last_ = number;
    }
    [[nodiscard]] octave& at(std::uint16_t number) noexcept {
        return blocks_[number / per_block].load()[number % per_block];
    }
    [[nodiscard]] octave const& at(std::uint16_t number) const noexcept {
        return blocks_[number / per_block].acquire()[number % per_block];
    }

private:
    static constexpr std::uint16_t per_block = 256;  // 16 KiB

    owned<octave*> blocks_[256];
    std::uint16_t last_;
};

/// One scope's. All zeros is an empty one.
///
/// A duration is counted when the next one comes: the place of its count depends on a clock reading that is just being
/// made, and until a processor knows where a store goes, it holds back the loads behind it. That would cost 8 ns on a
/// Zen 5, beside 18 ns for two readings; a store to a fixed place costs nothing.
struct durations {
    owned<std::uint64_t> latest;  // and one more; 0 before the first
    owned<std::uint16_t> octaves[n_octaves];

    /// False when the octave of the duration before is not there yet: make_room() then.
    [[nodiscard]] bool add(std::uint64_t t, duration_pool& pool) noexcept {
        std::uint64_t const before = latest.load();
        latest.store(t + 1);
        return before == 0 || count(before - 1, pool);
    }
    /// For the duration before the latest, `t`; it is not counted when the pool is used up.
    void make_room(std::uint64_t t, duration_pool& pool) noexcept {
        owned<std::uint16_t>& number = octaves[duration_buckets::index(t) / buckets_per_octave];
        number.publish(pool.take());
        if (number.load() != 0) (void)count(t, pool);
    }
    /// visit(bucket, count) of those that are not empty.
    template <class Visit>
    void each(duration_pool const& pool, Visit const& visit) const {
        for (std::size_t o = 0; o < n_octaves; ++o)
            if (auto const number = octaves[o].acquire(); number != 0)
                for (std::size_t i = 0; i < buckets_per_octave; ++i)
                    if (auto const count = pool.at(number)[i].load(); count != 0)
                        visit(o * buckets_per_octave + i, count);
        if (auto const t = latest.load(); t != 0) visit(duration_buckets::index(t - 1), std::uint64_t{1});
    }
    void clear(duration_pool& pool) noexcept {
        latest.store(0);
        for (auto const& number : octaves)
            if (number.load() != 0)
                for (auto& count : pool.at(number.load())) count.store(0);
    }

private:
    [[nodiscard]] bool count(std::uint64_t t, duration_pool& pool) noexcept {
        std::size_t const bucket = duration_buckets::index(t);
        std::uint16_t const number = octaves[bucket / buckets_per_octave].load();
        if (number == 0) [[unlikely]]
            return false;
        pool.at(number)[bucket % buckets_per_octave].add(1);
        return true;
    }
};

}  // namespace poise::profile::detail
