// SPDX-License-Identifier: MIT
#include "profile/advice_rules.hpp"

#include <cstdint>
#include <unordered_map>

namespace poise::profile::detail {
namespace {

struct task {
    std::uint32_t name = 0;
    double seconds = 0.0;
    double path_s = 0.0;  // of the longest path that ends with it
    std::size_t n_inputs = 0;
    task* before = nullptr;
    std::vector<task*> dependents;
};

using tasks = std::unordered_map<std::uint64_t, task>;

tasks tasks_of(timeline const& events) {
    tasks all;
    for (auto const& row : events.rows)
        for (auto const& e : row.events) {
            if (e.id == 0) continue;
            task& t = all[e.id];
            t.name = e.name;
            t.seconds += e.stop_s - e.start_s;
        }
    for (auto const& edge : events.edges) {
        auto const from = all.find(edge.from), to = all.find(edge.to);
        if (from == all.end() || to == all.end() || from == to) continue;
        from->second.dependents.push_back(&to->second);
        ++to->second.n_inputs;
    }
    return all;
}

// A sweep in topological order. Tasks in a cycle, which no executor makes, are never reached.
task* end_of_longest(tasks& all) {
    std::vector<task*> ready;
    for (auto& [id, t] : all)
        if (t.n_inputs == 0) ready.push_back(&t);
    task* last = nullptr;
    while (!ready.empty()) {
        task* const t = ready.back();
        ready.pop_back();
        t->path_s = t->seconds + (t->before != nullptr ? t->before->path_s : 0.0);
        if (last == nullptr || t->path_s > last->path_s) last = t;
        for (task* const next : t->dependents) {
            if (next->before == nullptr || t->path_s > next->before->path_s) next->before = t;
            if (--next->n_inputs == 0) ready.push_back(next);
        }
    }
    return last;
}

}  // namespace

task_path critical_path(timeline const& events) {
    if (events.edges.empty()) return {};
    tasks all = tasks_of(events);
    task_path path;
    task const* last = end_of_longest(all);
    if (last != nullptr) path.seconds = last->path_s;
    for (; last != nullptr; last = last->before) {
        ++path.n_tasks;
        if (path.n_tasks != 1 && last->seconds <= path.longest_s) continue;
        path.longest_s = last->seconds;
        path.longest = last->name < events.names.size() ? events.names[last->name] : "?";
    }
    return path;
}

}  // namespace poise::profile::detail
