// SPDX-License-Identifier: MIT
// Private to src/linear: groups of strongly coupled points that the coarser grid cannot move.
#pragma once

#include "linear/multigrid/level.hpp"

#include <span>

namespace poise::linear::detail {

/// Sets the level's islands. A group of points that are strongly coupled to each other and weakly to the rest moves as
/// one, which point smoothing does not do; interpolation does it where the group has coarse points from which all of it
/// takes its values. The others are found here. The level's weights must be known.
template <std::size_t D>
void find_islands(multigrid_level<D>& level, multigrid_level<D> const& coarse);

/// Moves every island to where its summed-up equation holds, in order or backwards.
template <std::size_t D>
void settle_islands(multigrid_level<D> const& level, std::span<double const> b, std::span<double> x, bool backwards);

}  // namespace poise::linear::detail
