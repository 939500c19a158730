// SPDX-License-Identifier: MIT
#include "task/critical_path.hpp"

#include <algorithm>

namespace poise::task::detail {
namespace {

constexpr std::uint32_t nobody = UINT32_MAX;

}  // namespace

// Ids are a topological order, so one sweep finds the longest path to the end of every task. Tasks of one family have
// the same inputs, hence the same predecessor on it.
summary summarise(graph_state const& g, std::vector<record> const& records) {
    summary s;
    std::vector<double> path_s(records.size());
    std::vector<std::uint32_t> latest_input(g.families.size(), nobody);
    std::uint32_t last = nobody;
    for (std::uint32_t id = 0; id < records.size(); ++id) {
        record const& r = records[id];
        graph_state::family const& family = g.of(id);
        std::uint32_t& before = latest_input[g.family_of[id]];
        if (id == family.first)
            for (std::uint32_t const input : family.inputs)
                if (before == nobody || path_s[input] > path_s[before]) before = input;
        path_s[id] = (r.end_s - r.start_s) + (before == nobody ? 0.0 : path_s[before]);
        s.work_s += r.end_s - r.start_s;
        if (last == nobody || path_s[id] > path_s[last]) last = id;
        s.n_succeeded += r.state == state::succeeded;
        s.n_failed += r.state == state::failed;
        s.n_skipped += r.state == state::skipped;
    }
    s.span_s = last == nobody ? 0.0 : path_s[last];
    for (; last != nobody; last = latest_input[g.family_of[last]]) s.critical_path.push_back(records[last].name);
    std::ranges::reverse(s.critical_path);
    return s;
}

}  // namespace poise::task::detail
