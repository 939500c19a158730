// SPDX-License-Identifier: MIT
// The parts of the page's data. Each writes one member of the object that the page's script reads.
#pragma once

#include "profile/html/json.hpp"

#include <poise/profile/html.hpp>

#include <cstddef>

namespace poise::profile::detail {

/// How much of everything goes on the page.
struct html_limits {
    double fold_below = 0.0;
    std::size_t nodes = 0;
    std::size_t events = 0;
    std::size_t functions = 400;
    std::size_t sites = 200;
    std::size_t frames_of_a_site = 64;
    std::size_t points = 2000;
    std::size_t slices = 240;
    std::size_t metrics = 2000;
    std::size_t results = 64;  ///< comparisons, measurements and sampled profiles, each

    void halve() noexcept {
        for (std::size_t* limit :
             {&nodes, &events, &functions, &sites, &frames_of_a_site, &points, &slices, &metrics, &results})
            *limit /= 2;
    }
    [[nodiscard]] bool exhausted() const noexcept {
        return nodes + events + functions + sites + points + slices + metrics + results == 0;
    }
};

/// "summary", "scopes" (logical), "threads" (physical; a thread is a node of depth 0).
void write_scopes(html_json& out, string_table& names, snapshot const& shown, html_limits const& most);
/// "timeline", "memory".
void write_timeline(html_json& out, string_table& names, snapshot const& shown, timeline const& events,
                    html_limits const& most);
/// "samples": of each profile the tree and the functions.
void write_samples(html_json& out, string_table& names, snapshot const& shown, html_limits const& most);
/// "sites".
void write_sites(html_json& out, string_table& names, snapshot const& shown, html_limits const& most);
/// "comparisons", "measurements".
void write_measurements(html_json& out, snapshot const& shown, html_limits const& most);
/// "metrics".
void write_metrics(html_json& out, snapshot const& shown, html_limits const& most);

}  // namespace poise::profile::detail
