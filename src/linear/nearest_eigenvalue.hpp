// SPDX-License-Identifier: MIT
// Private to src/: where on the spectrum of the discrete -Δ a number lies.
#pragma once

#include <poise/grid/boundary.hpp>
#include <poise/grid/cartesian.hpp>

namespace poise::linear::detail {

/// Of the eigenvalues λ of K φ = λ M φ, K the matrix of neg_laplacian() without a shift and M the shares, the one that
/// is nearest to a number; each is the sum of one for each direction. kinds: no Robin side, and at least one unknown.
/// Holds n₀ + n₁ + n₂ numbers for n₀ × n₁ × n₂ unknowns; O(n₂ (n₀ + n₁)) operations.
template <std::size_t D>
[[nodiscard]] double nearest_eigenvalue(grid::cartesian<D> const& grid, grid::condition_kinds<D> const& kinds,
                                        double number);

}  // namespace poise::linear::detail
