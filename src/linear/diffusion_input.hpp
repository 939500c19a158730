// SPDX-License-Identifier: MIT
// Private to src/: what neg_diffusion() asks of coefficients, for who needs to know earlier.
#pragma once

#include <poise/grid/cartesian.hpp>

#include <cstddef>
#include <span>

namespace poise::linear::detail {

/// Throws std::invalid_argument for spans of another size than the grid, a κ that is not positive and finite and a σ
/// that is negative or not finite, naming the point.
template <std::size_t D>
void require_coefficients(grid::cartesian<D> const& grid, std::span<double const> kappa, std::span<double const> sigma);

}  // namespace poise::linear::detail
