// SPDX-License-Identifier: MIT
#include "support/message_of.hpp"

#include <poise/core/single_flight_cache.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <limits>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
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

TEST(SingleFlightCache, KeepsWithinItsEntries) {
    cache_type cache{poise::cache_limits{.max_entries = 3}};
    auto const put = [&](int key) {
        return cache.get(
            key, [] { return std::string{"x"}; }, bytes);
    };
    for (int key = 0; key < 3; ++key) EXPECT_TRUE(put(key).kept_anew);
    EXPECT_FALSE(put(0).kept_anew);
    EXPECT_TRUE(put(3).built);  // drops 1
    EXPECT_FALSE(put(0).built);
    EXPECT_FALSE(put(2).built);
    EXPECT_TRUE(put(1).built);  // drops 3
    EXPECT_TRUE(put(3).built);
    auto const s = cache.statistics();
    EXPECT_EQ(s.entries, 3u);
    EXPECT_EQ(s.bytes, 3u);
    EXPECT_EQ(s.evictions, 3u);
    EXPECT_EQ(cache.limits().max_entries, 3u);
}

TEST(SingleFlightCache, WithoutRoomKeepsNothingAndStillShares) {
    cache_type cache{poise::cache_limits{.max_entries = 0}};
    auto const build = [] { return std::string{"x"}; };
    auto held = cache.get(1, build, bytes);
    EXPECT_FALSE(held.kept_anew);
    EXPECT_EQ(cache.get(1, build, bytes).value, held.value) << "in use, so it is found";
    held.value.reset();
    EXPECT_TRUE(cache.get(1, build, bytes).built);
    EXPECT_EQ(cache.statistics().entries, 0u);
}

TEST(SingleFlightCache, TakesBackAValueThatWasDroppedInUse) {
    cache_type cache{poise::cache_limits{.max_entries = 1}};
    auto const build = [] { return std::string{"x"}; };
    auto const held = cache.get(1, build, bytes);
    EXPECT_TRUE(cache.get(2, build, bytes).built);
    auto const again = cache.get(1, build, bytes);
    EXPECT_EQ(again.value, held.value);
    EXPECT_FALSE(again.built);
    EXPECT_TRUE(again.kept_anew);
    EXPECT_TRUE(cache.get(2, build, bytes).built) << "1 took its place";
}

// Keys whose values are gone are forgotten: each copy of the counted key is one that the cache keeps.
namespace {
struct counted_key {
    int value;
    std::shared_ptr<int> token;
    bool operator==(counted_key const& other) const { return value == other.value; }
};
struct hash_of_counted_key {
    std::size_t operator()(counted_key const& key) const noexcept { return static_cast<std::size_t>(key.value); }
};
}  // namespace

TEST(SingleFlightCache, ForgetsTheKeysOfWhatIsGone) {
    poise::single_flight_cache<counted_key, int, hash_of_counted_key> cache{poise::cache_limits{.max_entries = 10}};
    auto const token = std::make_shared<int>();
    auto const one_byte = [](int) { return std::size_t{1}; };
    std::vector<std::shared_ptr<int const>> held;
    for (int i = 0; i < 1000; ++i)
        held.push_back(cache
                           .get(
                               {i, token}, [&] { return i; }, one_byte)
                           .value);
    EXPECT_EQ(token.use_count(), 1001) << "all in use";
    held.clear();
    for (int i = 1000; i < 4000; ++i)
        (void)cache.get(
            {i, token}, [&] { return i; }, one_byte);
    EXPECT_EQ(token.use_count() - 1, 10 + 990) << "the sweep comes when there are twice as many as it left last time";
    for (int i = 0; i < 1100; ++i)
        held.push_back(cache
                           .get(
                               {10000 + i, token}, [&] { return i; }, one_byte)
                           .value);
    held.clear();
    for (int i = 0; i < 1200; ++i)
        held.push_back(cache
                           .get(
                               {20000 + i, token}, [&] { return i; }, one_byte)
                           .value);
    EXPECT_LE(token.use_count() - 1, 1200 + 1100 + 26);
}

