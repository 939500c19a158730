// SPDX-License-Identifier: MIT
// How many values each bucket of a histogram holds, on the way from threads' shards to a snapshot and between
// snapshots.
#pragma once

#include <poise/profile/metric.hpp>

#include <array>
#include <cstdint>

namespace poise::profile::detail {

/// 13 KiB.
struct histogram_counts {
    std::array<std::uint64_t, histogram_buckets::n_buckets> counts{};

    void add(histogram_statistics const& s);
    /// False, and nothing changed, where a bucket held more earlier: it was reset in between.
    [[nodiscard]] bool subtract(histogram_counts const& earlier) noexcept;
    [[nodiscard]] histogram_statistics statistics(double sum, double min, double max) const;
};

}  // namespace poise::profile::detail
