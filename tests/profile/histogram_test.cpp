// SPDX-License-Identifier: MIT
#include "profile/metric_shards.hpp"
#include "support/message_of.hpp"

#include <poise/profile/metrics.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace poise::profile {
namespace {

using poise_test::message_of;

TEST(Histogram, HasCountSumEndsAndBuckets) {
    metrics_registry registry;
    histogram& h = registry.histogram("solve.seconds");
    EXPECT_EQ(h.statistics(), histogram_statistics{});
    for (double const v : {0.0, 0.25, 4.0, 4.1, 1e-30, 1e30}) h.record(v);
    auto const s = h.statistics();
    EXPECT_EQ(s.count, 6U);
    EXPECT_EQ(s.sum, 0.0 + 0.25 + 4.0 + 4.1 + 1e-30 + 1e30);
    EXPECT_EQ(s.min, 0.0);
    EXPECT_EQ(s.max, 1e30);
    std::vector<histogram_bucket> const expected{{0.0, 1}, {0x1p-40, 2}, {0.25, 3},
                                                 {4.0, 4}, {4.25, 5},    {std::numeric_limits<double>::max(), 6}};
    EXPECT_EQ(s.buckets, expected);
    EXPECT_EQ(s.p50, 0.2421875 + 0.00390625) << "the middle of (0.234375, 0.25] is what half of them do not exceed";
}

TEST(Histogram, RefusesWhatIsNoSize) {
    metrics_registry registry;
    histogram& h = registry.histogram("h");
    EXPECT_EQ(message_of<std::invalid_argument>([&] { h.record(-1.5); }),
              "a histogram was given -1.5; record finite values that are not negative");
    EXPECT_THROW(h.record(std::nan("")), std::invalid_argument);
    EXPECT_THROW(h.record(std::numeric_limits<double>::infinity()), std::invalid_argument);
    EXPECT_EQ(h.statistics(), histogram_statistics{});
    h.record(-0.0);
    EXPECT_EQ(h.statistics().count, 1U);
    EXPECT_FALSE(std::signbit(h.statistics().min));
}

TEST(Histogram, IsExactOnManyThreadsThatEnd) {
    metrics_registry registry;
    histogram& h = registry.histogram("h");
    for (int generation = 0; generation < 5; ++generation) {
        std::vector<std::thread> threads;
        for (int t = 0; t < 6; ++t)
            threads.emplace_back([&, t] {
                for (int i = 0; i < 1000; ++i) h.record(t);
            });
        for (auto& t : threads) t.join();
    }
    auto const s = h.statistics();
    EXPECT_EQ(s.count, 30000U);
    EXPECT_EQ(s.sum, 5000.0 * (0 + 1 + 2 + 3 + 4 + 5));
    EXPECT_EQ(s.max, 5.0);
    ASSERT_EQ(s.buckets.size(), 6U);
    for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(s.buckets[i].cumulative_count, 5000U * (i + 1));
}

TEST(Histogram, StartsAnewAfterReset) {
    metrics_registry registry;
    histogram& h = registry.histogram("h");
    std::thread{[&] { h.record(100.0); }}.join();
    h.record(50.0);
    registry.reset();
    EXPECT_EQ(h.statistics(), histogram_statistics{});
    h.record(3.0);
    EXPECT_EQ(h.statistics().count, 1U);
    EXPECT_EQ(h.statistics().min, 3.0);
    EXPECT_EQ(h.statistics().max, 3.0);
    EXPECT_EQ(h.statistics().sum, 3.0);
}

// A value falls on one side of a reset or the other, whole: counts and sums agree in every look between them.
TEST(Histogram, StaysWholeBesideResetsAndLooks) {
    metrics_registry registry;
    histogram& h = registry.histogram("h");
    std::atomic<int> n_running{3};
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i < 20000; ++i) h.record(1.0);
            --n_running;
        });
    while (n_running != 0) {
        auto const s = h.statistics();
        ASSERT_LE(s.count, 60000U);
        ASSERT_GE(s.sum, static_cast<double>(s.count)) << "who sees the count sees the sum";
        ASSERT_LE(s.buckets.size(), 1U);
        registry.reset();
    }
    for (auto& t : threads) t.join();
    registry.reset();
    EXPECT_EQ(h.statistics().count, 0U);
}

TEST(Histogram, BeyondTheFastOnesAndAloneRecordAsWell) {
    metrics_registry registry;
    histogram alone;
    std::vector<histogram*> all{&alone};
    for (unsigned i = 0; i < detail::n_fast_histograms + 5; ++i)
        all.push_back(&registry.histogram("h", {{"i", std::to_string(i)}}));
    std::vector<std::thread> threads;
    for (int t = 1; t <= 2; ++t)
        threads.emplace_back([&, t] {
            for (histogram* h : all) h->record(t);
        });
    for (auto& t : threads) t.join();
    for (histogram const* h : all) ASSERT_EQ(h->statistics().sum, 3.0);
    registry.reset();
    for (histogram* h : all) h->record(4.0);
    EXPECT_EQ(all.back()->statistics().sum, 4.0);
    EXPECT_EQ(alone.statistics().sum, 7.0) << "no registry resets it";
}

TEST(Histogram, StartsEmptyInASlotThatWasUsedBefore) {
    for (int round = 0; round < 3; ++round) {
        metrics_registry registry;
        for (int i = 0; i < 100; ++i) {
            histogram& h = registry.histogram("h", {{"i", std::to_string(i)}});
            ASSERT_EQ(h.statistics(), histogram_statistics{});
            h.record(1.0);
            ASSERT_EQ(h.statistics().count, 1U);
        }
    }
}

TEST(Histogram, StandsInTheSnapshot) {
    metrics_registry registry;
    registry.histogram("h", {{"method", "cg"}}).record(2.0);
    auto const taken = registry.snapshot();
    ASSERT_EQ(taken.size(), 1U);
    EXPECT_EQ(taken[0].kind, metric_kind::histogram);
    EXPECT_EQ(taken[0].value, 0.0);
    EXPECT_EQ(taken[0].histogram, registry.histogram("h", {{"method", "cg"}}).statistics());
}

}  // namespace
}  // namespace poise::profile