TEST(SingleFlightCache, DestroysValuesWithoutItsLock) {
    struct curious {
        std::function<void()> at_end;
        ~curious() {
            if (at_end) at_end();
        }
        curious(std::function<void()> f) : at_end{std::move(f)} {}
        curious(curious&& other) noexcept : at_end{std::exchange(other.at_end, nullptr)} {}
    };
    poise::single_flight_cache<int, curious> cache{poise::cache_limits{.max_entries = 1}};
    int n_looks = 0;
    auto const build = [&] { return curious{[&] { n_looks += cache.statistics().entries <= 1 ? 1 : 0; }}; };
    auto const one_byte = [](curious const&) { return std::size_t{1}; };
    (void)cache.get(1, build, one_byte);
    (void)cache.get(2, build, one_byte);
    EXPECT_EQ(n_looks, 1);
    cache.clear();
    EXPECT_EQ(n_looks, 2);
}

TEST(SingleFlightCache, RefusesABuildThatAsksForItself) {
    cache_type cache{100};
    std::function<std::string()> const build = [&] { return *cache.get(1, build, bytes).value; };
    EXPECT_EQ(
        poise_test::message_of<std::invalid_argument>([&] { (void)cache.get(1, build, bytes); }),
        "a value that is being built asked for itself and would wait for itself; end the recursion before it comes "
        "back to where it began");
    EXPECT_EQ(*cache
                   .get(
                       1, [] { return std::string{"now"}; }, bytes)
                   .value,
              "now")
        << "failures are forgotten";
}

TEST(SingleFlightCache, AllowsABuildThatAsksForAnother) {
    cache_type cache{1000};
    std::function<std::string(int)> const nested = [&](int key) -> std::string {
        return key == 0 ? ""
                        : *cache.get(
                                    key - 1, [&] { return nested(key - 1); }, bytes)
                                  .value +
                              "x";
    };
    EXPECT_EQ(nested(20).size(), 20u);
}

// Two threads, two caches: each builds in one and asks for what the other builds. Whichever comes last is refused, and
// the other gets the failure of the build it waited for.
TEST(SingleFlightCache, RefusesACircleOverThreadsAndCaches) {
    for (int repeat = 0; repeat < 20; ++repeat) {
        cache_type a{100}, b{100};
        std::atomic<int> n_building{0}, n_refused{0};
        auto const ask = [&](cache_type& mine, cache_type& other) {
            try {
                (void)mine.get(
                    1,
                    [&] {
                        ++n_building;
                        while (n_building < 2) std::this_thread::yield();
                        return *other
                                    .get(
                                        1, []() -> std::string { throw std::logic_error{"nobody builds twice"}; },
                                        bytes)
                                    .value;
                    },
                    bytes);
            } catch (std::invalid_argument const& refusal) {
                EXPECT_NE(std::string{refusal.what()}.find("in a circle"), std::string::npos);
                ++n_refused;
            } catch (std::logic_error const&) {
                // This one came when the other had been refused and had landed.
                ++n_refused;
            }
        };
        std::thread other{[&] { ask(b, a); }};
        ask(a, b);
        other.join();
        EXPECT_EQ(n_refused, 2);
    }
}

// A key that is not equal to itself is never found again; it is dropped like any other.
TEST(SingleFlightCache, DropsKeysThatAreNotEqualToThemselves) {
    poise::single_flight_cache<double, int> cache{poise::cache_limits{.max_entries = 2}};
    double const nan = std::numeric_limits<double>::quiet_NaN();
    auto const one = [](int const&) { return std::size_t{1}; };
    for (int i = 0; i < 50; ++i)
        EXPECT_TRUE(cache
                        .get(
                            nan, [] { return 1; }, one)
                        .built);
    EXPECT_THROW((void)cache.get(
                     nan, []() -> int { throw std::runtime_error{"no"}; }, one),
                 std::runtime_error);
    EXPECT_EQ(cache.statistics().entries, 2U);
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
