// SPDX-License-Identifier: MIT
// Everything a snapshot holds as one page that needs no network and no other file.
#pragma once

#include <poise/profile/advice.hpp>
#include <poise/profile/snapshot.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace poise::profile {

struct html_options {
    std::string title = "poise profile";
    /// Scopes below this share of the wall time, and of the bytes allocated, are joined to one line under their parent;
    /// functions below this share of the samples likewise. Sums stay exact. 0 joins none.
    double fold_below = 0.001;
    /// At most about so many scopes in each of the two trees, and functions in all sampled profiles; the smallest are
    /// joined. At most so many events on the timeline; the shortest neighbours are joined.
    std::size_t max_nodes = 5000;
    std::size_t max_events = 16000;
    /// Should the page be larger, it is made anew with half of every limit, until it fits or nothing is left to halve.
    std::size_t max_bytes = 2'000'000;
    /// The cards of the summary; advise() makes them where nothing is given.
    std::optional<std::vector<profile::advice>> advice = {};
};

/// The page: summary and advice, tree of scopes (logical, by thread, by name), flame graph, timeline with memory below,
/// allocation sites, sampled functions, comparisons, measurements, metrics; what the snapshot has none of is left out.
/// It loads nothing and sends nothing: a Content-Security-Policy allows its own script and style, by their hashes, and
/// nothing else. Names of any bytes are shown as text, what cannot be printed as an escape (\n, \u202e).
/// Throws std::invalid_argument for a fold_below outside [0, 1]. Cost: some ten milliseconds for 10⁵ scopes.
/// Thread-safe.
[[nodiscard]] std::string to_html(snapshot const& shown, timeline const& events, html_options const& chosen = {});

/// to_html() as a file, written whole or not at all: throws file_error when it cannot be.
void write_html(std::string const& path, snapshot const& shown, timeline const& events,
                html_options const& chosen = {});
/// …of what is measured now: report() and take_timeline().
void write_html(std::string const& path, html_options const& chosen = {});

}  // namespace poise::profile
