// SPDX-License-Identifier: MIT
// What an interval of a ratio says.
#pragma once

#include <poise/profile/compare.hpp>

namespace poise::profile::detail {

/// slower and faster: the whole interval lies beyond 1 + min_effect, or below its reciprocal; equivalent: between them.
[[nodiscard]] verdict judge(interval const& ratio, double min_effect) noexcept;

}  // namespace poise::profile::detail
