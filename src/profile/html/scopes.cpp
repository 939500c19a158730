// SPDX-License-Identifier: MIT
#include "profile/html/data.hpp"
#include "profile/html/fold.hpp"

#include <algorithm>
#include <cmath>

namespace poise::profile::detail {
namespace {

double count(std::uint64_t n) noexcept { return static_cast<double>(n); }

template <class Value>
double sum_over(std::vector<scope_statistics> const& scopes, Value scope_statistics::*value) {
    double sum = 0.0;
    for (auto const& s : scopes) sum += static_cast<double>(s.*value);
    return sum;
}

struct tree_totals {
    std::uint64_t nodes = 0;
    std::uint64_t calls = 0;
    double exclusive_s = 0.0;

    void add(scope_statistics const& s) {
        ++nodes;
        calls += s.calls;
        exclusive_s += s.exclusive_s;
        for (auto const& child : s.children) add(child);
    }
};

// What a scope matters: the largest of its shares. Of scopes that no clock saw, the calls tell.
class importance {
public:
    importance(double wall_s, double bytes, std::uint64_t calls)
        : wall_s_{wall_s}, bytes_{bytes}, calls_{count(calls)} {}

    double operator()(scope_statistics const& s) const noexcept {
        double const time = share(s.inclusive_s, wall_s_);
        double const memory = share(count(s.allocated_bytes), bytes_);
        double const most = std::max({time, memory, s.inclusive_s == 0.0 ? share(count(s.calls), calls_) : 0.0});
        return std::isfinite(most) ? most : 0.0;  // NaN has no place in an order
    }

private:
    static double share(double part, double whole) noexcept { return whole > 0.0 ? part / whole : 0.0; }

    double wall_s_, bytes_, calls_;
};

class tree_writer {
public:
    explicit tree_writer(string_table& names) : names_{names} {}

    void add_thread(thread_statistics const& thread) {
        scope_statistics total;
        total.exclusive_s = 0.0;
        total.inclusive_s = sum_over(thread.root.children, &scope_statistics::inclusive_s);
        for (auto const& s : thread.root.children) {
            total.allocations += s.allocations;
            total.allocated_bytes += s.allocated_bytes;
        }
        row(total, names_.index(thread.name), 0, 0, category::phase);
    }
    void add(scope_statistics const& root, std::size_t depth, fold<scope_statistics> const& chosen) {
        chosen.each(
            root,
            [&](scope_statistics const& s, std::size_t below) {
                row(s, names_.index(s.name), depth + below, 0, s.kind);
            },
            [&](std::vector<scope_statistics const*> const& joined, std::size_t n, std::size_t below) {
                row(sum_of(joined), 0.0, depth + below, n, category::phase);
            });
    }
    void write(html_json& out) const { rows_.write(out); }

private:
    // Self times and calls of all that is joined, so that those of the tree add up; what is inclusive, of the
    // uppermost.
    static scope_statistics sum_of(std::vector<scope_statistics const*> const& joined) {
        scope_statistics sum;
        tree_totals all;
        for (scope_statistics const* s : joined) {
            all.add(*s);
            sum.inclusive_s += s->inclusive_s;
            sum.max_s = std::max(sum.max_s, s->max_s);
            sum.allocations += s->allocations;
            sum.allocated_bytes += s->allocated_bytes;
            sum.peak_bytes = std::max(sum.peak_bytes, s->peak_bytes);
            sum.moved_bytes += s->moved_bytes;
            sum.flops += s->flops;
        }
        sum.calls = sum.timed_calls = all.calls;
        sum.exclusive_s = all.exclusive_s;
        return sum;
    }
    void row(scope_statistics const& s, double name, std::size_t depth, std::size_t n_joined, category kind) {
        double const file = s.file.empty() ? 0.0 : names_.index(s.file);
        rows_.add({count(depth),
                   name,
                   count(n_joined),
                   kind == category::task ? 1.0 : 0.0,
                   static_cast<double>(s.recorded),
                   s.demoted ? 1.0 : 0.0,
                   count(s.calls),
                   count(s.calls - std::min(s.calls, s.timed_calls)),
                   nanoseconds(s.inclusive_s),
                   nanoseconds(s.exclusive_s),
                   nanoseconds(s.min_s),
                   nanoseconds(s.max_s),
                   rounded(nanoseconds(s.p50_s)),
                   rounded(nanoseconds(s.p90_s)),
                   rounded(nanoseconds(s.p99_s)),
                   count(s.allocations),
                   count(s.allocated_bytes),
                   count(s.peak_bytes),
                   rounded(s.moved_bytes),
                   rounded(s.flops),
                   file,
                   count(s.line)});
    }

