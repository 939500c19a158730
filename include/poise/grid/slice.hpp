// SPDX-License-Identifier: MIT
// A field of three dimensions on a plane, one of two on a line.
#pragma once

#include <poise/grid/field.hpp>

#include <cstddef>

namespace poise::grid {

/// u where coordinate d has a value, on the grid of the other directions in their order: x and y are left of
/// slice(u, 2, z). Linear between the points of direction d, as interpolate(). Throws std::invalid_argument for a value
/// outside of the box or not finite, or unless d < D. Thread-safe.
///   grid::write_png("middle.png", grid::slice(u, 2, 0.5));
template <std::size_t D>
requires(D >= 2) [[nodiscard]] field<D - 1> slice(field<D> const& u, std::size_t d, double coordinate);

}  // namespace poise::grid
