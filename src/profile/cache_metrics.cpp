// SPDX-License-Identifier: MIT
#include <poise/core/concat.hpp>
#include <poise/profile/cache_metrics.hpp>

namespace poise::profile {

cache_metrics::cache_metrics(metrics_registry& registry, std::string_view prefix)
    : hits_{registry.counter(concat(prefix, ".hits"))},
      misses_{registry.counter(concat(prefix, ".misses"))},
      evictions_{registry.counter(concat(prefix, ".evictions"))},
      rebuilds_{registry.counter(concat(prefix, ".rebuilds"))},
      bytes_{registry.gauge(concat(prefix, ".bytes"))},
      rebuild_seconds_{registry.gauge(concat(prefix, ".rebuild_seconds"))} {}

cache_metrics::~cache_metrics() { bytes_.add(-static_cast<double>(told_.bytes)); }

void cache_metrics::add(cache_statistics const& now) noexcept {
    misses_.add(now.misses - told_.misses);
    evictions_.add(now.evictions - told_.evictions);
    bytes_.add(static_cast<double>(now.bytes) - static_cast<double>(told_.bytes));
    told_ = now;
}

void cache_metrics::note_build(std::size_t hash, double seconds) {
    constexpr std::size_t most_keys = 65536;
    std::scoped_lock const lock{mutex_};
    if (built_.contains(hash)) {
        rebuilds_.add();
        rebuild_seconds_.add(seconds);
    } else if (built_.size() < most_keys) {
        built_.insert(hash);
    }
}

}  // namespace poise::profile
