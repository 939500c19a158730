// SPDX-License-Identifier: MIT
#include "profile/allocation_sites.hpp"
#include "profile/heap.hpp"
#include "profile/registry.hpp"
#include "profile/text.hpp"

#include <poise/profile/trace.hpp>

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace poise::profile {
namespace {

using detail::node, detail::thread_state, detail::ticks;

struct call {
    node const* where;
    ticks start;
    ticks stop;
    std::uint64_t task;
};

struct raw_row {
    unsigned number;
    std::string name;
    std::vector<call> calls;
};

// Outer scopes first. Events are recorded when scopes are left, so of two with the same times the later is the outer.
void order(std::vector<call>& calls) {
    std::ranges::reverse(calls);
    std::ranges::stable_sort(
        calls, [](call const& a, call const& b) { return a.start != b.start ? a.start < b.start : a.stop > b.stop; });
}

// The entries of a thread's record; edges go to `edges`.
std::vector<call> calls_of(thread_state const& thread, std::vector<task_edge>& edges) {
    std::vector<call> calls;
    std::uint64_t task = 0;
    thread.events().each([&](detail::event const& e) {
        if (e.where != nullptr) {
            calls.push_back({e.where, e.start, e.stop, std::exchange(task, 0)});
        } else if (e.stop == 0) {
            task = e.start;
        } else {
            edges.push_back({e.start, e.stop});
        }
    });
    return calls;
}

raw_row row_of(thread_state const& thread, bool follows, ticks since, ticks until, std::vector<task_edge>& edges) {
    raw_row result{thread.row, detail::row_name(thread.row, thread.label), {}};
    if (follows) result.calls = calls_of(thread, edges);
    std::vector<call> open;
    thread.each_open([&](detail::open_scope const& s) {
        ticks const start = std::max(s.start, since);
        if ((s.modes & detail::trace_bit) != 0 && (s.modes & detail::timed_bits) != 0)
            open.push_back({s.where, start, std::max(start, until), 0});
    });
    result.calls.insert(result.calls.end(), open.rbegin(), open.rend());
    order(result.calls);
    return result;
}

class name_table {
public:
    explicit name_table(std::vector<std::string>& names) : names_{names} {}

    std::uint32_t number_of(node const& n) {
        auto const [found, is_new] =
            numbers_.try_emplace({n.name, n.name_size}, static_cast<std::uint32_t>(names_.size()));
        if (is_new) names_.emplace_back(n.name, n.name_size);
        return found->second;
    }

private:
    std::vector<std::string>& names_;
    std::unordered_map<std::string_view, std::uint32_t> numbers_;
};

timeline_row finished(raw_row const& raw, detail::timescale const& scale, name_table& names) {
    timeline_row row{raw.number, raw.name, {}};
    row.events.reserve(raw.calls.size());
    std::vector<double> ends;  // of the events around this one
    for (call const& c : raw.calls) {
        double const start = 1e-9 * static_cast<double>(scale.nanoseconds_at(c.start));
        double stop = 1e-9 * static_cast<double>(scale.nanoseconds_at(c.stop));
        while (!ends.empty() && ends.back() <= start && ends.back() < stop) ends.pop_back();
        if (!ends.empty()) stop = std::min(stop, ends.back());
        ends.push_back(stop);
        row.events.push_back({names.number_of(*c.where), c.where->kind, start, stop, c.task});
    }
    return row;
}

}  // namespace

timeline take_timeline() {
    detail::allocation_sites::unseen const own_allocations;
    timeline taken;
    std::vector<raw_row> rows;
    detail::anchor origin;
    ticks until = 0;
    {
        detail::registry::reading const records;
        if (!records.ever_enabled()) return taken;
        origin = records.origin();
        until = records.taken_at();
        records.each_thread([&](thread_state const& thread, bool follows) {
            raw_row found = row_of(thread, follows, origin.at, records.taken_at(), taken.edges);
            if (!found.calls.empty()) rows.push_back(std::move(found));
            if (follows) taken.dropped_events += thread.events().dropped();
        });
    }
    std::ranges::sort(rows, {}, &raw_row::number);
    detail::timescale const scale{origin};
    name_table names{taken.names};
    for (raw_row const& r : rows) taken.rows.push_back(finished(r, scale, names));
    for (auto const& p : detail::heap::points())
        if (p.at >= origin.at && p.at <= until)
            taken.memory.push_back({1e-9 * static_cast<double>(scale.nanoseconds_at(p.at)),
                                    static_cast<std::uint64_t>(std::max<std::int64_t>(p.live, 0))});
    return taken;
}

}  // namespace poise::profile
