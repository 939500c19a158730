// SPDX-License-Identifier: MIT
// The rules of advise(), by what they look at.
#pragma once

#include <poise/profile/advice.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace poise::profile::detail {

/// What rules look at and where they put what they find.
class findings {
public:
    findings(snapshot const& s, timeline const& t, advice_options const& o);

    snapshot const& seen;
    timeline const& events;
    advice_options const& options;
    std::vector<advice> found;

    /// What a time summed over threads is of the wall time, if the work is spread as it was.
    [[nodiscard]] double of_wall(double summed_s) const noexcept { return summed_s / threads_at_work_; }
    /// Whether so many seconds of wall time are worth a word.
    [[nodiscard]] bool matters(double wall_s) const noexcept { return wall_s >= options.min_share * seen.wall_s; }
    [[nodiscard]] double share(double wall_s) const noexcept { return wall_s / seen.wall_s; }
    /// Adds it when its gain matters.
    void add(advice&& a);

    /// The value of a counter or a gauge, the sum of a histogram; series of one name are added up. Empty where there is
    /// no such metric.
    [[nodiscard]] std::optional<double> metric_value(std::string_view name) const;

private:
    double threads_at_work_ = 1.0;
};

/// "12.3 %".
[[nodiscard]] std::string percent(double share);

void look_at_caches(findings& all);
void look_at_scopes(findings& all);
void look_at_main_thread(findings& all);
void look_at_tasks(findings& all);

/// The longest path of tasks through the edges; without tasks where there are no edges.
struct task_path {
    std::size_t n_tasks = 0;
    double seconds = 0.0;
    std::string longest;  ///< name of its longest task
    double longest_s = 0.0;
};
[[nodiscard]] task_path critical_path(timeline const& events);

}  // namespace poise::profile::detail
