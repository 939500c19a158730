// SPDX-License-Identifier: MIT
// The latest results of measure(), compare() and sample(), kept for reports.
#pragma once

#include <poise/profile/compare.hpp>
#include <poise/profile/sample.hpp>

#include <cstddef>
#include <vector>

namespace poise::profile::detail {

/// Of each kind; older ones are dropped.
inline constexpr std::size_t most_remembered = 32;

/// In the order they were found.
struct remembered {
    std::vector<measurement> measurements;
    std::vector<comparison> comparisons;
    std::vector<sampled_profile> samples;
};

/// Keeps a copy if profiling is on. Thread-safe, like all of these.
void remember(measurement const& found);
void remember(comparison const& found);
void remember(sampled_profile const& found);

/// Copies; nothing is removed.
[[nodiscard]] remembered take_remembered();
void forget() noexcept;

void before_fork_of_remembered() noexcept;
void after_fork_of_remembered() noexcept;

}  // namespace poise::profile::detail
