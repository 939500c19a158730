// SPDX-License-Identifier: MIT
#include "profile/metrics_text.hpp"
#include "profile/text.hpp"

#include <poise/core/concat.hpp>
#include <poise/profile/report.hpp>

#include <algorithm>
#include <ostream>
#include <span>

namespace poise::profile {
namespace {

constexpr std::size_t name_columns = 24;
constexpr std::size_t most_indented = 14;
constexpr std::size_t shown_children = 12;

std::string right(std::string const& text, std::size_t columns) {
    return std::string(text.size() < columns ? columns - text.size() : 1, ' ') + text;
}

// Seven characters at most.
std::string count_to_text(std::uint64_t count) {
    if (count < 10'000'000) return to_text(count);
    double value = static_cast<double>(count);
    char const* unit = "";
    for (char const* larger : {"k", "M", "G", "T", "P", "E"}) {
        if (value < 1000.0) break;
        value /= 1000.0;
        unit = larger;
    }
    return to_text_fixed(value, 1) + unit;
}

std::string share(double part, double whole) { return whole > 0.0 ? to_text_fixed(100.0 * part / whole, 1) : "-"; }

std::string indented(std::string_view name, std::size_t depth) {
    std::size_t const indent = std::min(2 * depth, most_indented);
    return std::string(indent, ' ') + detail::padded(name, name_columns - indent);
}

// The children past the longest few as one.
scope_statistics folded(std::span<scope_statistics const> rest) {
    scope_statistics sum;
    sum.name = concat("… ", rest.size(), " more");
    for (auto const& s : rest) {
        sum.calls += s.calls;
        sum.inclusive_s += s.inclusive_s;
        sum.exclusive_s += s.exclusive_s;
        sum.max_s = std::max(sum.max_s, s.max_s);
        sum.allocations += s.allocations;
        sum.allocated_bytes += s.allocated_bytes;
        sum.peak_bytes = std::max(sum.peak_bytes, s.peak_bytes);
    }
    return sum;
}

template <class Row>
void print_below(scope_statistics const& parent, std::size_t depth, Row const& print_row) {
    std::span<scope_statistics const> const children = parent.children;
    // One child too many is shown: a line that says so would take its place.
    std::size_t const n_shown = children.size() > shown_children + 1 ? shown_children : children.size();
    for (auto const& child : children.first(n_shown)) {
        print_row(child, depth);
        print_below(child, depth + 1, print_row);
    }
    if (n_shown < children.size()) print_row(folded(children.subspan(n_shown)), depth);
}

void print_header(std::ostream& out, report const& r) {
    out << "profile: " << seconds_to_text(r.wall_s()) << " measured, " << r.threads()
        << (r.threads() == 1 ? " thread, " : " threads, ") << count_to_text(r.calls()) << " scopes, own cost "
        << seconds_to_text(r.scope_cost_s()) << " each, " << share(r.overhead_s(), r.wall_s()) << " %\n";
    if (r.unrecorded_calls() != 0) out << r.unrecorded_calls() << " scopes were nested too deep and are not recorded\n";
    if (r.dropped_events() != 0)
        out << r.dropped_events() << " events are not in the trace; raise options::trace_events_per_thread\n";
}

void print_times(std::ostream& out, report const& r) {
    out << "\ntimes are sums over threads; % is of the wall time and may exceed 100\n"
        << detail::padded("scope", name_columns) << "  calls      total       self      %      mean       max\n";
    print_below(r.root(), 0, [&](scope_statistics const& s, std::size_t depth) {
        out << indented(s.name, depth) << right(count_to_text(s.calls), 7) << right(seconds_to_text(s.inclusive_s), 11)
            << right(seconds_to_text(s.exclusive_s), 11) << right(share(s.inclusive_s, r.wall_s()), 7)
            << right(seconds_to_text(s.mean_s()), 10) << right(seconds_to_text(s.max_s), 10) << '\n';
    });
}

void print_memory_of_scopes(std::ostream& out, report const& r) {
    out << '\n' << detail::padded("scope", name_columns + 12) << "allocations         bytes          peak\n";
    print_below(r.root(), 0, [&](scope_statistics const& s, std::size_t depth) {
        out << indented(s.name, depth) << right(count_to_text(s.allocations), 23)
            << right(bytes_to_text(s.allocated_bytes), 14) << right(bytes_to_text(s.peak_bytes), 14) << '\n';
    });
}

void print_memory(std::ostream& out, report const& r) {
    auto const& m = r.memory();
    out << "\nmemory\n";
    if (r.has_memory() && r.has_allocations())
        out << "  heap       " << bytes_to_text(m.heap_live_bytes) << " live, " << bytes_to_text(m.heap_peak_bytes)
            << " peak, " << count_to_text(m.allocations) << " allocations\n";
    else if (r.has_memory())
        out << "  allocations not measured: link poise::allocation_hooks\n";
    if (m.library_peak_bytes != 0)
        out << "  libraries  " << bytes_to_text(m.library_live_bytes) << " live, "
            << bytes_to_text(m.library_peak_bytes) << " peak\n";
    out << "  resident   " << bytes_to_text(r.resident_bytes()) << " now, " << bytes_to_text(r.resident_peak_bytes())
        << " peak\n";
}

}  // namespace

std::ostream& operator<<(std::ostream& out, report const& shown) {
    if (shown.wall_s() <= 0.0 && shown.calls() == 0) {
        out << "profile: nothing measured; call poise::profile::enable() or set POISE_PROFILE=1\n";
    } else {
        print_header(out, shown);
        print_times(out, shown);
        if (shown.has_memory()) print_memory_of_scopes(out, shown);
    }
    print_memory(out, shown);
    detail::print_metrics(out, shown.metrics());
    return out;
}

}  // namespace poise::profile
