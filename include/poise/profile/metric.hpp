// SPDX-License-Identifier: MIT
// Metrics as plain values: what a registry's snapshot holds.
#pragma once

#include <poise/profile/log_linear.hpp>

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

namespace poise::profile {

/// Tells series of one name apart: {"method", "cholesky"}. Names: a-z, 0-9 and '_', a letter first; values: any bytes.
struct metric_label {
    std::string name;
    std::string value;

    friend auto operator<=>(metric_label const&, metric_label const&) = default;
};
using metric_labels = std::vector<metric_label>;

enum class metric_kind { counter, gauge, histogram };

/// The buckets of histograms: 0; up to 2⁻⁴⁰; sixteen an octave up to 2⁶⁴; above.
using histogram_buckets = log_linear_real<16, -40, 64>;

/// How many recorded values were ≤ upper.
struct histogram_bucket {
    double upper = 0.0;
    std::uint64_t cumulative_count = 0;

    friend bool operator==(histogram_bucket const&, histogram_bucket const&) = default;
};

/// What was recorded in a histogram. All 0 where nothing was.
struct histogram_statistics {
    std::uint64_t count = 0;
    double sum = 0.0;
    double min = 0.0;
    double max = 0.0;
    /// Quantiles, within 3.1 %.
    double p50 = 0.0;
    double p90 = 0.0;
    double p99 = 0.0;
    /// Those that hold something, by their bounds.
    std::vector<histogram_bucket> buckets{};

    /// The value that the share q of all did not exceed, within 3.1 %; exact for q = 0 and q = 1.
    [[nodiscard]] double quantile(double q) const noexcept;
    /// Adds what another histogram recorded.
    void merge(histogram_statistics const& other);

    friend bool operator==(histogram_statistics const&, histogram_statistics const&) = default;
};

/// One metric at one moment.
struct metric {
    std::string name;
    metric_kind kind = metric_kind::counter;
    /// Of a counter, exact up to 2⁵³; of a gauge. 0 for a histogram.
    double value = 0.0;
    metric_labels labels{};
    histogram_statistics histogram{};
    /// What metrics_registry::describe() said.
    std::string help{};

    friend bool operator==(metric const&, metric const&) = default;
};
/// Sorted by name, then by labels.
using metrics_snapshot = std::vector<metric>;

/// What happened between two snapshots of one registry: counters and histograms are subtracted (one that was reset in
/// between counts from there), gauges keep the later value. A metric that the earlier one lacks counts from 0; one
/// that the later one lacks is left out. The min and max of a histogram are exact where they were first reached in
/// between, otherwise ends of buckets: no value in between lies outside them.
[[nodiscard]] metrics_snapshot difference(metrics_snapshot const& later, metrics_snapshot const& earlier);

}  // namespace poise::profile
