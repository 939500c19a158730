// SPDX-License-Identifier: MIT
#include "profile/html/timeline.hpp"

#include <algorithm>
#include <limits>
#include <unordered_map>
#include <unordered_set>

namespace poise::profile::detail {
namespace {

constexpr double finest = 200000.0;  // of the whole, what is joined first
using task_set = std::unordered_set<std::uint64_t>;

struct chain_end {
    double begins_s = std::numeric_limits<double>::infinity();
    double takes_s = 0.0;           // in all its pieces
    double length_s = 0.0;          // of the longest chain up to and with it
    std::uint64_t previous_id = 0;  // in that chain
};

// Joins the events of one row. Events come by start, outer before inner.
class joiner {
public:
    joiner(double shortest_s, task_set const& alone) : shortest_s_{shortest_s}, alone_{alone} {}

    void add(timeline_event const& e) {
        while (!around_.empty() && around_.back().stop_s <= e.start_s) around_.pop_back();
        std::size_t const depth = around_.size();
        std::size_t const parent = depth == 0 ? none : around_.back().place;
        if (last_.size() <= depth) last_.resize(depth + 1);
        bool const is_short = e.stop_s - e.start_s < shortest_s_ && (e.id == 0 || !alone_.contains(e.id));
        if (!is_short || !joins(last_[depth], parent, e)) start(e, depth, parent, is_short);
        around_.push_back({last_[depth].place, e.stop_s});
    }
    [[nodiscard]] std::vector<drawn_event>& result() noexcept { return made_; }

private:
    static constexpr std::size_t none = ~std::size_t{0};
    struct open_event {
        std::size_t place;
        double stop_s;
    };
    struct last_event {
        std::size_t place = none;
        std::size_t parent = none;
        bool is_short = false;
    };

    bool joins(last_event const& last, std::size_t parent, timeline_event const& e) {
        if (!last.is_short || last.parent != parent) return false;
        drawn_event& before = made_[last.place];
        // No longer than what is too short to stand alone, so that one still sees where the calls were.
        if (e.stop_s - before.start_s > shortest_s_) return false;
        if (before.name != e.name) before.name = drawn_event::several;
        before.stop_s = std::max(before.stop_s, e.stop_s);
        before.busy_s += e.stop_s - e.start_s;
        before.id = 0;
        ++before.events;
        return true;
    }
    void start(timeline_event const& e, std::size_t depth, std::size_t parent, bool is_short) {
        last_[depth] = {made_.size(), parent, is_short};
        made_.push_back({e.name, e.kind, depth, e.start_s, e.stop_s, e.stop_s - e.start_s, 1, e.id});
    }

