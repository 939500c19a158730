// SPDX-License-Identifier: MIT
// The matrix of -∇·(κ∇) + σ on a Cartesian grid.
#pragma once

#include <poise/grid/boundary.hpp>
#include <poise/grid/cartesian.hpp>
#include <poise/linear/stencil_matrix.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace poise::linear {

/// The (2D+1)-point matrix of -∇·(κ∇) + σ by finite volumes, scaled by each unknown's share of a cell: symmetric for
/// every mix of sides, positive definite when σ ≥ 0, and a side is Dirichlet or σ > 0 somewhere; with σ < 0 somewhere
/// it may be indefinite or singular. kappa, sigma: one value for each point of the grid, those on a Dirichlet side of
/// nodes included; x fastest. Of a κ for each direction kappa has those of x, then those of y, then those of z. The
/// flux through a face is by the harmonic mean of κ at its two points, weighted by how far the face is from each, which
/// is exact for layers and right to second order for smooth κ; where κ jumps, put the jump between two points. Throws
/// std::invalid_argument for spans of another size, a κ that is not positive and finite, or so large or small that κ/h²
/// leaves the range of double, or a σ that is not finite, naming the point; and as neg_laplacian() for the grid.
/// Source: Patankar (1980), Numerical Heat Transfer and Fluid Flow, §4.2-3.
template <std::size_t D>
[[nodiscard]] stencil_matrix<D> neg_diffusion(grid::cartesian<D> const& grid, grid::condition_kinds<D> const& kinds,
                                              std::span<double const> kappa, std::span<double const> sigma);

/// The same for a boundary with Robin sides, κ ∂u/∂n + coefficient·u = value, which add to the diagonal: with a
/// coefficient > 0 somewhere and σ ≥ 0 the matrix is positive definite. On cells second order by the value on the face,
/// which is eliminated. In addition throws std::invalid_argument for a coefficient that is negative, not finite or too
/// large, naming where.
template <std::size_t D>
[[nodiscard]] stencil_matrix<D> neg_diffusion(grid::cartesian<D> const& grid, grid::boundary<D> const& boundary,
                                              std::span<double const> kappa, std::span<double const> sigma);

/// What Robin sides add to the diagonal, one value for each unknown; empty where there are none.
template <std::size_t D>
[[nodiscard]] std::vector<double> robin_diagonal(grid::cartesian<D> const& grid, grid::boundary<D> const& boundary,
                                                 std::span<double const> kappa);

/// The harmonic mean of two positive numbers, without over- or underflow on the way, by weights whose sum is 1.
[[nodiscard]] inline double harmonic_mean(double a, double b, double part_of_a = 0.5, double part_of_b = 0.5) noexcept {
    return a < b ? a / (part_of_a + part_of_b * (a / b)) : b / (part_of_a * (b / a) + part_of_b);
}

}  // namespace poise::linear
