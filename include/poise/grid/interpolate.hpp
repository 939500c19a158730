// SPDX-License-Identifier: MIT
// Values of a field between its points.
#pragma once

#include <poise/grid/field.hpp>

namespace poise::grid {

/// The value at a position of the box: linear in each direction between the points around it, and beyond the outermost
/// cell middles, up to the boundary. Second order, exact for functions that are linear in each direction; a direction
/// of one point is constant. Throws std::invalid_argument for a position outside of the box or not finite.
/// O(2^D), no allocation. Thread-safe.
template <std::size_t D>
[[nodiscard]] double interpolate(field<D> const& u, point<D> const& x);

/// On every point of another grid, whose box must lie in that of u.
template <std::size_t D>
[[nodiscard]] field<D> interpolate(field<D> const& u, cartesian<D> const& onto);

}  // namespace poise::grid
