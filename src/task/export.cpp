// SPDX-License-Identifier: MIT
#include "profile/text.hpp"
#include "task/critical_path.hpp"
#include "task/graph_state.hpp"
#include "task/records.hpp"

#include <poise/core/concat.hpp>
#include <poise/task/export.hpp>

#include <algorithm>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace poise::task {
namespace {

using profile::detail::append_json_string;

// A quoted string of the DOT language: quotes and backslashes are escaped, line ends become such of the label.
std::string dot_string(std::string_view name) {
    std::string text = "\"";
    for (char const c : name) {
        if (c == '"' || c == '\\') text += '\\';
        text += c == '\n' ? std::string{"\\n"} : std::string(1, c);
    }
    return text + '"';
}

// What a node of the picture says besides its name.
struct look {
    std::string below;  // the second line
    char const* color = "#dddddd";
};

char const* color_of(state s) {
    switch (s) {
        case state::succeeded:
            return "#cde8cd";
        case state::failed:
            return "#f2b8b5";
        case state::skipped:
            return "#f7e0b2";
        case state::omitted:
        case state::cancelled:
            break;
    }
    return "#dddddd";
}

// A graph, or as much of it as a run has seen.
struct part {
    detail::graph_state const& state;
    detail::order_list const& orders;
    std::size_t n_families;
    std::size_t n_tasks;

