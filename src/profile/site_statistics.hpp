// SPDX-License-Identifier: MIT
// The places that allocate, with names for their addresses.
#pragma once

#include <poise/profile/snapshot.hpp>

#include <vector>

namespace poise::profile::detail {

/// The most bytes first. The innermost frames are left out as far as they are those of operator new, of the standard
/// library and of the profiler itself.
[[nodiscard]] std::vector<allocation_site> site_statistics();

}  // namespace poise::profile::detail
