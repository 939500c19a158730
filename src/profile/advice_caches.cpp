// SPDX-License-Identifier: MIT
#include "profile/advice_rules.hpp"

#include <poise/core/concat.hpp>

#include <set>

namespace poise::profile::detail {
namespace {

// The metrics of one cache, its labels aside.
struct cache_numbers {
    std::string name;
    double hits = 0.0, misses = 0.0, evictions = 0.0;
    std::optional<double> build_s, rebuilds, rebuild_s;

    [[nodiscard]] double lookups() const noexcept { return hits + misses; }
    [[nodiscard]] double hit_rate() const noexcept { return lookups() > 0.0 ? hits / lookups() : 1.0; }
};

cache_numbers numbers_of(findings const& all, std::string const& name) {
    auto const value = [&](char const* what) { return all.metric_value(concat(name, what)); };
    return {name,
            value(".hits").value_or(0.0),
            value(".misses").value_or(0.0),
            value(".evictions").value_or(0.0),
            value(".build_seconds"),
            value(".rebuilds"),
            value(".rebuild_seconds")};
}

std::string count(double n) { return to_text_fixed(n, 0); }

bool look_for_rebuilds(findings& all, cache_numbers const& cache) {
    if (!cache.rebuilds || !cache.rebuild_s || *cache.rebuilds < 1.0) return false;
    double const gain_s = all.of_wall(*cache.rebuild_s);
    if (!all.matters(gain_s)) return false;
    all.add(
        {.rule = advice_rule::rebuilt_values,
         .scope = cache.name,
         .value = *cache.rebuilds,
         .number = concat(count(*cache.rebuilds), " rebuilds"),
         .message = concat(count(*cache.rebuilds), " values were built again with keys that had been built before, ",
                           seconds_to_text(*cache.rebuild_s), " in all"),
         .remedy = cache.evictions > 0.0
                       ? concat("Raise the cache's max_bytes: it dropped ", count(cache.evictions),
                                " values; or hold on to the value while it is in use.")
                       : std::string{"Use one cache for all solves, such as the default one, do not clear it in "
                                     "between, and give it a max_bytes that holds a value; or hold on to the value."},
         .gain_s = gain_s});
    return true;
}

void look_for_evictions(findings& all, cache_numbers const& cache) {
    auto const& o = all.options;
    if (cache.evictions < 1.0 || cache.hit_rate() >= o.min_hit_rate) return;
    if (cache.evictions < o.min_eviction_rate * cache.misses) return;
    bool const timed = cache.build_s.has_value() && cache.misses > 0.0;
    if (!timed && cache.evictions < static_cast<double>(o.min_evictions)) return;
    double const gain_s = timed ? all.of_wall(*cache.build_s * std::min(1.0, cache.evictions / cache.misses)) : 0.0;
    if (timed && !all.matters(gain_s)) return;
    all.found.push_back(
        {.rule = advice_rule::small_cache,
         .scope = cache.name,
         .value = cache.hit_rate(),
         .number = concat(percent(cache.hit_rate()), " hits"),
         .message =
             concat("the cache dropped ", count(cache.evictions), " of ", count(cache.misses), " values and answered ",
                    cache.hits > 0.0 ? percent(cache.hit_rate()) : "none", " of ", count(cache.lookups()), " look-ups"),
         .remedy = "Raise its max_bytes or max_entries; if keys do not come back, do without the cache.",
         .gain_s = gain_s,
         .share = all.share(gain_s)});
}

}  // namespace

void look_at_caches(findings& all) {
    std::set<std::string> names;
    for (auto const& m : all.seen.metrics)
        for (std::string_view const end : {".misses", ".rebuilds"})
            if (m.name.ends_with(end)) names.insert(m.name.substr(0, m.name.size() - end.size()));
    for (auto const& name : names) {
        cache_numbers const cache = numbers_of(all, name);
        // Rebuilds are what evictions lead to: one advice for both.
        if (!look_for_rebuilds(all, cache)) look_for_evictions(all, cache);
    }
}

}  // namespace poise::profile::detail
