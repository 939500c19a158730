// SPDX-License-Identifier: MIT
#include "profile/advice_rules.hpp"
#include "profile/scope_paths.hpp"

#include <poise/core/concat.hpp>

#include <algorithm>

namespace poise::profile::detail {
namespace {

std::string count(std::uint64_t n) { return to_text(n); }

// Without what its children allocated; children that ran on other threads may have more than it has.
struct allocated {
    std::uint64_t allocations = 0, bytes = 0;
};
allocated own_allocations(scope_statistics const& s) noexcept {
    std::uint64_t allocations = 0, bytes = 0;
    for (auto const& child : s.children) {
        allocations += child.allocations;
        bytes += child.allocated_bytes;
    }
    return {s.allocations - std::min(allocations, s.allocations),
            s.allocated_bytes - std::min(bytes, s.allocated_bytes)};
}

[[gnu::noinline]] void look_for_allocations(findings& all, std::string const& path, scope_statistics const& s) {
    auto const& o = all.options;
    if (s.calls < o.min_allocating_calls) return;
    auto const [allocations, bytes] = own_allocations(s);
    double const per_call = static_cast<double>(allocations) / static_cast<double>(s.calls);
    if (per_call < o.min_allocations_per_call || allocations == 0) return;
    double cost_s = o.allocation_s * static_cast<double>(allocations);
    if (bytes / allocations >= o.mapped_bytes) cost_s += o.mapped_byte_s * static_cast<double>(bytes);
    std::string const number = concat(to_text(per_call, 3), " allocations per call");
    all.add({.rule = advice_rule::repeated_allocation,
             .scope = path,
             .value = per_call,
             .number = number,
             .message = concat(number, " in ", count(s.calls), " calls, ", bytes_to_text(bytes / s.calls),
                               " each time, some ", seconds_to_text(cost_s), " in all"),
             .remedy = "Preallocate: make the buffers once, outside the repeated call, and pass them in; reserve() "
                       "where a container grows.",
             .gain_s = all.of_wall(cost_s)});
}

[[gnu::noinline]] void look_for_cost(findings& all, std::string const& path, scope_statistics const& s) {
    if (s.timed_calls == 0 || s.recorded == mode::counted || s.recorded == mode::off) return;
    double const cost_s = all.seen.scope_cost_s;
    if (cost_s <= 0.0 || s.mean_s() >= all.options.min_scope_costs * cost_s) return;
    std::string const number = concat("a mean of ", seconds_to_text(s.mean_s()));
    all.add({.rule = advice_rule::costly_scope,
             .scope = path,
             .value = s.mean_s(),
             .number = number,
             .message = concat(number, " in ", count(s.calls), " calls, and measuring it costs ",
                               seconds_to_text(cost_s), " a call"),
             .remedy = "Record it in mode::counted, or put one scope around the loop that calls it: its times are "
                       "mostly the profiler's.",
             .gain_s = all.of_wall((cost_s - all.seen.counted_cost_s) * static_cast<double>(s.timed_calls))});
}

// Returns true where the scope is one of those that build.
[[gnu::noinline]] bool look_for_builds(findings& all, std::string const& path, scope_statistics const& s) {
    auto const& o = all.options;
    if (std::ranges::find(o.build_scopes, s.name) == o.build_scopes.end()) return false;
    // The cache around this scope counts the keys that came back: look_at_caches() knows better.
    if (s.name == "build operator" && all.metric_value("linear.operator_cache.rebuilds")) return true;
    double const wall_s = all.of_wall(s.inclusive_s);
    if (s.calls < o.min_builds || all.share(wall_s) < o.min_build_share) return true;
    all.add({.rule = advice_rule::repeated_build,
             .scope = path,
             .value = static_cast<double>(s.calls),
             .number = concat(count(s.calls), " builds"),
             .message = concat("built ", count(s.calls), " times, ", seconds_to_text(s.mean_s()), " each, ",
                               percent(all.share(wall_s)), " of the wall time"),
             .remedy = "Where keys are equal, build once and use it again: operator_cache, or keep the object. Where "
                       "they differ a little, ask whether they must.",
             .gain_s = wall_s * static_cast<double>(s.calls - 1) / static_cast<double>(s.calls)});
    return true;
}

// Recursion: what needs room on the stack is done by the rules, out of line.
void look_below(findings& all, scope_statistics const& parent, std::string const& path, bool may_build) {
    for (auto const& child : parent.children) {
        std::string const below = path + path_part(child.name);
        look_for_allocations(all, below, child);
        look_for_cost(all, below, child);
        bool const builds = may_build && look_for_builds(all, below, child);
        look_below(all, child, below + '/', may_build && !builds);
    }
}

}  // namespace

void look_at_scopes(findings& all) { look_below(all, all.seen.root, "", true); }

void look_at_main_thread(findings& all) {
    auto const& s = all.seen;
    auto const main = std::ranges::find(s.threads, 0U, &thread_statistics::row);
    if (main == s.threads.end()) return;
    double inside_s = 0.0;
    for (auto const& child : main->root.children) inside_s += child.inclusive_s;
    double const share = all.share(s.wall_s - inside_s);
    if (share <= all.options.max_outside_share) return;
    all.found.push_back(
        {.rule = advice_rule::outside_scopes,
         .scope = main->name,
         .value = share,
         .number = percent(share),
         .message = concat(seconds_to_text(s.wall_s - inside_s), " of ", seconds_to_text(s.wall_s), " are in no scope"),
         .remedy = "Put scopes around what main() calls, or enable() profiling just before the part that "
                   "matters; sample() shows the functions.",
         .gain_s = 0.0,
         .share = share});
}

}  // namespace poise::profile::detail
