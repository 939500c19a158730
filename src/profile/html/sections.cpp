// SPDX-License-Identifier: MIT
#include "profile/html/data.hpp"
#include "profile/html/fold.hpp"
#include "profile/html/timeline.hpp"
#include "profile/task_pieces.hpp"

#include <algorithm>
#include <map>
#include <span>
#include <unordered_map>
#include <utility>

namespace poise::profile::detail {
namespace {

double count(std::uint64_t n) noexcept { return static_cast<double>(n); }

template <class Value>
std::span<Value const> first(std::vector<Value> const& values, std::size_t most) {
    return std::span{values}.first(std::min(values.size(), most));
}
// The later are the more interesting of what a program did one after the other.
template <class Value>
std::span<Value const> latest(std::vector<Value> const& values, std::size_t most) {
    return std::span{values}.last(std::min(values.size(), most));
}

// A function wherever it was called from.
struct function_total {
    source_frame const* where = nullptr;
    std::uint64_t self = 0;
    std::uint64_t total = 0;
    std::uint64_t hottest = 0;  // of one place, which `where` is
    int open = 0;               // how often it stands above the place that is looked at
};

class functions {
public:
    explicit functions(function_statistics const& root) {
        for (auto const& f : root.children) add(f);
    }
    [[nodiscard]] std::vector<function_total> by_self() const {
        std::vector<function_total> sorted;
        for (auto const& [key, f] : found_) sorted.push_back(f);
        std::ranges::sort(sorted, [](function_total const& a, function_total const& b) {
            return std::pair{a.self, a.total} > std::pair{b.self, b.total};
        });
        return sorted;
    }

private:
    void add(function_statistics const& f) {
        function_total& here = found_[{f.where.function, f.where.file}];
        here.self += f.self_samples;
        if (here.open == 0) here.total += f.total_samples;
        if (here.where == nullptr || f.self_samples > here.hottest) {
            here.where = &f.where;
            here.hottest = f.self_samples;
        }
        ++here.open;
        for (auto const& child : f.children) add(child);
        --here.open;
    }

