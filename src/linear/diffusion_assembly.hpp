// SPDX-License-Identifier: MIT
// Private to src/: parts of neg_diffusion(), for who has one of them already.
#pragma once

#include <poise/grid/boundary.hpp>
#include <poise/grid/cartesian.hpp>
#include <poise/linear/stencil_matrix.hpp>

#include <cstddef>
#include <span>

namespace poise::linear::detail {

/// Throws std::invalid_argument for spans of another size than the grid, a κ that is not positive and finite and a σ
/// that is negative or not finite, naming the point.
template <std::size_t D>
void require_coefficients(grid::cartesian<D> const& grid, std::span<double const> kappa, std::span<double const> sigma);

/// neg_diffusion() of kinds among which may be Robin sides. robin: robin_diagonal() of these; throws
/// std::invalid_argument unless it is there for Robin sides, and only then, an unknown each.
template <std::size_t D>
[[nodiscard]] stencil_matrix<D> assemble_diffusion(grid::cartesian<D> const& grid, grid::condition_kinds<D> kinds,
                                                   std::span<double const> kappa, std::span<double const> sigma,
                                                   std::span<double const> robin);

}  // namespace poise::linear::detail
