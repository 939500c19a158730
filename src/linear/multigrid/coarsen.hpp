// SPDX-License-Identifier: MIT
// Private to src/linear: from one grid of a multigrid hierarchy to the next coarser one.
#pragma once

#include "linear/multigrid/level.hpp"

#include <optional>

namespace poise::linear::detail {

/// The grid that has half of the points of A's in each direction whose couplings are strong; nothing when no direction
/// has more than two points.
template <std::size_t D>
struct coarsening {
    grid::extents<D> n;
    std::array<bool, D> halved;
};
template <std::size_t D>
[[nodiscard]] std::optional<coarsening<D>> choose_coarsening(box_matrix<D> const& A);

/// The interpolation P from there that follows from A; on at most so many threads. is_singular: the constants are in
/// A's nullspace; then P leaves them as they are, and they are in that of Pᵀ A P.
template <std::size_t D>
[[nodiscard]] transfer_weights<D, double> interpolation(box_matrix<D> const& A, coarsening<D> const& to,
                                                        bool is_singular, std::size_t n_threads);

/// Pᵀ A P.
template <std::size_t D>
[[nodiscard]] box_matrix<D> galerkin_product(box_matrix<D> const& A, coarsening<D> const& to,
                                             transfer_weights<D, double> const& P, std::size_t n_threads);

}  // namespace poise::linear::detail