    string_table& names_;
    columns rows_{"depth", "name", "joined", "task",  "mode", "demoted", "calls", "untimed",
                  "total", "self", "min",    "max",   "p50",  "p90",     "p99",   "allocations",
                  "bytes", "peak", "moved",  "flops", "file", "line"};
};

void collect_demoted(scope_statistics const& s, std::vector<std::string_view>& names) {
    if (s.demoted) names.emplace_back(s.name);
    for (auto const& child : s.children) collect_demoted(child, names);
}

void write_demoted(html_json& out, snapshot const& shown) {
    constexpr std::ptrdiff_t most = 20;
    std::vector<std::string_view> names;
    collect_demoted(shown.root, names);
    std::ranges::sort(names);
    names.erase(std::unique(names.begin(), names.end()), names.end());
    out.number("n_demoted", count(names.size())).key("demoted").open('[');
    for (auto name = names.begin(); name != names.end() && name - names.begin() < most; ++name) out.text(*name);
    out.close(']');
}

void write_summary(html_json& out, snapshot const& shown, tree_totals const& all) {
    memory_usage const& m = shown.memory;
    out.key("summary").open('{').number("wall", nanoseconds(shown.wall_s));
    out.number("threads", count(shown.threads.size())).number("calls", count(shown.calls));
    out.number("scopes", count(all.nodes)).number("self", nanoseconds(all.exclusive_s));
    out.number("scope_cost", shown.scope_cost_s * 1e9).number("timed_bias", shown.timed_bias_s * 1e9);
    out.number("overhead", nanoseconds(shown.overhead_s)).number("budget", shown.overhead_budget);
    out.text("clock", shown.clock).number("unrecorded", count(shown.unrecorded_calls));
    out.number("dropped", count(shown.dropped_events)).number("records", count(shown.record_bytes));
    out.number("has_memory", shown.has_memory ? 1 : 0).number("has_allocations", shown.has_allocations ? 1 : 0);
    out.number("allocations", count(m.allocations)).number("allocated", count(m.allocated_bytes));
    out.number("heap_live", count(m.heap_live_bytes)).number("heap_peak", count(m.heap_peak_bytes));
    out.number("library_live", count(m.library_live_bytes)).number("library_peak", count(m.library_peak_bytes));
    out.number("resident", count(shown.resident_bytes)).number("resident_peak", count(shown.resident_peak_bytes));
    write_demoted(out, shown);
    out.close('}');
}

}  // namespace

void write_scopes(html_json& out, string_table& names, snapshot const& shown, html_limits const& most) {
    tree_totals all;
    for (auto const& s : shown.root.children) all.add(s);
    write_summary(out, shown, all);
    double const sum_s = sum_over(shown.root.children, &scope_statistics::inclusive_s);
    importance const weight{shown.wall_s > 0.0 ? shown.wall_s : sum_s,
                            sum_over(shown.root.children, &scope_statistics::allocated_bytes), all.calls};
    tree_writer logical{names};
    logical.add(shown.root, 0, {shown.root, most.fold_below, most.nodes, weight});
    logical.write(out.key("scopes"));
    tree_writer physical{names};
    for (auto const& thread : shown.threads) {
        physical.add_thread(thread);
        std::size_t const share = most.nodes / shown.threads.size();
        physical.add(thread.root, 1, {thread.root, most.fold_below, share, weight});
    }
    physical.write(out.key("threads"));
}

}  // namespace poise::profile::detail
