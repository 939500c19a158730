// SPDX-License-Identifier: MIT
#include <poise/profile/cache_metrics.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace poise::profile {
namespace {

using cache_type = single_flight_cache<int, std::string>;
auto const size_of = [](std::string const& value) { return value.size(); };
std::string four() { return "four"; }

metrics_snapshot expected(double bytes, double evictions, double hits, double misses) {
    return {{"c.bytes", metric_kind::gauge, bytes},         {"c.evictions", metric_kind::counter, evictions},
            {"c.hits", metric_kind::counter, hits},         {"c.misses", metric_kind::counter, misses},
            {"c.rebuild_seconds", metric_kind::gauge, 0.0}, {"c.rebuilds", metric_kind::counter, 0.0}};
}

double value_of(metrics_registry const& registry, std::string const& name) {
    for (metric const& m : registry.snapshot())
        if (m.name == name) return m.value;
    return -1.0;
}

TEST(CacheMetrics, TellWhatIsBuiltAgain) {
    metrics_registry registry;
    cache_type cache{8};  // two values
    cache_metrics told{registry, "c"};
    for (int const key : {1, 2, 3, 3, 2}) (void)told.get(cache, key, four, size_of);
    EXPECT_EQ(value_of(registry, "c.rebuilds"), 0.0);
    EXPECT_EQ(value_of(registry, "c.rebuild_seconds"), 0.0);
    for (int const key : {1, 1, 3}) (void)told.get(cache, key, four, size_of);
    EXPECT_EQ(value_of(registry, "c.rebuilds"), 2.0);  // 1 and then 3 had been dropped
    EXPECT_GT(value_of(registry, "c.rebuild_seconds"), 0.0);
}

TEST(CacheMetrics, TellHitsMissesEvictionsAndBytes) {
    metrics_registry registry;
    cache_type cache{10};
    cache_metrics told{registry, "c"};
    EXPECT_EQ(registry.snapshot(), expected(0, 0, 0, 0));
    for (int const key : {1, 2, 1, 3}) EXPECT_EQ(*told.get(cache, key, four, size_of).value, "four");
    EXPECT_EQ(registry.snapshot(), expected(8, 1, 1, 3));
    cache.clear();
    told.tell(cache);
    EXPECT_EQ(registry.snapshot(), expected(0, 1, 1, 3));
}

TEST(CacheMetrics, TellFailures) {
    metrics_registry registry;
    cache_type cache{10};
    cache_metrics told{registry, "c"};
    auto const fails = []() -> std::string { throw std::runtime_error{"no"}; };
    EXPECT_THROW((void)told.get(cache, 1, fails, size_of), std::runtime_error);
    EXPECT_EQ(registry.snapshot(), expected(0, 0, 0, 1));
}

// A hit may keep a value again that had been dropped in use.
TEST(CacheMetrics, TellBytesThatAHitKeepsAgain) {
    metrics_registry registry;
    cache_type cache{6};
    cache_metrics told{registry, "c"};
    auto const held = told.get(cache, 1, four, size_of);
    EXPECT_TRUE(told.get(
                        cache, 2, [] { return std::string(6, 'x'); }, size_of)
                    .built);
    EXPECT_EQ(registry.snapshot(), expected(6, 1, 0, 2));
    EXPECT_FALSE(told.get(cache, 1, four, size_of).built);
    EXPECT_EQ(registry.snapshot(), expected(4, 2, 1, 2));
}

TEST(CacheMetrics, SharedByCachesAddUpAndEndWithThem) {
    metrics_registry registry;
    cache_type a{100}, b{100};
    cache_metrics told_a{registry, "c"};
    (void)told_a.get(a, 1, four, size_of);
    {
        cache_metrics told_b{registry, "c"};
        (void)told_b.get(b, 1, four, size_of);
        EXPECT_EQ(registry.snapshot(), expected(8, 0, 0, 2));
    }
    EXPECT_EQ(registry.snapshot(), expected(4, 0, 0, 2));
}

TEST(CacheMetrics, CountFromAReset) {
    metrics_registry registry;
    cache_type cache{100};
    cache_metrics told{registry, "c"};
    (void)told.get(cache, 1, four, size_of);
    registry.reset();
    (void)told.get(cache, 1, four, size_of);
    (void)told.get(cache, 2, four, size_of);
    EXPECT_EQ(registry.snapshot(), expected(4, 0, 1, 1)) << "gauges tell changes since, too";
}

}  // namespace
}  // namespace poise::profile
