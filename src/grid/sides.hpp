// SPDX-License-Identifier: MIT
// Private to src/: the sides of a box, and the unknowns next to them.
#pragma once

#include "grid/indices.hpp"

#include <poise/grid/boundary.hpp>
#include <poise/grid/field.hpp>
#include <poise/grid/stencil.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace poise::grid::detail {

/// Whether a side is of a kind.
template <std::size_t D>
[[nodiscard]] bool has_kind(condition_kinds<D> const& kinds, condition_kind kind) {
    return std::ranges::find(kinds, kind) != kinds.end();
}

/// The place on the lower (end = 0) or upper side in direction d that is next to a point.
template <std::size_t D>
[[nodiscard]] point<D> point_on_side(cartesian<D> const& grid, std::size_t d, std::size_t end,
                                     extents<D> const& next_to) {
    point<D> x;
    for (std::size_t t = 0; t < D; ++t) x[t] = grid.coordinate(t, next_to[t]);
    x[d] = end == 0 ? grid.lower()[d] : grid.upper()[d];
    return x;
}

/// Calls visit(its number among the unknowns, its point, the share of a cell that the other directions leave it) for
/// every unknown next to a side.
template <std::size_t D, class Visitor>
void for_each_beside(std::array<axis_stencil, D> const& axes, std::size_t d, std::size_t end, Visitor const& visit) {
    extents<D> n;
    for (std::size_t t = 0; t < D; ++t) n[t] = axes[t].n;
    auto face = n;
    face[d] = std::min<std::ptrdiff_t>(n[d], 1);
    for_each_index(face, [&](extents<D> i) {
        i[d] = end == 0 ? 0 : n[d] - 1;
        extents<D> point;
        double share = 1.0;
        for (std::size_t t = 0; t < D; ++t) {
            point[t] = i[t] + axes[t].first_point;
            if (t != d) share *= axes[t].share(i[t]);
        }
        visit(static_cast<std::size_t>(place_of(i, n)), point, share);
    });
}

/// On nodes, makes the last points of every periodic direction its first ones, those that other directions have
/// repeated included.
template <std::size_t D>
void repeat_first_points(condition_kinds<D> const& kinds, field<D>& u) {
    extents<D> const points = u.grid().points();
    for (std::size_t d = 0; d < D && u.grid().centering() == centering::node; ++d) {
        if (kinds[2 * d] != condition_kind::periodic) continue;
        extents<D> face = points;
        face[d] = 1;
        for_each_index(face, [&](extents<D> point) {
            double const value = u.values()[static_cast<std::size_t>(place_of(point, points))];
            point[d] = points[d] - 1;
            u.values()[static_cast<std::size_t>(place_of(point, points))] = value;
        });
    }
}

}  // namespace poise::grid::detail
