// SPDX-License-Identifier: MIT
#include "profile/histogram_counts.hpp"

#include <poise/profile/metric.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <tuple>

namespace poise::profile {

namespace detail {

void histogram_counts::add(histogram_statistics const& s) {
    std::uint64_t before = 0;
    for (auto const& [upper, cumulative] : s.buckets) {
        counts[histogram_buckets::index(upper)] += cumulative - before;
        before = cumulative;
    }
}

bool histogram_counts::subtract(histogram_counts const& earlier) noexcept {
    bool const grew = std::ranges::equal(counts, earlier.counts, std::ranges::greater_equal{});
    for (std::size_t i = 0; grew && i < counts.size(); ++i) counts[i] -= earlier.counts[i];
    return grew;
}

histogram_statistics histogram_counts::statistics(double sum, double min, double max) const {
    histogram_statistics s;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (counts[i] == 0) continue;
        s.count += counts[i];
        s.buckets.push_back({histogram_buckets::upper(i), s.count});
    }
    if (s.count == 0) return s;
    s.sum = sum;
    s.min = min;
    s.max = max;
    s.p50 = s.quantile(0.5);
    s.p90 = s.quantile(0.9);
    s.p99 = s.quantile(0.99);
    return s;
}

}  // namespace detail

double histogram_statistics::quantile(double q) const noexcept {
    if (count == 0 || buckets.empty()) return 0.0;
    if (!(q > 0.0)) return min;
    if (q >= 1.0) return max;
    auto const rank = static_cast<std::uint64_t>(std::ceil(q * static_cast<double>(count)));
    auto const holds = std::ranges::lower_bound(buckets, rank, {}, &histogram_bucket::cumulative_count);
    double const upper = holds == buckets.end() ? buckets.back().upper : holds->upper;
    return std::clamp(histogram_buckets::middle(histogram_buckets::index(upper)), min, std::max(min, max));
}

void histogram_statistics::merge(histogram_statistics const& other) {
    if (other.count == 0) return;
    auto const both = std::make_unique<detail::histogram_counts>();
    both->add(*this);
    both->add(other);
    *this = both->statistics(sum + other.sum, count == 0 ? other.min : std::min(min, other.min),
                             count == 0 ? other.max : std::max(max, other.max));
}

namespace {

auto identity(metric const& m) noexcept { return std::tie(m.name, m.labels); }

histogram_statistics difference(histogram_statistics const& later, histogram_statistics const& earlier) {
    if (earlier.count == 0) return later;
    auto const between = std::make_unique<detail::histogram_counts>();
    auto const before = std::make_unique<detail::histogram_counts>();
    between->add(later);
    before->add(earlier);
    if (!between->subtract(*before)) return later;
    histogram_statistics rough = between->statistics(0.0, later.min, later.max);
    if (rough.count == 0) return rough;
    double const lowest = histogram_buckets::lower(histogram_buckets::index(rough.buckets.front().upper));
    double const highest = rough.buckets.back().upper;
    return between->statistics(later.sum - earlier.sum,
                               later.min < earlier.min ? later.min : std::max(lowest, later.min),
                               later.max > earlier.max ? later.max : std::min(highest, later.max));
}

}  // namespace

metrics_snapshot difference(metrics_snapshot const& later, metrics_snapshot const& earlier) {
    metrics_snapshot result = later;
    for (metric& m : result) {
        auto const before = std::ranges::lower_bound(earlier, identity(m), {}, identity);
        if (before == earlier.end() || identity(*before) != identity(m) || before->kind != m.kind) continue;
        if (m.kind == metric_kind::counter && before->value <= m.value) m.value -= before->value;
        if (m.kind == metric_kind::histogram) m.histogram = difference(m.histogram, before->histogram);
    }
    return result;
}

}  // namespace poise::profile
