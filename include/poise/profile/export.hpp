// SPDX-License-Identifier: MIT
// Profiles in the formats of other people's tools: spreadsheets, flame graphs, speedscope.
#pragma once

#include <poise/profile/snapshot.hpp>

#include <string>

namespace poise::profile {

/// A table with one row per scope of the logical tree, in its order, outer before inner; the header line names the
/// columns with their units. The path joins names by '/'; a '/' or '\' of a name itself has a '\' before it. Quoted as
/// in RFC 4180, lines end with '\n'; bytes that are no UTF-8 become U+FFFD. Cost: some 2 µs per scope.
[[nodiscard]] std::string to_csv(snapshot const& s);

/// Collapsed stacks, "run;solve;factor 1250": a line per scope of the logical tree with its exclusive time in whole
/// microseconds, those below half of one left out. What flamegraph.pl, inferno and speedscope read. In names ';'
/// becomes
/// ',', control characters become blanks, bytes that are no UTF-8 become U+FFFD.
[[nodiscard]] std::string to_collapsed(snapshot const& s);
/// The same of functions, with the number of samples in each itself.
[[nodiscard]] std::string to_collapsed(sampled_profile const& p);

/// A file for https://www.speedscope.app, several profiles in one, in seconds: the timeline of each thread, where it
/// has events; "all threads", the logical tree weighted by exclusive time; the tree of each thread where there are
/// several; each sampled profile, its samples weighted by duration_s / samples, 1 where there is no duration. Source:
/// https://www.speedscope.app/file-format-schema.json.
[[nodiscard]] std::string to_speedscope(snapshot const& s, timeline const& events = {});

/// The same as files, whole or not at all: throw file_error when they cannot be written.
void write_csv(std::string const& path, snapshot const& s);
void write_collapsed(std::string const& path, snapshot const& s);
void write_collapsed(std::string const& path, sampled_profile const& p);
void write_speedscope(std::string const& path, snapshot const& s, timeline const& events = {});

}  // namespace poise::profile
