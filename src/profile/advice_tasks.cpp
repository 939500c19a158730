// SPDX-License-Identifier: MIT
#include "profile/advice_rules.hpp"
#include "profile/scope_paths.hpp"

#include <poise/core/concat.hpp>

#include <algorithm>

namespace poise::profile::detail {
namespace {

struct task_sum {
    std::uint64_t calls = 0;
    double inclusive_s = 0.0;
};
task_sum tasks_below(scope_statistics const& parent) noexcept {
    task_sum sum;
    for (auto const& child : parent.children) {
        if (child.kind != category::task) continue;
        sum.calls += child.calls;
        sum.inclusive_s += child.inclusive_s;
    }
    return sum;
}

std::string place(std::string const& path) { return path.empty() ? std::string{"(top level)"} : path; }

void look_for_small_tasks(findings& all, std::string const& path, scope_statistics const& parent, double overhead_s) {
    task_sum const tasks = tasks_below(parent);
    if (tasks.calls == 0) return;
    double const n = static_cast<double>(tasks.calls);
    double const mean_s = tasks.inclusive_s / n;
    double const long_enough_s = all.options.min_task_overheads * overhead_s;
    if (mean_s >= long_enough_s || mean_s <= 0.0) return;
    // Of tasks that are just long enough for the same work, so many would be left.
    double const n_left = tasks.inclusive_s / long_enough_s;
    all.add({.rule = advice_rule::small_tasks,
             .scope = place(path),
             .value = mean_s,
             .number = concat(seconds_to_text(mean_s), " a task"),
             .message = concat(tasks.calls, " tasks of ", seconds_to_text(mean_s),
                               " on average, and a task costs some ", seconds_to_text(overhead_s)),
             .remedy = concat("Give each task a range of the work, ", seconds_to_text(long_enough_s),
                              " or more: fewer, larger tasks."),
             .gain_s = all.of_wall(overhead_s * (n - n_left))});
}

// Where most of the tasks' time was spent: the parent of the tasks.
std::string scope_of_tasks(scope_statistics const& root) {
    std::string found;
    double most_s = tasks_below(root).inclusive_s;
    for_each_scope(root, [&](std::string const& path, scope_statistics const& s) {
        double const seconds = tasks_below(s).inclusive_s;
        if (seconds > most_s) {
            most_s = seconds;
            found = path;
        }
    });
    return place(found);
}

// Brent: wall >= max(work / threads, span). The run is bound by the second where the first is well below it.
void look_at_critical_path(findings& all) {
    auto const work = all.metric_value("task.run.work_seconds"), span = all.metric_value("task.run.span_seconds");
    auto const wall = all.metric_value("task.run.wall_seconds"), threads = all.metric_value("task.run.threads");
    if (!work || !span || !wall || !threads || *threads < 2.0 || *span <= 0.0) return;
    double const shared_s = *work / *threads;
    auto const& o = all.options;
    if (*span < o.min_span_share * *wall || shared_s >= o.min_span_share * *span) return;
    double const parallelism = *work / *span;
    std::string const number = concat(to_text(parallelism, 3), " threads' worth of work");
    std::string message = concat("the longest path takes ", seconds_to_text(*span), " of ", seconds_to_text(*wall),
                                 "; the graph has ", number, ", the executor ", to_text(*threads, 4));
    task_path const path = critical_path(all.events);
    if (path.n_tasks != 0)
        message += concat("; longest on it: '", path.longest, "', ", seconds_to_text(path.longest_s));
    all.add({.rule = advice_rule::critical_path,
             .scope = scope_of_tasks(all.seen.root),
             .value = parallelism,
             .number = number,
             .message = std::move(message),
             .remedy = "Split or shorten the tasks of the longest path, or start it first; more threads do not help.",
             .gain_s = *wall - shared_s});
}

}  // namespace

void look_at_tasks(findings& all) {
    look_at_critical_path(all);
    double const measured_s = all.metric_value("task.overhead_seconds").value_or(0.0);
    double const overhead_s = measured_s > 0.0 ? measured_s : all.options.task_overhead_s;
    look_for_small_tasks(all, "", all.seen.root, overhead_s);
    for_each_scope(all.seen.root, [&](std::string const& path, scope_statistics const& s) {
        look_for_small_tasks(all, path, s, overhead_s);
    });
}

}  // namespace poise::profile::detail
