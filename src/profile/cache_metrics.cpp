// SPDX-License-Identifier: MIT
#include <poise/core/concat.hpp>
#include <poise/profile/cache_metrics.hpp>

namespace poise::profile {

cache_metrics::cache_metrics(metrics_registry& registry, std::string_view prefix)
    : hits_{registry.counter(concat(prefix, ".hits"))},
      misses_{registry.counter(concat(prefix, ".misses"))},
      evictions_{registry.counter(concat(prefix, ".evictions"))},
      bytes_{registry.gauge(concat(prefix, ".bytes"))} {}

cache_metrics::~cache_metrics() { bytes_.add(-static_cast<double>(told_.bytes)); }

void cache_metrics::add(cache_statistics const& now) noexcept {
    misses_.add(now.misses - told_.misses);
    evictions_.add(now.evictions - told_.evictions);
    bytes_.add(static_cast<double>(now.bytes) - static_cast<double>(told_.bytes));
    told_ = now;
}

}  // namespace poise::profile
