// SPDX-License-Identifier: MIT
// Derivatives of a field.
#pragma once

#include <poise/grid/field.hpp>

#include <array>

namespace poise::grid {

/// ∂u/∂x_d at every point: central differences, at the two ends of a line the one-sided ones of three points. Second
/// order, exact for polynomials of degree two; first order where a line has two points only. Throws
/// std::invalid_argument unless d < D, and where a line has one point. Cost: a pass and a field.
template <std::size_t D>
[[nodiscard]] field<D> derivative(field<D> const& u, std::size_t d);

/// All of them: x, y, z.
template <std::size_t D>
[[nodiscard]] std::array<field<D>, D> gradient(field<D> const& u);

}  // namespace poise::grid
