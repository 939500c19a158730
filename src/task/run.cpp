// SPDX-License-Identifier: MIT
#include "task/critical_path.hpp"
#include "task/records.hpp"

#include <poise/core/concat.hpp>
#include <poise/task/run.hpp>

#include <algorithm>
#include <ostream>

namespace poise::task {
namespace {

std::string percent(double fraction) { return concat(to_text(100.0 * fraction, 3), " %"); }

// Long paths are mostly alike: the first and the last few names say it.
std::string path_text(std::vector<std::string> const& path) {
    constexpr std::size_t shown_at_each_end = 4;
    std::string text;
    for (std::size_t i = 0; i < path.size(); ++i) {
        bool const hidden =
            path.size() > 2 * shown_at_each_end && i >= shown_at_each_end && i + shown_at_each_end < path.size();
        if (hidden && i > shown_at_each_end) continue;
        text += concat(i == 0 ? "" : " > ", hidden ? "..." : path[i]);
    }
    return text;
}

std::string at_work_text(summary const& s) {
    return s.threads_at_work < s.threads ? concat(" (", s.threads_at_work, " at work)") : std::string{};
}

}  // namespace

char const* to_string(state s) noexcept {
    switch (s) {
        case state::succeeded:
            return "succeeded";
        case state::failed:
            return "failed";
        case state::skipped:
            return "skipped";
        case state::omitted:
            return "omitted";
        case state::cancelled:
            return "cancelled";
    }
    return "unknown";
}

std::ostream& operator<<(std::ostream& out, summary const& s) {
    out << s.n_succeeded << " tasks succeeded";
    if (s.n_kept > 0) out << " (" << s.n_kept << " kept from before)";
    if (s.n_failed > 0) out << ", " << s.n_failed << " failed";
    if (s.n_skipped > 0) out << ", " << s.n_skipped << " skipped";
    if (s.n_omitted > 0) out << ", " << s.n_omitted << " omitted";
    if (s.n_cancelled > 0) out << ", " << s.n_cancelled << " cancelled";
    out << "\n  wall " << seconds_to_text(s.wall_s) << " on " << s.threads << (s.threads == 1 ? " thread" : " threads")
        << at_work_text(s) << ", work " << seconds_to_text(s.work_s) << ", span " << seconds_to_text(s.span_s)
        << "\n  speed-up " << to_text(s.speed_up(), 3) << ", efficiency " << percent(s.efficiency())
        << ", parallelism of the graph " << to_text(s.parallelism(), 3)
        << "\n  critical path: " << path_text(s.critical_path) << '\n';
    if (!s.store_problem.empty()) out << "  results were not kept: " << s.store_problem << '\n';
    return out;
}

std::ostream& operator<<(std::ostream& out, failure_list const& failures) {
    // One failure may stand for a million tasks that were skipped.
    constexpr std::size_t most_of_a_kind = 20;
    auto const& all = failures.records;
    for (auto first = all.begin(); first != all.end();) {
        auto const last = std::find_if(first, all.end(), [&](record const& r) { return r.state != first->state; });
        auto const n = static_cast<std::size_t>(last - first);
        for (std::size_t i = 0; i < std::min(n, most_of_a_kind); ++i)
            out << first[static_cast<std::ptrdiff_t>(i)].name << ' ' << to_string(first->state) << ": "
                << first[static_cast<std::ptrdiff_t>(i)].message << '\n';
        if (n > most_of_a_kind) out << "and " << n - most_of_a_kind << " more " << to_string(first->state) << '\n';
        first = last;
    }
    return out;
}

run::run(std::unique_ptr<detail::run_state> made) noexcept : state_{std::move(made)} {}
run::run(run&&) noexcept = default;
run& run::operator=(run&&) noexcept = default;
run::~run() = default;

run::operator bool() const noexcept { return state_->n_failed + state_->n_skipped + state_->n_cancelled == 0; }

std::vector<record> run::records() const { return detail::records_of(*state_); }

failure_list run::failures() const {
    failure_list list;
    for (auto const wanted : {state::failed, state::skipped, state::cancelled})
        for (std::uint32_t id = 0; id < state_->steps->n_tasks; ++id)
            if (state_->states[id] == wanted) list.records.push_back(detail::record_of(*state_, id));
    return list;
}

summary run::summary() const { return detail::summarise(*state_); }

void run::require_mine(std::uint64_t graph_id, std::uint32_t id) const {
    POISE_REQUIRE(graph_id == state_->graph_id, "run: the handle belongs to another graph");
    POISE_REQUIRE(id < state_->steps->n_tasks, "run: the task was added after this run, which has ",
                  state_->steps->n_tasks, " tasks");
}

}  // namespace poise::task
