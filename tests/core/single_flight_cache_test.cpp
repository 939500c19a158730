// SPDX-License-Identifier: MIT
#include <poise/core/single_flight_cache.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using cache_type = poise::single_flight_cache<int, std::string>;
auto const bytes = [](std::string const& value) { return value.size(); };

}  // namespace

TEST(SingleFlightCache, BuildsOnceAndHandsOutTheSameValue) {
    cache_type cache{100};
    int n_builds = 0;
    auto const build = [&] {
        ++n_builds;
        return std::string{"value"};
    };
    auto const first = cache.get(1, build, bytes);
    auto const second = cache.get(1, build, bytes);
    EXPECT_TRUE(first.built);
    EXPECT_FALSE(second.built);
    EXPECT_EQ(first.value, second.value);
    EXPECT_EQ(n_builds, 1);
    EXPECT_EQ(cache.statistics().bytes, 5u);
}

TEST(SingleFlightCache, LetsEveryCallerWaitForOneBuild) {
    cache_type cache{100};
    std::atomic<int> n_builds{0}, n_waiting{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t)
        threads.emplace_back([&] {
            ++n_waiting;
            auto const got = cache.get(
                1,
                [&] {
                    while (n_waiting < 8) std::this_thread::yield();
                    ++n_builds;
                    return std::string{"shared"};
                },
                bytes);
            EXPECT_EQ(*got.value, "shared");
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(n_builds, 1);
    EXPECT_EQ(cache.statistics().hits, 7u);
}

TEST(SingleFlightCache, GivesWaitersTheExceptionAndForgetsIt) {
    cache_type cache{100};
    std::atomic<int> n_inside{0}, n_thrown{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&] {
            ++n_inside;
            try {
                (void)cache.get(
                    1,
                    [&]() -> std::string {
                        while (n_inside < 4) std::this_thread::yield();
                        throw std::runtime_error{"no luck"};
                    },
                    bytes);
            } catch (std::runtime_error const& failure) {
                EXPECT_STREQ(failure.what(), "no luck");
                ++n_thrown;
            }
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(n_thrown, 4);
    EXPECT_EQ(*cache
                   .get(
                       1, [] { return std::string{"now"}; }, bytes)
                   .value,
              "now");
}

TEST(SingleFlightCache, KeepsWithinItsBytes) {
    cache_type cache{10};
    auto const put = [&](int key) {
        return cache
            .get(
                key, [] { return std::string(4, 'x'); }, bytes)
            .built;
    };
    EXPECT_TRUE(put(1));
    EXPECT_TRUE(put(2));
    EXPECT_FALSE(put(1));
    EXPECT_TRUE(put(3));  // drops 2, the least recently used
    EXPECT_FALSE(put(1));
    EXPECT_FALSE(put(3));
    EXPECT_EQ(cache.statistics().evictions, 1u);
    EXPECT_EQ(cache.statistics().bytes, 8u);
    EXPECT_TRUE(put(2));
}

TEST(SingleFlightCache, NeverKeepsWhatIsLargerThanItself) {
    cache_type cache{10};
    (void)cache.get(
        1, [] { return std::string(4, 'x'); }, bytes);
    {
        auto const large = cache.get(
            2, [] { return std::string(11, 'x'); }, bytes);
        EXPECT_FALSE(cache
                         .get(
                             2, [] { return std::string{}; }, bytes)
                         .built)
            << "in use, so it is found";
    }
    EXPECT_TRUE(cache
                    .get(
                        2, [] { return std::string(11, 'x'); }, bytes)
                    .built);
    EXPECT_EQ(cache.statistics().entries, 1u);
    EXPECT_EQ(cache.statistics().evictions, 0u);
}

TEST(SingleFlightCache, ClearsWhileABuildIsUnderWay) {
    cache_type cache{100};
    (void)cache.get(
        7, [] { return std::string{"old"}; }, bytes);
    auto const got = cache.get(
        1,
        [&] {
            cache.clear();
            return std::string{"new"};
        },
        bytes);
    EXPECT_EQ(*got.value, "new");
    EXPECT_EQ(cache.statistics().entries, 1u);
    EXPECT_EQ(cache.statistics().bytes, 3u);
}

// Every value is a function of its key, so any mix-up shows; the counts have to add up to the calls made.
TEST(SingleFlightCache, StaysConsistentUnderRandomUse) {
    cache_type cache{50};
    constexpr int n_threads = 4, n_calls = 5000;
    std::atomic<int> n_failures{0};
    std::vector<std::thread> threads;
    for (unsigned t = 0; t < n_threads; ++t)
        threads.emplace_back([&, t] {
            std::mt19937 random{t};
            for (int call = 0; call < n_calls; ++call) {
                int const key = static_cast<int>(random() % 20);
                if (random() % 500 == 0) cache.clear();
                try {
                    auto const got = cache.get(
                        key,
                        [&] {
                            if (random() % 16 == 0) throw std::runtime_error{"planned"};
                            return std::string(static_cast<std::size_t>(key + 1), static_cast<char>('a' + key));
                        },
                        bytes);
                    ASSERT_EQ(*got.value, std::string(static_cast<std::size_t>(key + 1), static_cast<char>('a' + key)));
                } catch (std::runtime_error const&) {
                    ++n_failures;
                }
            }
        });
    for (auto& thread : threads) thread.join();
    auto const s = cache.statistics();
    EXPECT_LE(s.bytes, 50u);
    EXPECT_GE(s.hits + s.misses, static_cast<std::uint64_t>(n_threads * n_calls - n_failures));
    EXPECT_LE(s.hits + s.misses, static_cast<std::uint64_t>(n_threads * n_calls));
}
