// SPDX-License-Identifier: MIT
// Private to src/linear: rows of a level by the coordinates of their points.
#pragma once

#include "linear/multigrid/level.hpp"

namespace poise::linear::detail {

/// The coordinates of a row other than x.
template <std::size_t D>
[[nodiscard]] grid::extents<D> row_coordinates(std::ptrdiff_t slab, std::ptrdiff_t row) {
    grid::extents<D> point{};
    if constexpr (D == 2) point[1] = slab;
    if constexpr (D == 3) {
        point[1] = row;
        point[2] = slab;
    }
    return point;
}
/// Where the row of a point begins.
template <std::size_t D>
[[nodiscard]] std::ptrdiff_t row_at(level_geometry<D> const& level, grid::extents<D> point) {
    point[0] = 0;
    return level.place(point);
}
/// Whether the grid has such a row.
template <std::size_t D>
[[nodiscard]] bool is_inside(level_geometry<D> const& level, grid::extents<D> const& point) {
    for (std::size_t d = 1; d < D; ++d)
        if (point[d] < 0 || point[d] >= level.n[d]) return false;
    return true;
}

}  // namespace poise::linear::detail
