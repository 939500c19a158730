// SPDX-License-Identifier: MIT
// Private to src/linear: what multigrid asks of a matrix, and what its numbers need.
#pragma once

#include "linear/multigrid/level.hpp"

#include <poise/linear/multigrid.hpp>
#include <poise/linear/stencil_matrix.hpp>

namespace poise::linear::detail {

/// The finest level's matrix. Throws std::invalid_argument for a periodic direction, a diagonal that has no finite
/// positive inverse, and a coupling that is negative or not finite.
template <std::size_t D>
[[nodiscard]] box_matrix<D> to_box_matrix(stencil_matrix<D> const& A);

/// Whether the constants are in A's nullspace, to rounding.
template <std::size_t D>
[[nodiscard]] bool is_singular(box_matrix<D> const& A);

/// Whether cycles in single precision take as many iterations as in double: where neither couplings of one direction
/// nor the largest and the least eigenvalue differ by too much.
template <std::size_t D>
[[nodiscard]] bool is_single_enough(box_matrix<D> const& A);

}  // namespace poise::linear::detail