    [[nodiscard]] std::uint32_t end_of(std::size_t f) const { return state.end_of(f, n_families, n_tasks); }
};

// Edges between families, each once; those that only order are dashed.
std::set<std::tuple<std::uint32_t, std::uint32_t, bool>> family_edges(part const& of) {
    std::set<std::tuple<std::uint32_t, std::uint32_t, bool>> edges;
    auto const add = [&](std::uint32_t first, std::uint32_t count, std::uint32_t to, bool order) {
        if (count == 0) return;
        std::uint32_t const last = of.state.family_of(first + count - 1, of.n_families);
        for (std::uint32_t f = of.state.family_of(first, of.n_families); f <= last; ++f)
            if (of.state.families[f].first_id < of.end_of(f)) edges.emplace(f, to, order);
    };
    for (std::uint32_t f = 0; f < of.n_families; ++f)
        of.state.families[f].for_each_range([&](auto const& r) { add(r.first, r.count, f, false); });
    for (auto const& e : of.orders.edges()) {
        std::uint32_t const last = of.state.family_of(e.later + e.n_later - 1, of.n_families);
        for (std::uint32_t f = of.state.family_of(e.later, of.n_families); f <= last; ++f)
            add(e.earlier, e.n_earlier, f, true);
    }
    return edges;
}

template <class LookOf>
std::string dot_text(part const& of, LookOf const& look_of) {
    std::string text =
        "digraph tasks {\n  rankdir=LR;\n  node [shape=box, style=\"rounded,filled\", fontname=\"sans-serif\"];\n";
    for (std::uint32_t f = 0; f < of.n_families; ++f) {
        auto const& family = of.state.families[f];
        std::string label{family.base_name()};
        if (family.mapped) label += concat(" \xC3\x97 ", of.end_of(f) - family.first_id);
        look const l = look_of(f);
        if (!l.below.empty()) label += '\n' + l.below;
        text += concat("  n", f, " [label=", dot_string(label), ", fillcolor=\"", l.color, "\"];\n");
    }
    for (auto const& [from, to, order] : family_edges(of))
        text += concat("  n", from, " -> n", to, order ? " [style=dashed];\n" : ";\n");
    return text + "}\n";
}

look look_of_family(detail::run_state const& of, std::uint32_t f) {
    std::uint32_t const first = of.graph->families[f].first_id, end = of.end_of_family(f);
    if (first == end) return {};
    // From good to bad, as a map shows the worst of its tasks.
    constexpr state order[] = {state::succeeded, state::omitted, state::cancelled, state::skipped, state::failed};
    auto const badness = [&](state s) { return std::ranges::find(order, s) - std::begin(order); };
    state worst = state::succeeded;
    std::size_t n_succeeded = 0;
    double sum_s = 0.0;
    for (std::uint32_t id = first; id < end; ++id) {
        if (badness(of.states[id]) > badness(worst)) worst = of.states[id];
        n_succeeded += of.states[id] == state::succeeded;
        if (of.timed) sum_s += of.seconds(of.when[id].end) - of.seconds(of.when[id].start);
    }
    std::string below;
    if (worst != state::succeeded)
        below = end - first == 1 ? to_string(worst) : concat(n_succeeded, " of ", end - first, " succeeded");
    if (of.timed && n_succeeded > 0) below += concat(below.empty() ? "" : ", ", seconds_to_text(sum_s));
    return {std::move(below), color_of(worst)};
}

template <class More>
std::string tasks_json(part const& of, std::vector<std::uint32_t> const& levels, More const& more) {
    std::string text = "{\"version\":1,\"tasks\":[";
    for (std::uint32_t f = 0; f < of.n_families; ++f) {
        auto const& family = of.state.families[f];
        for (std::uint32_t id = family.first_id; id < of.end_of(f); ++id) {
            text += concat(id == 0 ? "\n" : ",\n", "{\"id\":", id, ",\"name\":");
            append_json_string(text, detail::graph_state::name_of(id, family));
            text += ",\"inputs\":[";
            for (char const* comma = ""; std::uint32_t const input : of.state.inputs_of(id, family, of.orders))
                text += concat(std::exchange(comma, ","), input);
            text += concat("],\"level\":", levels[id]);
            more(text, id);
            text += '}';
        }
    }
    return text + "]";
}

void append_record(std::string& text, record const& r, bool timed) {
    text += concat(",\"state\":\"", to_string(r.state), "\",\"attempts\":", r.attempts);
    if (!r.message.empty()) {
        text += ",\"message\":";
        append_json_string(text, r.message);
    }
    if (timed)
        text += concat(",\"ready_s\":", r.ready_s, ",\"start_s\":", r.start_s, ",\"end_s\":", r.end_s,
                       ",\"worker\":", r.worker);
    if (r.memory.measured)
        text += concat(",\"allocations\":", r.memory.allocations, ",\"allocated_bytes\":", r.memory.allocated_bytes,
                       ",\"retained_bytes\":", r.memory.retained_bytes, ",\"peak_bytes\":", r.memory.peak_bytes);
}

std::string summary_json(summary const& s) {
    std::string text =
        concat("{\"succeeded\":", s.n_succeeded, ",\"failed\":", s.n_failed, ",\"skipped\":", s.n_skipped,
               ",\"omitted\":", s.n_omitted, ",\"cancelled\":", s.n_cancelled, ",\"threads\":", s.threads,
               ",\"wall_s\":", s.wall_s, ",\"work_s\":", s.work_s, ",\"span_s\":", s.span_s, ",\"critical_path\":[");
    for (char const* comma = ""; std::string const& name : s.critical_path) {
        text += std::exchange(comma, ",");
        append_json_string(text, name);
    }
    return text + "]}";
}

}  // namespace

std::string to_dot(graph const& g) {
    auto const& state = detail::graph_access::state(g);
    detail::order_list const orders{state.orders};
    return dot_text({state, orders, state.families.size(), state.total.n_tasks}, [](std::uint32_t) { return look{}; });
}

std::string to_dot(run const& r) {
    auto const& of = detail::run_access::state(r);
    return dot_text({*of.graph, of.steps->orders, of.steps->n_families, of.steps->n_tasks},
                    [&](std::uint32_t f) { return look_of_family(of, f); });
}

std::string to_json(graph const& g) {
    auto const& state = detail::graph_access::state(g);
    detail::order_list const orders{state.orders};
    return tasks_json({state, orders, state.families.size(), state.total.n_tasks}, g.levels(),
                      [](std::string&, std::uint32_t) {}) +
           "}\n";
}

std::string to_json(run const& r) {
    auto const& of = detail::run_access::state(r);
    return tasks_json({*of.graph, of.steps->orders, of.steps->n_families, of.steps->n_tasks}, of.steps->levels(),
                      [&, records = r.records()](std::string& text, std::uint32_t id) {
                          append_record(text, records[id], of.timed);
                      }) +
           concat(",\n\"summary\":", summary_json(r.summary()), "}\n");
}

}  // namespace poise::task
