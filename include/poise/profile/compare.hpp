// SPDX-License-Identifier: MIT
// Which of several implementations is faster, by how much, and how sure that is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace poise::profile {

/// A 95 % confidence interval.
struct interval {
    double low = 0.0, high = 0.0;

    friend bool operator==(interval const&, interval const&) = default;
};

/// What measure() found: seconds per call.
struct measurement {
    std::string name;
    double median_s = 0.0;
    interval median_interval_s;
    double mad_s = 0.0;  ///< median absolute deviation from the median
    double min_s = 0.0;
    std::uint64_t calls_per_slice = 0;
    std::vector<double> slices_s;  ///< per call, in the order they were measured

    friend bool operator==(measurement const&, measurement const&) = default;
};

enum class verdict : unsigned char { faster, slower, equivalent, undecided };

/// One of the implementations that were compared, against the first.
struct contender {
    measurement times;
    double ratio = 1.0;  ///< its time over the first one's, median of the pairs
    interval ratio_interval{1.0, 1.0};
    verdict outcome = verdict::equivalent;

    friend bool operator==(contender const&, contender const&) = default;
};

/// What compare() found.
struct comparison {
    std::string name;
    std::vector<contender> contenders;  ///< the first is the baseline
    std::size_t pairs = 0;
    double min_effect = 0.0;         ///< differences below it count as none
    interval noise_floor{1.0, 1.0};  ///< the ratio of the first with itself, measured alongside
    double duration_s = 0.0;

    friend bool operator==(comparison const&, comparison const&) = default;
};

}  // namespace poise::profile
