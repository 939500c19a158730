// SPDX-License-Identifier: MIT
#include "profile/allocation_sites.hpp"
#include "profile/heap.hpp"
#include "profile/merged_tree.hpp"
#include "profile/own_cost.hpp"
#include "profile/pages.hpp"
#include "profile/registry.hpp"
#include "profile/remembered.hpp"
#include "profile/site_statistics.hpp"
#include "profile/text.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/memory.hpp>
#include <poise/profile/report.hpp>

#include <algorithm>
#include <utility>

namespace poise::profile {
namespace {

using detail::merged_tree, detail::node, detail::thread_state, detail::timescale;

struct own_costs {
    detail::ticks counted = detail::measure_scope_cost(mode::counted);
    detail::clock_bias bias = detail::measure_clock_bias();
};

void add_memory(snapshot& into) {
    auto const resident = process_resident_memory();
    into.resident_bytes = resident.now_bytes;
    into.resident_peak_bytes = resident.peak_bytes;
    into.memory = process_memory_usage();
    into.has_allocations = hooks_in_effect();
    into.record_bytes = detail::mapped_bytes();
}

void add_scopes(snapshot& into, detail::registry::reading const& records, timescale const& scale) {
    merged_tree logical{&node::parent, records.origin().at, records.taken_at(), records.scopes()};
    records.each_thread([&](thread_state const& thread, bool follows) {
        if (logical.add(thread, follows)) {
            merged_tree physical{&node::beneath, records.origin().at, records.taken_at(), records.scopes()};
            physical.add(thread, follows);
            into.threads.push_back(
                {thread.row, detail::row_name(thread.row, thread.label), physical.statistics(scale)});
        }
        if (!follows) return;
        into.unrecorded_calls += thread.too_deep();
        into.dropped_events += thread.events().dropped();
    });
    std::ranges::sort(into.threads, {}, &thread_statistics::row);
    into.root = logical.statistics(scale);
    into.calls = logical.calls();
    into.wall_s = into.root.inclusive_s = scale.seconds(records.measured());
}

std::uint64_t timed_calls_below(scope_statistics const& parent) noexcept {
    std::uint64_t sum = 0;
    for (scope_statistics const& child : parent.children) sum += child.timed_calls + timed_calls_below(child);
    return sum;
}

void add_own_costs(snapshot& into, timescale const& scale) {
    static own_costs const measured;
    auto const limits = detail::registry::current_limits();
    double const tick_s = scale.seconds(1);
    into.clock = detail::counts_cycles.load() ? "rdtsc" : "CLOCK_MONOTONIC";
    into.scope_cost_s = scale.seconds(limits.scope_cost);
    into.counted_cost_s = scale.seconds(measured.counted);
    into.timed_bias_s = measured.bias.timed * tick_s;
    into.precise_bias_s = measured.bias.precise * tick_s;
    into.overhead_budget = limits.overhead_budget;
    std::uint64_t const timed = timed_calls_below(into.root);
    into.overhead_s = static_cast<double>(timed) * into.scope_cost_s +
                      static_cast<double>(into.calls - std::min(timed, into.calls)) * into.counted_cost_s;
}

void add_remembered(snapshot& into) {
    detail::remembered found = detail::take_remembered();
    into.samples = std::move(found.samples);
    into.comparisons = std::move(found.comparisons);
    into.measurements = std::move(found.measurements);
}

snapshot take_snapshot(metrics_registry const& registry) {
    detail::allocation_sites::unseen const own_allocations;
    snapshot taken;
    taken.metrics = registry.snapshot();
    add_memory(taken);
    add_remembered(taken);
    {
        detail::registry::reading const records;
        if (!records.ever_enabled()) return taken;
        taken.has_memory = records.memory_was_on();
        timescale const scale{records.origin()};
        add_scopes(taken, records, scale);
        add_own_costs(taken, scale);
        for (auto const& p : detail::heap::points())
            if (p.at >= records.origin().at && p.at <= records.taken_at())
                taken.memory_over_time.push_back({scale.seconds(p.at - records.origin().at),
                                                  static_cast<std::uint64_t>(std::max<std::int64_t>(p.live, 0))});
    }
    taken.allocation_sites = detail::site_statistics();
    return taken;
}

}  // namespace

report::report(metrics_registry const& registry) : data_{take_snapshot(registry)} {}

scope_statistics const* report::find(std::string_view path) const noexcept { return data_.root.find(path); }

}  // namespace poise::profile
