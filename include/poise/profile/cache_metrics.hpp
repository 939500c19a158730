// SPDX-License-Identifier: MIT
// What a cache does, told to a metrics registry.
#pragma once

#include <poise/core/single_flight_cache.hpp>
#include <poise/profile/metrics.hpp>
#include <poise/profile/timer.hpp>

#include <cstddef>
#include <mutex>
#include <string_view>
#include <unordered_set>
#include <utility>

namespace poise::profile {

/// The counters `prefix`.hits, .misses, .evictions and .rebuilds and the gauges `prefix`.bytes and .rebuild_seconds of
/// one cache; a rebuild is a build of a key that had been built before (told apart by hash, of the first 65536 keys).
/// Several caches may share a prefix: each adds what is its own, and takes its bytes back at its end. The registry must
/// outlive it. Thread-safe. Cost of a hit: one increment of a counter; of a miss: two locks.
class cache_metrics {
public:
    /// Throws std::invalid_argument for a prefix that cannot stand in a metric's name.
    cache_metrics(metrics_registry& registry, std::string_view prefix);
    ~cache_metrics();
    cache_metrics(cache_metrics const&) = delete;
    cache_metrics& operator=(cache_metrics const&) = delete;

    /// cache.get(…), and tells what came of it, also of a failure.
    template <class Cache, class Key, class Build, class BytesOf>
    [[nodiscard]] typename Cache::result get(Cache& cache, Key const& key, Build&& build, BytesOf&& bytes_of) {
        double build_s = 0.0;
        auto const timed_build = [&] {
            timer const since;
            auto value = std::forward<Build>(build)();
            build_s = since.seconds();
            return value;
        };
        try {
            auto found = cache.get(key, timed_build, std::forward<BytesOf>(bytes_of));
            if (!found.built) hits_.add();
            if (found.built) note_build(typename Cache::hasher{}(key), build_s);
            if (found.built || found.kept_anew) tell(cache);
            return found;
        } catch (...) {
            tell(cache);
            throw;
        }
    }
    /// Tells what is new apart from hits, as after clear().
    template <class Cache>
    void tell(Cache const& cache) {
        std::scoped_lock const lock{mutex_};  // read and told as one, so that what is told never goes back
        add(cache.statistics());
    }

private:
    void add(cache_statistics const& now) noexcept;
    void note_build(std::size_t hash, double seconds);

    counter& hits_;
    counter& misses_;
    counter& evictions_;
    counter& rebuilds_;
    gauge& bytes_;
    gauge& rebuild_seconds_;
    std::mutex mutex_;
    cache_statistics told_;
    std::unordered_set<std::size_t> built_;
};

}  // namespace poise::profile
