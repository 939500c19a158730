// SPDX-License-Identifier: MIT
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

}  // namespace

char const* to_string(state s) noexcept {
    switch (s) {
        case state::succeeded:
            return "succeeded";
        case state::failed:
            return "failed";
        case state::skipped:
            return "skipped";
    }
    return "unknown";
}

std::ostream& operator<<(std::ostream& out, summary const& s) {
    out << s.n_succeeded << " tasks succeeded";
    if (s.n_failed > 0) out << ", " << s.n_failed << " failed";
    if (s.n_skipped > 0) out << ", " << s.n_skipped << " skipped";
    out << "\n  wall " << seconds_to_text(s.wall_s) << " on " << s.threads << (s.threads == 1 ? " thread" : " threads")
        << ", work " << seconds_to_text(s.work_s) << ", span " << seconds_to_text(s.span_s) << "\n  speed-up "
        << to_text(s.speed_up(), 3) << ", efficiency " << percent(s.efficiency()) << ", parallelism of the graph "
        << to_text(s.parallelism(), 3) << "\n  critical path: " << path_text(s.critical_path) << '\n';
    return out;
}

std::ostream& operator<<(std::ostream& out, failure_list const& failures) {
    for (record const& r : failures.records) out << r.name << ' ' << to_string(r.state) << ": " << r.message << '\n';
    return out;
}

failure_list run::failures() const {
    failure_list list;
    std::ranges::copy_if(records_, std::back_inserter(list.records),
                         [](record const& r) { return r.state != state::succeeded; });
    std::ranges::stable_partition(list.records, [](record const& r) { return r.state == state::failed; });
    return list;
}

void run::require_mine(std::uint64_t graph_id, std::uint32_t id) const {
    POISE_REQUIRE(graph_id == graph_id_, "run: the handle belongs to another graph");
    POISE_REQUIRE(id < records_.size(), "run: the task was added after this run, which has ", records_.size(),
                  " tasks");
}

}  // namespace poise::task
