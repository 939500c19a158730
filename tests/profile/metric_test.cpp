// SPDX-License-Identifier: MIT
#include <poise/profile/metric.hpp>
#include <poise/profile/metrics.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace poise::profile {
namespace {

histogram_statistics recorded(std::vector<double> const& values) {
    metrics_registry registry;
    histogram& h = registry.histogram("h");
    for (double const v : values) h.record(v);
    return h.statistics();
}

std::vector<double> random_values(unsigned seed, std::size_t n) {
    std::mt19937_64 random{seed};
    std::lognormal_distribution<double> spread{-6.0, 2.0};
    std::vector<double> values(n);
    // Multiples of 2⁻³², so that sums are exact in any order.
    for (double& v : values) v = std::floor(std::ldexp(spread(random), 32)) * 0x1p-32;
    return values;
}

}  // namespace

TEST(HistogramStatistics, AreEmptyForNoValues) {
    EXPECT_EQ(recorded({}).quantile(0.5), 0.0);
    histogram_statistics none;
    none.merge({});
    EXPECT_EQ(none, histogram_statistics{});
    none.merge(recorded({2.0}));
    EXPECT_EQ(none, recorded({2.0}));
}

TEST(HistogramStatistics, MergeAsIfRecordedInOne) {
    for (unsigned const seed : {1U, 2U}) {
        SCOPED_TRACE(testing::Message() << "seed " << seed);
        auto all = random_values(seed, 300);
        auto merged = recorded({all.begin(), all.begin() + 100});
        merged.merge(recorded({all.begin() + 100, all.end()}));
        merged.merge({});
        EXPECT_EQ(merged, recorded(all));
    }
}

TEST(HistogramStatistics, QuantilesAreWithinHalfABucketAndTheEndsExact) {
    auto values = random_values(3, 2000);
    auto const s = recorded(values);
    std::ranges::sort(values);
    EXPECT_EQ(s.quantile(0.0), values.front());
    EXPECT_EQ(s.quantile(1.0), values.back());
    for (double const q : {0.01, 0.5, 0.9, 0.99}) {
        double const exact = values[static_cast<std::size_t>(std::ceil(q * 2000.0)) - 1];
        EXPECT_NEAR(s.quantile(q), exact, exact / 32.0);
    }
    EXPECT_EQ(s.p50, s.quantile(0.5));
    EXPECT_EQ(s.p90, s.quantile(0.9));
    EXPECT_EQ(s.p99, s.quantile(0.99));
    EXPECT_EQ(recorded({7.3, 7.3}).p99, 7.3) << "clamped to what was recorded";
}

TEST(Difference, SubtractsHistograms) {
    metrics_registry registry;
    histogram& h = registry.histogram("h");
    for (double const v : {1.0, 2.0, 2.0, 5.0}) h.record(v);
    auto const earlier = registry.snapshot();
    EXPECT_EQ(difference(earlier, earlier).at(0).histogram, histogram_statistics{});
    for (double const v : {2.0, 4.0}) h.record(v);
    auto const between = difference(registry.snapshot(), earlier).at(0).histogram;
    EXPECT_EQ(between.count, 2U);
    EXPECT_EQ(between.sum, 6.0);
    std::vector<histogram_bucket> const buckets{{2.0, 1}, {4.0, 2}};
    EXPECT_EQ(between.buckets, buckets);
    EXPECT_EQ(between.max, 4.0);
    EXPECT_EQ(between.min, 1.9375) << "the lower end of the bucket of 2";
    for (double const v : {0.5, 9.0}) h.record(v);
    auto const wider = difference(registry.snapshot(), earlier).at(0).histogram;
    EXPECT_EQ(wider.min, 0.5);
    EXPECT_EQ(wider.max, 9.0);
}

TEST(Difference, OfAHistogramThatWasResetCountsFromThere) {
    metrics_registry registry;
    histogram& h = registry.histogram("h");
    for (double const v : {1.0, 2.0, 2.0}) h.record(v);
    auto const earlier = registry.snapshot();
    registry.reset();
    for (double const v : {2.0, 8.0}) h.record(v);
    EXPECT_EQ(difference(registry.snapshot(), earlier).at(0).histogram, recorded({2.0, 8.0}));
}

TEST(Difference, KeepsWhatIsNewAndLeavesOutWhatIsGone) {
    metrics_snapshot const earlier{{"a", metric_kind::counter, 5.0},
                                   {"b", metric_kind::counter, 5.0, {{"x", "1"}}},
                                   {"c", metric_kind::gauge, 5.0}};
    metrics_snapshot const later{{"b", metric_kind::counter, 6.0},
                                 {"b", metric_kind::counter, 7.0, {{"x", "1"}}},
                                 {"b", metric_kind::counter, 8.0, {{"x", "2"}}},
                                 {"c", metric_kind::counter, 9.0}};
    metrics_snapshot const expected{{"b", metric_kind::counter, 6.0},
                                    {"b", metric_kind::counter, 2.0, {{"x", "1"}}},
                                    {"b", metric_kind::counter, 8.0, {{"x", "2"}}},
                                    {"c", metric_kind::counter, 9.0}};
    EXPECT_EQ(difference(later, earlier), expected);
}

}  // namespace poise::profile
