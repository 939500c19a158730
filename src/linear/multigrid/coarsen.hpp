// SPDX-License-Identifier: MIT
// Private to src/linear: the next coarser grid of a multigrid hierarchy.
#pragma once

#include "linear/multigrid/level.hpp"

#include <optional>

namespace poise::linear::detail {

/// Sets the fine level's weights and returns the coarser one, with the matrix Pᵀ A P; nothing when no direction has
/// more than two points.
template <std::size_t D>
[[nodiscard]] std::optional<multigrid_level<D>> coarsen(multigrid_level<D>& fine);

}  // namespace poise::linear::detail
