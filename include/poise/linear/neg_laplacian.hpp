// SPDX-License-Identifier: MIT
// The matrix of -Δ + shift on a Cartesian grid.
#pragma once

#include <poise/grid/boundary.hpp>
#include <poise/grid/cartesian.hpp>
#include <poise/linear/csr.hpp>

#include <cstddef>

namespace poise::linear {

/// The (2D+1)-point matrix of -Δ + shift, scaled by each unknown's share of a cell: symmetric for every mix of sides,
/// positive definite when a side is Dirichlet and shift >= 0, or shift > 0. With shift < 0 it may be indefinite, and is
/// singular where -shift is an eigenvalue of the grid's -Δ. On cells, and between Dirichlet sides, the shares are 1.
/// Unknowns are ordered x fastest; see grid::axis_stencil for the rows. The scaling of the right-hand side is the same.
/// The cells may differ in width. Counts, allocates once, writes in order: 64 bytes an unknown in 2D, written once.
/// Throws std::invalid_argument for a shift that is not finite, for spacings whose 1/h² over- or underflows, and for
/// more unknowns or entries than index_t counts; not_enough_memory when the arrays would not fit.
template <std::size_t D>
[[nodiscard]] csr_matrix neg_laplacian(grid::cartesian<D> const& grid, grid::condition_kinds<D> const& kinds,
                                       double shift = 0.0);

/// The number of its rows, without building it. Throws as neg_laplacian().
template <std::size_t D>
[[nodiscard]] std::size_t n_unknowns(grid::cartesian<D> const& grid, grid::condition_kinds<D> const& kinds);

}  // namespace poise::linear
