// SPDX-License-Identifier: MIT
#include "profile/matching.hpp"

#include <poise/profile/difference.hpp>

#include <algorithm>
#include <concepts>
#include <map>

namespace poise::profile {
namespace {

// Of what was reset in between, all is new.
template <std::unsigned_integral T>
void subtract(T& later, T earlier) noexcept {
    if (later >= earlier) later -= earlier;
}
// Times of running scopes are read while they run: a sum may fall short of an earlier one by some ticks.
void subtract(double& later, double earlier) noexcept { later = std::max(0.0, later - earlier); }

void subtract_own(scope_statistics& later, scope_statistics const& earlier) noexcept {
    later.calls -= earlier.calls;
    subtract(later.timed_calls, earlier.timed_calls);
    subtract(later.inclusive_s, earlier.inclusive_s);
    subtract(later.exclusive_s, earlier.exclusive_s);
    subtract(later.allocations, earlier.allocations);
    subtract(later.allocated_bytes, earlier.allocated_bytes);
    subtract(later.moved_bytes, earlier.moved_bytes);
    subtract(later.flops, earlier.flops);
    // Each snapshot measures the rate of the clock anew, to 1e-4 after a millisecond: what was not entered again is not
    // still running because the same ticks make a little more time now.
    if (later.calls == 0 && later.inclusive_s < 1e-3 * earlier.inclusive_s) later.inclusive_s = later.exclusive_s = 0.0;
}

bool something_happened(scope_statistics const& s) noexcept {
    return s.calls != 0 || s.inclusive_s > 0.0 || s.allocations != 0 || !s.children.empty();
}

void subtract_tree(scope_statistics& later, scope_statistics const* earlier) {
    if (earlier == nullptr || earlier->calls > later.calls) return;
    subtract_own(later, *earlier);
    detail::children_of before{earlier};
    for (auto& child : later.children) subtract_tree(child, before.take(child));
    std::erase_if(later.children, [](auto const& child) { return !something_happened(child); });
    std::ranges::stable_sort(later.children, std::ranges::greater{}, &scope_statistics::inclusive_s);
}

void subtract_threads(std::vector<thread_statistics>& later, std::vector<thread_statistics> const& earlier) {
    for (auto& thread : later) {
        auto const before = std::ranges::find(earlier, thread.row, &thread_statistics::row);
        if (before != earlier.end()) subtract_tree(thread.root, &before->root);
    }
    std::erase_if(later, [](auto const& thread) { return !something_happened(thread.root); });
}

void subtract_sites(std::vector<allocation_site>& later, std::vector<allocation_site> const& earlier) {
    for (auto& site : later) {
        auto const before = std::ranges::find_if(
            earlier, [&](auto const& other) { return other.scope == site.scope && other.stack == site.stack; });
        if (before == earlier.end() || before->samples > site.samples) continue;
        site.samples -= before->samples;
        subtract(site.allocations, before->allocations);
        subtract(site.allocated_bytes, before->allocated_bytes);
    }
    std::erase_if(later, [](auto const& site) { return site.samples == 0; });
    std::ranges::stable_sort(later, std::ranges::greater{}, &allocation_site::allocated_bytes);
}

// Of lists that only the latest few are kept of.
template <class T>
void remove_known(std::vector<T>& later, std::vector<T> const& earlier) {
    std::erase_if(later, [&](T const& value) { return std::ranges::find(earlier, value) != earlier.end(); });
}

// What reset() sets back.
void subtract_recorded(snapshot& later, snapshot const& earlier) {
    subtract_tree(later.root, &earlier.root);
    subtract_threads(later.threads, earlier.threads);
    subtract(later.wall_s, earlier.wall_s);
    subtract(later.overhead_s, earlier.overhead_s);
    subtract(later.calls, earlier.calls);
    subtract(later.unrecorded_calls, earlier.unrecorded_calls);
    subtract(later.dropped_events, earlier.dropped_events);
}

}  // namespace

snapshot difference(snapshot const& later, snapshot const& earlier) {
    snapshot d = later;
    if (later.wall_s >= earlier.wall_s) subtract_recorded(d, earlier);
    subtract(d.memory.allocations, earlier.memory.allocations);
    subtract(d.memory.allocated_bytes, earlier.memory.allocated_bytes);
    subtract_sites(d.allocation_sites, earlier.allocation_sites);
    remove_known(d.memory_over_time, earlier.memory_over_time);
    d.metrics = difference(later.metrics, earlier.metrics);
    remove_known(d.samples, earlier.samples);
    remove_known(d.comparisons, earlier.comparisons);
    remove_known(d.measurements, earlier.measurements);
    return d;
}

}  // namespace poise::profile
