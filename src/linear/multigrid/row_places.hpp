// SPDX-License-Identifier: MIT
// Private to src/linear: rows of a level by the coordinates of their points.
#pragma once

#include "linear/loop_threads.hpp"
#include "linear/multigrid/level.hpp"

#include <poise/task/parallel_for.hpp>

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

/// On grids of fewer a second thread would cost more than it saves.
constexpr std::size_t least_points_for_threads = 20'000;

/// Calls visit(place of its first point, parity) for every half of a row.
template <std::size_t D, class Visitor>
void for_each_half(level_geometry<D> const& level, Visitor&& visit) {
    for (std::ptrdiff_t slab = 0; slab < level.n_slabs; ++slab)
        for (std::ptrdiff_t row = 0; row < level.n_rows; ++row)
            for (std::size_t parity = 0; parity < 2; ++parity)
                visit(level.row(slab, row) + static_cast<std::ptrdiff_t>(parity) * level.half, parity);
}

/// Calls body(slab, memory) for all slabs, on at most so many threads, each with a memory of its own that make() makes.
template <std::size_t D, class Make, class Body>
void for_each_slab(level_geometry<D> const& level, std::size_t n_threads, Make const& make, Body const& body) {
    std::size_t const n_chunks = parts_of_loop(level.n_points(), least_points_for_threads, n_threads);
    task::parallel_for(static_cast<std::size_t>(level.n_slabs), n_chunks, [&](std::size_t first, std::size_t last) {
        auto memory = make();
        for (std::size_t slab = first; slab < last; ++slab) body(static_cast<std::ptrdiff_t>(slab), memory);
    });
}

}  // namespace poise::linear::detail
