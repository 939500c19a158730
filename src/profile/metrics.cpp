// SPDX-License-Identifier: MIT
#include "profile/histogram_counts.hpp"
#include "profile/metric_shards.hpp"
#include "profile/pages.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/profile/metrics.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <new>

namespace poise::profile {

void counter::add_slowly(std::uint64_t amount) noexcept {
    if (slot_ != detail::no_slot && detail::attached_shards() != nullptr) return add(amount);
    __atomic_fetch_add(&shared_, amount, __ATOMIC_RELAXED);
}

std::uint64_t counter::total() const noexcept {
    std::uint64_t const counted = slot_ == detail::no_slot ? 0 : detail::sum_of_counter(slot_);
    return counted + __atomic_load_n(&shared_, __ATOMIC_RELAXED);
}

std::uint64_t counter::value() const noexcept {
    // The base first: what it was taken from can only have grown since.
    std::uint64_t const base = __atomic_load_n(&base_, __ATOMIC_ACQUIRE);
    return total() - base;
}

void gauge::add(double amount) noexcept {
    double seen = value();
    double next = seen + amount;
    while (!__atomic_compare_exchange(&value_, &seen, &next, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
        next = seen + amount;
}

histogram::histogram() noexcept = default;
histogram::~histogram() = default;

void histogram::record(double value) {
    POISE_REQUIRE(value >= 0.0 && value <= std::numeric_limits<double>::max(), "a histogram was given ", value,
                  "; record finite values that are not negative");
    detail::histogram_shard* shard = nullptr;
    if (slot_ != detail::no_slot) [[likely]] {
        if (auto const* const mine = detail::attached_shards()) shard = mine->histograms[slot_].load();
        if (shard == nullptr) [[unlikely]]
            shard = make_shard();
    }
    if (shard == nullptr) [[unlikely]]
        return record_locked(value);
    std::uint64_t const epoch = __atomic_load_n(&epoch_, __ATOMIC_RELAXED);
    if (shard->epoch.load() != epoch) [[unlikely]]
        shard->begin(epoch);
    shard->record(value + 0.0);  // -0 is 0
}

[[gnu::cold]] detail::histogram_shard* histogram::make_shard() noexcept {
    auto* const mine = detail::attached_shards();
    if (mine == nullptr) return nullptr;
    auto* const made = static_cast<detail::histogram_shard*>(detail::map_pages(sizeof(detail::histogram_shard)));
    mine->histograms[slot_].publish(made);
    return made;
}

[[gnu::cold]] void histogram::record_locked(double value) {
    std::unique_ptr<detail::histogram_shard> fresh;
    for (;;) {
        {
            auto const lock = detail::lock_metrics();
            if (spare_ == nullptr) spare_.swap(fresh);
            if (spare_ != nullptr) {
                if (spare_->epoch.load() != epoch_) spare_->begin(epoch_);
                return spare_->record(value + 0.0);
            }
        }
        fresh = std::make_unique<detail::histogram_shard>();
    }
}

void histogram::begin() noexcept { __atomic_store_n(&epoch_, detail::next_epoch(), __ATOMIC_RELAXED); }

histogram_statistics histogram::statistics() const {
    detail::histogram_counts all;
    double sum = 0.0, min = std::numeric_limits<double>::infinity(), max = 0.0;
    auto const add = [&](detail::histogram_shard const& shard) {
        for (std::size_t i = 0; i < all.counts.size(); ++i) all.counts[i] += shard.counts[i].acquire();
        sum += shard.sum.load();
        min = std::min(min, shard.min.load());
        max = std::max(max, shard.max.load());
    };
    {
        auto const lock = detail::lock_metrics();
        if (slot_ != detail::no_slot) detail::each_histogram_shard(slot_, epoch_, add);
        if (spare_ != nullptr && spare_->epoch.load() == epoch_) add(*spare_);
    }
    return all.statistics(sum, min, max);
}

}  // namespace poise::profile
