// SPDX-License-Identifier: MIT
// How long the page of a large profile takes, and how large it is. Usage: profile_html [scopes, 100000 by default]
#include "alternate.hpp"

#include <poise/profile/html.hpp>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

namespace {

namespace profile = poise::profile;

// Ten phases; the k-th longest scope in one takes 1/k of the longest, so that some stay above any share.
profile::snapshot scopes(std::size_t n) {
    profile::snapshot made;
    made.wall_s = 10.0;
    for (std::size_t top = 0; top < 10; ++top) {
        profile::scope_statistics phase;
        phase.name = "phase " + std::to_string(top);
        phase.calls = phase.timed_calls = 1;
        phase.inclusive_s = 1.0;
        for (std::size_t k = 1; k < n / 10; ++k) {
            profile::scope_statistics work;
            work.name = "a scope of a name of usual length " + std::to_string(k);
            work.calls = work.timed_calls = 7 * k;
            work.inclusive_s = work.exclusive_s = 0.08 / static_cast<double>(k);
            work.min_s = work.p50_s = work.p90_s = work.p99_s = work.max_s =
                work.inclusive_s / static_cast<double>(7 * k);
            work.allocated_bytes = 1000 * k;
            phase.children.push_back(std::move(work));
        }
        made.root.children.push_back(std::move(phase));
    }
    made.threads.push_back({0, "main", made.root});
    return made;
}

profile::timeline calls(std::size_t n) {
    profile::timeline made;
    made.names = {"outer", "inner"};
    made.rows.push_back({0, "main", {}});
    double const each_s = 20.0 / static_cast<double>(n);
    for (std::size_t i = 0; i < n / 2; ++i) {
        double const start_s = each_s * static_cast<double>(i);
        made.rows[0].events.push_back({0, profile::category::phase, start_s, start_s + 0.9 * each_s, 0});
        made.rows[0].events.push_back({1, profile::category::phase, start_s + 0.2 * each_s, start_s + 0.8 * each_s, 0});
    }
    return made;
}

}  // namespace

int main(int n_arguments, char** arguments) {
    std::size_t const n = n_arguments > 1 ? std::strtoull(arguments[1], nullptr, 10) : 100000;
    profile::snapshot const shown = scopes(n);
    profile::timeline const events = calls(n);
    profile::html_options const all{
        .fold_below = 0.0, .max_nodes = 10 * n, .max_events = 10 * n, .max_bytes = ~std::size_t{0}};
    std::size_t folded_bytes = 0, whole_bytes = 0;
    auto const seconds = poise_bench::alternate(
        {[&] { return poise_bench::seconds_of([&] { folded_bytes = profile::to_html(shown, events).size(); }); },
         [&] { return poise_bench::seconds_of([&] { whole_bytes = profile::to_html(shown, events, all).size(); }); }},
        11);
    std::printf("%zu scopes, %zu calls on the timeline, median of 11 (MAD)\n", n, events.rows[0].events.size());
    std::printf("page as it is by default: %7.2f ms (%.2f), %9zu bytes\n", 1e3 * poise_bench::median(seconds[0]),
                1e3 * poise_bench::mad(seconds[0]), folded_bytes);
    std::printf("page with all of them:    %7.2f ms (%.2f), %9zu bytes\n", 1e3 * poise_bench::median(seconds[1]),
                1e3 * poise_bench::mad(seconds[1]), whole_bytes);
}