    double shortest_s_;
    task_set const& alone_;
    std::vector<open_event> around_;
    std::vector<last_event> last_;  // by depth
    std::vector<drawn_event> made_;
};

std::size_t join(timeline const& events, task_set const& alone, drawn_timeline& made) {
    std::size_t n = 0;
    made.rows.clear();
    for (timeline_row const& row : events.rows) {
        joiner rectangles{made.shortest_s, alone};
        for (timeline_event const& e : row.events) rectangles.add(e);
        n += rectangles.result().size();
        made.rows.push_back({&row, std::move(rectangles.result())});
    }
    return n;
}

// The greatest depth at which the rectangles above it are no more than `most`; the top level stays in any case.
std::size_t depth_that_fits(drawn_timeline const& made, std::size_t most) {
    std::vector<std::size_t> at_depth;
    for (drawn_row const& row : made.rows)
        for (drawn_event const& e : row.events) {
            if (at_depth.size() <= e.depth) at_depth.resize(e.depth + 1);
            ++at_depth[e.depth];
        }
    std::size_t depth = 0, n = 0;
    while (depth < at_depth.size() && (n += at_depth[depth]) <= most) ++depth;
    return std::max<std::size_t>(depth, 1);
}

void leave_out_deepest(drawn_timeline& made, std::size_t most) {
    std::size_t const depth = depth_that_fits(made, most);
    for (drawn_row& row : made.rows)
        std::erase_if(row.events, [&](drawn_event const& e) {
            if (e.depth >= depth) made.left_out += e.events;
            return e.depth >= depth;
        });
}

double span_of(timeline const& events) {
    double span_s = 0.0;
    for (timeline_row const& row : events.rows)
        for (timeline_event const& e : row.events) span_s = std::max(span_s, e.stop_s);
    for (memory_point const& p : events.memory) span_s = std::max(span_s, p.at_s);
    return span_s;
}

}  // namespace

critical_chain critical_chain_of(timeline const& events) {
    std::unordered_map<std::uint64_t, chain_end> tasks;
    for (timeline_row const& row : events.rows)
        for (timeline_event const& e : row.events) {
            if (e.id == 0) continue;
            chain_end& task = tasks[e.id];
            task.begins_s = std::min(task.begins_s, e.start_s);
            task.length_s = task.takes_s += e.stop_s - e.start_s;
        }
    std::vector<task_edge> edges;
    for (task_edge const& e : events.edges)
        if (tasks.contains(e.from) && tasks.contains(e.to) &&
            tasks[e.from].begins_s < tasks[e.to].begins_s)  // so that there is no cycle
            edges.push_back(e);
    std::ranges::sort(edges, {}, [&](task_edge const& e) { return tasks[e.to].begins_s; });
    chain_end* last = nullptr;
    std::uint64_t last_id = 0;
    for (task_edge const& e : edges) {
        chain_end& to = tasks[e.to];
        double const length_s = tasks[e.from].length_s + to.takes_s;
        if (length_s > to.length_s) to.length_s = length_s, to.previous_id = e.from;
        if (last == nullptr || to.length_s > last->length_s) last = &to, last_id = e.to;
    }
    critical_chain found;
    if (last == nullptr) return found;
    found.length_s = last->length_s;
    for (std::uint64_t id = last_id; id != 0; id = tasks[id].previous_id) found.tasks.push_back(id);
    std::ranges::reverse(found.tasks);
    return found;
}

drawn_timeline drawn(timeline const& events, std::size_t most, critical_chain const& critical) {
    drawn_timeline made;
    for (timeline_row const& row : events.rows) made.events += row.events.size();
    made.span_s = span_of(events);
    task_set alone;
    if (critical.tasks.size() <= most / 4) alone.insert(critical.tasks.begin(), critical.tasks.end());
    std::size_t n = join(events, alone, made);
    while (n > most && made.shortest_s < made.span_s) {
        double const too_many = static_cast<double>(n) / static_cast<double>(std::max<std::size_t>(most, 1));
        made.shortest_s = std::max(made.span_s / finest, made.shortest_s * std::max(1.5, too_many));
        n = join(events, alone, made);
    }
    if (n > most) leave_out_deepest(made, most);
    for (drawn_row const& row : made.rows)
        for (drawn_event const& e : row.events) made.joined += e.events > 1 ? e.events : 0;
    return made;
}

std::vector<memory_point> thinned(std::vector<memory_point> const& points, std::size_t most) {
    if (points.size() <= most || most < 4) return points.size() <= most ? points : std::vector<memory_point>{};
    std::size_t const stretch = (4 * points.size() + most - 1) / most;
    std::vector<memory_point> kept;
    for (std::size_t begin = 0; begin < points.size(); begin += stretch) {
        auto const first = points.begin() + static_cast<std::ptrdiff_t>(begin);
        auto const end = points.begin() + static_cast<std::ptrdiff_t>(std::min(begin + stretch, points.size()));
        auto [low, high] = std::minmax_element(first, end, [](memory_point const& a, memory_point const& b) {
            return a.heap_live_bytes < b.heap_live_bytes;
        });
        if (high < low) std::swap(low, high);
        for (auto const p : {first, low, high, end - 1})
            if (kept.empty() || !(kept.back() == *p)) kept.push_back(*p);
    }
    return kept;
}

}  // namespace poise::profile::detail
