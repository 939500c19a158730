// SPDX-License-Identifier: MIT
#include "task/critical_path.hpp"

#include <algorithm>
#include <vector>

namespace poise::task::detail {
namespace {

constexpr std::uint32_t nobody = UINT32_MAX;

// Ids are a topological order, so one sweep finds the longest path to the end of every task. Tasks of one family have
// the same inputs, hence the same predecessor on it.
void find_critical_path(run_state const& of, summary& s) {
    std::size_t const n_families = of.steps->n_families;
    std::vector<double> path_s(of.steps->n_tasks);
    std::vector<std::uint32_t> latest_input(n_families, nobody);
    std::uint32_t last = nobody;
    for (std::size_t f = 0; f < n_families; ++f) {
        auto const& family = of.graph->families[f];
        std::uint32_t& before = latest_input[f];
        for (auto const inputs : family.inputs())
            for (std::uint32_t input = inputs.first; input < inputs.first + inputs.count; ++input)
                if (before == nobody || path_s[input] > path_s[before]) before = input;
        auto const ready = of.ready_at(family);
        std::uint32_t const end = of.end_of_family(f);
        for (std::uint32_t id = family.first_id; id < end; ++id) {
            double const task_s = of.seconds(of.when[id].end) - of.seconds(of.start_of(id, ready));
            path_s[id] = task_s + (before == nobody ? 0.0 : path_s[before]);
            s.work_s += task_s;
            if (last == nobody || path_s[id] > path_s[last]) last = id;
        }
    }
    s.span_s = last == nobody ? 0.0 : path_s[last];
    while (last != nobody) {
        s.critical_path.push_back(of.name_of(last));
        last = latest_input[of.graph->family_of(last, n_families)];
    }
    std::ranges::reverse(s.critical_path);
}

}  // namespace

summary summarise(run_state const& of) {
    summary s;
    s.n_failed = of.n_failed;
    s.n_skipped = of.n_skipped;
    s.n_succeeded = of.steps->n_tasks - of.n_failed - of.n_skipped;
    s.threads = of.threads;
    s.wall_s = of.wall_s();
    if (of.timed) find_critical_path(of, s);
    return s;
}

}  // namespace poise::task::detail
