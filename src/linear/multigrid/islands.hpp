// SPDX-License-Identifier: MIT
// Private to src/linear: groups of points that the coarser grid cannot move as one.
#pragma once

#include "linear/multigrid/level.hpp"

#include <vector>

namespace poise::linear::detail {

/// Of the points joined by strong couplings, those groups to which the interpolation P gives no coarse points of their
/// own, or too few, though they move as one with little energy.
template <std::size_t D>
[[nodiscard]] std::vector<island<double>> find_islands(box_matrix<D> const& A, level_geometry<D> const& coarse,
                                                       transfer_weights<D, double> const& P);

/// Moves every island to where its summed-up equation holds, in order or backwards.
template <std::size_t D, class T>
void settle_islands(multigrid_level<D, T> const& level, T const* b, T* x, bool backwards);

}  // namespace poise::linear::detail
