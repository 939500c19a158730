// SPDX-License-Identifier: MIT
// The places that allocate, with names for their addresses.
#pragma once

#include <poise/profile/snapshot.hpp>

#include <vector>

namespace poise::profile::detail {

/// The most bytes first. Frames of operator new and of the profiler itself are left out.
[[nodiscard]] std::vector<allocation_site> site_statistics();

}  // namespace poise::profile::detail