    std::map<std::pair<std::string_view, std::string_view>, function_total> found_;
};

void write_functions(html_json& out, string_table& names, function_statistics const& root, std::size_t most) {
    columns rows{"name", "file", "line", "inlined", "self", "total"};
    auto const sorted = functions{root}.by_self();
    for (auto const& f : first(sorted, most))
        rows.add({names.index(f.where->function), names.index(f.where->file), count(f.where->line),
                  f.where->inlined ? 1.0 : 0.0, count(f.self), count(f.total)});
    rows.write(out.key("functions"));
    out.number("n_functions", count(sorted.size()));
}

void write_function_tree(html_json& out, string_table& names, function_statistics const& root, html_limits const& most,
                         std::size_t nodes) {
    double const all = count(root.total_samples);
    fold<function_statistics> const chosen{root, most.fold_below, nodes, [&](function_statistics const& f) {
                                               return all > 0.0 ? count(f.total_samples) / all : 0.0;
                                           }};
    columns rows{"depth", "name", "joined", "total", "self", "file", "line", "inlined"};
    chosen.each(
        root,
        [&](function_statistics const& f, std::size_t depth) {
            rows.add({count(depth), names.index(f.where.function), 0.0, count(f.total_samples), count(f.self_samples),
                      names.index(f.where.file), count(f.where.line), f.where.inlined ? 1.0 : 0.0});
        },
        [&](std::vector<function_statistics const*> const& joined, std::size_t n, std::size_t depth) {
            std::uint64_t total = 0;
            for (auto const* f : joined) total += f->total_samples;
            rows.add({count(depth), 0.0, count(n), count(total), count(total), 0.0, 0.0, 0.0});
        });
    rows.write(out.key("tree"));
}

// Every k-th, in the order they were measured, and the two outermost.
std::vector<double> thinned_slices(std::vector<double> const& slices, std::size_t most) {
    if (slices.size() <= most) return slices;
    if (most < 4) return {};
    auto const [low, high] = std::ranges::minmax_element(slices);
    std::vector<double> kept{*low, *high};
    for (std::size_t i = 0; i < most - 2; ++i) kept.push_back(slices[i * slices.size() / (most - 2)]);
    return kept;
}

void write_measurement(html_json& out, measurement const& m, html_limits const& most) {
    out.text("name", m.name).number("median", m.median_s * 1e9);
    out.number("low", m.median_interval_s.low * 1e9).number("high", m.median_interval_s.high * 1e9);
    out.number("mad", m.mad_s * 1e9).number("min", m.min_s * 1e9).number("calls", count(m.calls_per_slice));
    out.number("n_slices", count(m.slices_s.size())).key("slices").open('[');
    // Three digits are a pixel in a thousand.
    for (double const s : thinned_slices(m.slices_s, most.slices)) out.number(rounded(s * 1e9));
    out.close(']');
}

// Buckets joined to few enough for a picture; they are as wide as they are on an axis of logarithms.
void write_histogram(html_json& out, histogram_statistics const& h) {
    constexpr std::size_t bars = 40;
    out.number("count", count(h.count)).number("sum", h.sum).number("min", h.min).number("max", h.max);
    out.number("p50", rounded(h.p50)).number("p90", rounded(h.p90)).number("p99", rounded(h.p99));
    columns rows{"upper", "count"};
    std::size_t const step = (h.buckets.size() + bars - 1) / bars;
    std::uint64_t before = 0;
    for (std::size_t i = 0; i < h.buckets.size(); ++i) {
        if ((i + 1) % step != 0 && i + 1 != h.buckets.size()) continue;
        rows.add({rounded(h.buckets[i].upper), count(h.buckets[i].cumulative_count - before)});
        before = h.buckets[i].cumulative_count;
    }
    rows.write(out.key("buckets"));
}

void write_events(html_json& out, string_table& names, timeline const& events, drawn_timeline const& made,
                  critical_chain const& critical) {
    columns rows{"row", "name", "events", "depth", "task", "start", "length", "busy", "critical"};
    std::unordered_map<std::uint64_t, task_pieces<std::size_t>> places;
    std::unordered_map<std::uint64_t, bool> on_chain;
    for (std::uint64_t const id : critical.tasks) on_chain[id] = true;
    double row_number = 0.0;
    for (drawn_row const& row : made.rows) {
        double before = 0.0;
        for (drawn_event const& e : row.events) {
            if (e.id != 0) add_piece(places, e, rows.rows());
            double const start = nanoseconds(e.start_s), length = nanoseconds(e.stop_s) - start;
            bool const named = e.name < events.names.size();
            rows.add({row_number, named ? names.index(events.names[e.name]) : 0.0, count(e.events - 1), count(e.depth),
                      e.kind == category::task ? 1.0 : 0.0, start - before, length,
                      e.events > 1 ? nanoseconds(e.busy_s) : 0.0, e.id != 0 && on_chain.contains(e.id) ? 1.0 : 0.0});
            before = start;
        }
        ++row_number;
    }
    rows.write(out.key("events"));
    columns edges{"from", "to"};
    for (task_edge const& e : events.edges) {
        auto const from = places.find(e.from), to = places.find(e.to);
        if (from != places.end() && to != places.end()) edges.add({count(from->second.last), count(to->second.first)});
    }
    edges.write(out.key("edges"));
    out.number("n_edges", count(events.edges.size()));
}

}  // namespace

void write_timeline(html_json& out, string_table& names, snapshot const& shown, timeline const& events,
                    html_limits const& most) {
    critical_chain const critical = critical_chain_of(events);
    drawn_timeline const made = drawn(events, most.events, critical);
    auto const& memory = events.memory.empty() ? shown.memory_over_time : events.memory;
    double span_s = std::max(made.span_s, shown.wall_s);
    if (!memory.empty()) span_s = std::max(span_s, memory.back().at_s);
    out.key("timeline").open('{').number("span", nanoseconds(span_s)).number("n_events", count(made.events));
    out.number("joined", count(made.joined)).number("shortest", nanoseconds(made.shortest_s));
    out.number("left_out", count(made.left_out)).number("dropped", count(events.dropped_events));
    out.number("critical", nanoseconds(critical.length_s)).number("critical_tasks", count(critical.tasks.size()));
    out.key("rows").open('[');
    for (drawn_row const& row : made.rows) out.text(row.row->name);
    out.close(']');
    write_events(out, names, events, made, critical);
    out.close('}');
    columns points{"at", "bytes"};
    for (memory_point const& p : thinned(memory, most.points))
        points.add({nanoseconds(p.at_s), count(p.heap_live_bytes)});
    points.write(out.key("memory"));
}

void write_samples(html_json& out, string_table& names, snapshot const& shown, html_limits const& most) {
    auto const profiles = latest(shown.samples, most.results);
    out.key("samples").open('[');
    for (sampled_profile const& p : profiles) {
        out.open('{').text("name", p.name).text("engine", p.engine).text("failure", p.failure);
        out.number("duration", nanoseconds(p.duration_s)).number("cpu", nanoseconds(p.cpu_s)).number("hz", p.asked_hz);
        out.number("lost", count(p.lost_samples)).number("samples", count(p.root.total_samples));
        write_function_tree(out, names, p.root, most, most.nodes / profiles.size());
        write_functions(out, names, p.root, most.functions / profiles.size());
        out.close('}');
    }
    out.close(']');
}

void write_sites(html_json& out, string_table& names, snapshot const& shown, html_limits const& most) {
    out.number("n_sites", count(shown.allocation_sites.size())).key("sites").open('[');
    for (allocation_site const& site : first(shown.allocation_sites, most.sites)) {
        out.open('{').number("scope", names.index(site.scope)).number("samples", count(site.samples));
        out.number("allocations", rounded(site.allocations)).number("bytes", rounded(site.allocated_bytes));
        out.number("frames", count(site.stack.size()));
        columns stack{"name", "file", "line", "inlined"};
        for (source_frame const& f : first(site.stack, most.frames_of_a_site))
            stack.add({names.index(f.function), names.index(f.file), count(f.line), f.inlined ? 1.0 : 0.0});
        stack.write(out.key("stack"));
        out.close('}');
    }
    out.close(']');
}

void write_measurements(html_json& out, snapshot const& shown, html_limits const& most) {
    out.key("comparisons").open('[');
    for (comparison const& c : latest(shown.comparisons, most.results)) {
        out.open('{').text("name", c.name).number("pairs", count(c.pairs)).number("min_effect", c.min_effect);
        out.number("floor_low", c.noise_floor.low).number("floor_high", c.noise_floor.high);
        out.number("duration", nanoseconds(c.duration_s)).key("contenders").open('[');
        for (contender const& one : first(c.contenders, most.results)) {
            out.open('{').number("ratio", one.ratio).number("ratio_low", one.ratio_interval.low);
            out.number("ratio_high", one.ratio_interval.high).number("verdict", static_cast<double>(one.outcome));
            write_measurement(out, one.times, most);
            out.close('}');
        }
        out.close(']').close('}');
    }
    out.close(']').key("measurements").open('[');
    for (measurement const& m : latest(shown.measurements, most.results)) {
        out.open('{');
        write_measurement(out, m, most);
        out.close('}');
    }
    out.close(']');
}

void write_metrics(html_json& out, snapshot const& shown, html_limits const& most) {
    out.number("n_metrics", count(shown.metrics.size())).key("metrics").open('[');
    for (metric const& m : first(shown.metrics, most.metrics)) {
        out.open('{').text("name", m.name).number("kind", static_cast<double>(m.kind)).number("value", m.value);
        out.text("help", m.help).key("labels").open('[');
        for (metric_label const& label : m.labels) out.text(label.name + "=" + label.value);
        out.close(']');
        if (m.kind == metric_kind::histogram) write_histogram(out, m.histogram);
        out.close('}');
    }
    out.close(']');
}

}  // namespace poise::profile::detail
