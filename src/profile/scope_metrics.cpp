// SPDX-License-Identifier: MIT
#include "profile/scope_metrics.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace poise::profile::detail {
namespace {

struct placed_scope {
    std::string path;
    scope_statistics const* scope;
};

void place(scope_statistics const& parent, std::string const& above, std::vector<placed_scope>& all) {
    for (auto const& s : parent.children) {
        std::string const path = above.empty() ? s.name : above + '/' + s.name;
        all.push_back({path, &s});
        place(s, path, all);
    }
}

// Adds one family: a value per scope that has series of its own, and what the others share where that means something.
struct family_maker {
    std::vector<placed_scope> const& shown;
    std::vector<placed_scope> const& others;
    metrics_snapshot& into;

    template <class Value>
    void add(std::string_view name, metric_kind kind, std::string_view help, Value const& value) const {
        for (auto const& [path, scope] : shown) add_series(name, kind, help, path, static_cast<double>(value(*scope)));
    }
    template <class Value>
    void add_with_others(std::string_view name, std::string_view help, Value const& value) const {
        add(name, metric_kind::counter, help, value);
        double sum = 0.0;
        for (auto const& other : others) sum += static_cast<double>(value(*other.scope));
        if (!others.empty()) add_series(name, metric_kind::counter, help, "(other)", sum);
    }
    template <class Value>
    void add_if_any(std::string_view name, std::string_view help, Value const& value) const {
        if (std::ranges::any_of(shown, [&](placed_scope const& s) { return value(*s.scope) > 0.0; }))
            add(name, metric_kind::counter, help, value);
    }

private:
    void add_series(std::string_view name, metric_kind kind, std::string_view help, std::string const& path,
                    double value) const {
        into.push_back({std::string{name}, kind, value, {{"path", path}}, {}, std::string{help}});
    }
};

}  // namespace

metrics_snapshot scope_metrics(snapshot const& taken, std::size_t max_scopes) {
    std::vector<placed_scope> shown;
    place(taken.root, "", shown);
    std::vector<placed_scope> others;
    if (shown.size() > max_scopes) {
        std::ranges::stable_sort(shown, std::ranges::greater{}, [](auto const& s) { return s.scope->inclusive_s; });
        others.assign(shown.begin() + static_cast<std::ptrdiff_t>(max_scopes), shown.end());
        shown.resize(max_scopes);
    }
    metrics_snapshot metrics;
    if (shown.empty() && others.empty()) return metrics;
    family_maker const make{shown, others, metrics};
    make.add_with_others("scope.calls", "How often a scope was entered.", [](auto const& s) { return s.calls; });
    make.add("scope.seconds", metric_kind::counter, "Time inside a scope, summed over threads.",
             [](auto const& s) { return s.inclusive_s; });
    make.add_with_others("scope.self_seconds", "Time inside a scope and in no scope inside it.",
                         [](auto const& s) { return s.exclusive_s; });
    if (taken.has_allocations) {
        make.add("scope.allocations", metric_kind::counter, "Calls of operator new inside a scope.",
                 [](auto const& s) { return s.allocations; });
        make.add("scope.allocated_bytes", metric_kind::counter, "Bytes taken by operator new inside a scope.",
                 [](auto const& s) { return s.allocated_bytes; });
        make.add("scope.peak_bytes", metric_kind::gauge, "The most one call of a scope held at a time.",
                 [](auto const& s) { return s.peak_bytes; });
    }
    make.add_if_any("scope.moved_bytes", "Bytes that a scope says it moved.",
                    [](auto const& s) { return s.moved_bytes; });
    make.add_if_any("scope.flops", "Floating-point operations that a scope says it did.",
                    [](auto const& s) { return s.flops; });
    return metrics;
}

metrics_snapshot process_metrics(snapshot const& taken) {
    metrics_snapshot metrics;
    auto const add = [&](char const* name, metric_kind kind, double value, char const* help) {
        metrics.push_back({name, kind, value, {}, {}, help});
    };
    add("profile.wall_seconds", metric_kind::counter, taken.wall_s, "Time profiling was on.");
    if (taken.has_allocations) {
        add("heap.live_bytes", metric_kind::gauge, static_cast<double>(taken.memory.heap_live_bytes),
            "Held by operator new, of what was taken since profiling began.");
        add("heap.peak_bytes", metric_kind::gauge, static_cast<double>(taken.memory.heap_peak_bytes),
            "The most that operator new held.");
    }
    add("resident.bytes", metric_kind::gauge, static_cast<double>(taken.resident_bytes),
        "Resident set of the process.");
    add("resident.peak_bytes", metric_kind::gauge, static_cast<double>(taken.resident_peak_bytes),
        "The most the resident set ever was.");
    return metrics;
}

}  // namespace poise::profile::detail
