// SPDX-License-Identifier: MIT
#include "task/critical_path.hpp"

#include <algorithm>
#include <vector>

namespace poise::task::detail {
namespace {

constexpr std::uint32_t nobody = UINT32_MAX;

// One sweep in order: the longest path to the end of each node, and the node before it on that path. Gates take no
// time.
class longest_paths {
public:
    explicit longest_paths(run_state const& of)
        : of_{of},
          steps_{*of.steps},
          path_s_(steps_.n_nodes),
          before_(steps_.n_nodes, nobody),
          ready_(steps_.n_nodes, of.started) {}

    void find(summary& s) {
        std::uint32_t last = nobody;
        for (std::size_t i = 0; i < steps_.n_nodes; ++i) {
            std::uint32_t const n = steps_.in_order(i);
            auto end = ready_[n];
            if (before_[n] != nobody) path_s_[n] = path_s_[before_[n]];
            if (!steps_.is_gate(n)) {
                end = of_.when[n].end;
                double const task_s = of_.seconds(end) - of_.seconds(of_.start_of(n, ready_[n]));
                s.work_s += task_s;
                path_s_[n] += task_s;
                if (last == nobody || path_s_[n] > path_s_[last]) last = n;
            }
            for (plan::edge const e : steps_.successors(steps_.nodes[n])) {
                ready_[e.to()] = std::max(ready_[e.to()], end);
                std::uint32_t& before = before_[e.to()];
                if (before == nobody || path_s_[n] > path_s_[before]) before = n;
            }
        }
        s.span_s = last == nobody ? 0.0 : path_s_[last];
        for (; last != nobody; last = before_[last])
            if (!steps_.is_gate(last)) s.critical_path.push_back(of_.name_of(last));
        std::ranges::reverse(s.critical_path);
    }

private:
    run_state const& of_;
    plan const& steps_;
    std::vector<double> path_s_;
    std::vector<std::uint32_t> before_;
    std::vector<profile::detail::ticks> ready_;
};

}  // namespace

summary summarise(run_state const& of) {
    summary s;
    s.n_failed = of.n_failed;
    s.n_skipped = of.n_skipped;
    s.n_omitted = of.n_omitted;
    s.n_cancelled = of.n_cancelled;
    s.n_succeeded = of.steps->n_tasks - of.n_failed - of.n_skipped - of.n_omitted - of.n_cancelled;
    if (of.store) {
        s.n_kept = of.store->n_loaded();
        s.store_problem = of.store->problem();
    }
    s.threads = of.threads;
    s.threads_at_work = of.threads_at_work;
    s.wall_s = of.wall_s();
    if (of.timed) longest_paths{of}.find(s);
    return s;
}

}  // namespace poise::task::detail
