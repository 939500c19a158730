// SPDX-License-Identifier: MIT
#include "support/message_of.hpp"

#include <poise/profile/metrics.hpp>

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace poise::profile {
namespace {

using poise_test::message_of;

TEST(Metrics, CountExactlyOnManyThreads) {
    metrics_registry registry;
    constexpr int n_threads = 8, per_thread = 10000;
    std::vector<std::thread> threads;
    for (int t = 0; t < n_threads; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i < per_thread; ++i) {
                registry.counter("events").add();
                registry.gauge("level").add(0.5);
            }
        });
    for (auto& t : threads) t.join();
    EXPECT_EQ(registry.counter("events").value(), static_cast<std::uint64_t>(n_threads * per_thread));
    EXPECT_EQ(registry.gauge("level").value(), 0.5 * n_threads * per_thread);  // exact in binary
}

TEST(Metrics, KeepTheirAddress) {
    metrics_registry registry;
    counter& first = registry.counter("first");
    for (int i = 0; i < 1000; ++i) registry.counter("c" + std::to_string(i)).add();
    EXPECT_EQ(&registry.counter("first"), &first);
}

TEST(Metrics, SnapshotIsSortedByName) {
    metrics_registry registry;
    registry.counter("b.hits").add(3);
    registry.gauge("a.bytes").set(2.5);
    registry.counter("c").add();
    metrics_snapshot const expected{
        {"a.bytes", metric_kind::gauge, 2.5}, {"b.hits", metric_kind::counter, 3.0}, {"c", metric_kind::counter, 1.0}};
    EXPECT_EQ(registry.snapshot(), expected);
}

TEST(Metrics, DifferenceSubtractsCountersAndKeepsGauges) {
    metrics_registry registry;
    registry.counter("hits").add(10);
    registry.gauge("bytes").set(1.0);
    auto const earlier = registry.snapshot();
    registry.counter("hits").add(5);
    registry.gauge("bytes").set(7.0);
    registry.counter("new").add(2);
    metrics_snapshot const expected{
        {"bytes", metric_kind::gauge, 7.0}, {"hits", metric_kind::counter, 5.0}, {"new", metric_kind::counter, 2.0}};
    EXPECT_EQ(difference(registry.snapshot(), earlier), expected);
}

TEST(Metrics, ResetBetweenSnapshotsCountsFromTheReset) {
    metrics_registry registry;
    counter& hits = registry.counter("hits");
    hits.add(10);
    auto const earlier = registry.snapshot();
    registry.reset();
    EXPECT_EQ(hits.value(), 0U);
    hits.add(4);
    EXPECT_EQ(difference(registry.snapshot(), earlier).at(0).value, 4.0);
}

TEST(Metrics, RefuseNamesOutsideTheAlphabet) {
    metrics_registry registry;
    for (std::string const name : {"", "Hits", "cache hits", "cache/hits", "caché", "a\"b"}) {
        auto const message = message_of<std::invalid_argument>([&] { static_cast<void>(registry.counter(name)); });
        EXPECT_EQ(message, "metric name '" + name + "' is not made of a-z, 0-9, '_' and '.'");
    }
    EXPECT_TRUE(registry.snapshot().empty());
}

TEST(Metrics, RefuseANameOfTheOtherKind) {
    metrics_registry registry;
    registry.counter("hits").add();
    EXPECT_EQ(message_of<std::invalid_argument>([&] { registry.gauge("hits").set(1.0); }),
              "metric 'hits' is a counter and was asked for as the other kind; use another name");
}

TEST(Metrics, HaveAGlobalRegistryThatIsOne) { EXPECT_EQ(&metrics(), &metrics()); }

}  // namespace
}  // namespace poise::profile
