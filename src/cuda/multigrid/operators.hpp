// SPDX-License-Identifier: MIT
// Private to src/: the operators of a multigrid hierarchy's grids, point by point.
#pragma once

#include "cuda/multigrid/grid_view.hpp"

#include <cstddef>

namespace poise::cuda::detail {

/// A row of an operator: its diagonal, and what it takes from its neighbours.
template <class T>
struct point_stencil {
    T diagonal, x_below, x_above, y_below, y_above, z_below, z_above;
};

// An operator A has, with the grid that it is of,
//   A.at(grid, p)          the point_stencil of a point
//   A.diagonal(grid, p)    its diagonal alone
//   A::numbers_of_point    that lie in memory

/// Σ over d of M_d⁻¹ K_d + shift: numbers along each direction, which are in the grid's axes.
template <class T>
struct sum_of_directions {
    static constexpr int numbers_of_point = 0;

    POISE_ON_GPUS_TOO T diagonal(grid_view<T> const& grid, cell_position const& p) const {
        return grid.x.diagonal[p.x] + grid.y.diagonal[p.y] + grid.z.diagonal[p.z];
    }
    POISE_ON_GPUS_TOO point_stencil<T> at(grid_view<T> const& grid, cell_position const& p) const {
        return {diagonal(grid, p), grid.x.below[p.x], grid.x.above[p.x], grid.y.below[p.y],
                grid.y.above[p.y], grid.z.below[p.z], grid.z.above[p.z]};
    }
};

/// A symmetric matrix of numbers for each point: linear::stencil_matrix. to_…: what couples it with the next point of a
/// direction, of the last point with the first; 0 where these are no neighbours. to_y: nullptr where boxes are flat.
template <class T>
struct numbers_by_point {
    static constexpr int numbers_of_point = 4;

    T const *diagonals = nullptr, *to_x = nullptr, *to_y = nullptr, *to_z = nullptr;

    POISE_ON_GPUS_TOO T diagonal(grid_view<T> const& grid, cell_position const& p) const {
        return diagonals[grid.place(p.x, p.y, p.z)];
    }
    POISE_ON_GPUS_TOO point_stencil<T> at(grid_view<T> const& grid, cell_position const& p) const {
        std::ptrdiff_t const place = grid.place(p.x, p.y, p.z), of_row = grid.x.n, of_plane = of_row * grid.y.n;
        point_stencil<T> made{diagonals[place],
                              below(to_x + place, grid.x.n, p.x, 1),
                              to_x[place],
                              T{0},
                              T{0},
                              below(to_z + place, grid.z.n, p.z, of_plane),
                              to_z[place]};
        if (to_y == nullptr) return made;
        made.y_below = below(to_y + place, grid.y.n, p.y, of_row);
        made.y_above = to_y[place];
        return made;
    }

private:
    POISE_ON_GPUS_TOO static T below(T const* to_next, int n, int i, std::ptrdiff_t stride) {
        return to_next[i > 0 ? -stride : (n - 1) * stride];
    }
};

/// Σ couplings times neighbours, of numbers on the whole grid. Neighbours that are none are the point itself, whose
/// coupling is 0 then.
template <class T>
POISE_ON_GPUS_TOO T around_along(axis_view<T> const& axis, int i, T below, T above, T const* at,
                                 std::ptrdiff_t stride) {
    std::ptrdiff_t const around = axis.is_periodic ? (axis.n - 1) * stride : 0;
    return below * at[i > 0 ? -stride : around] + above * at[i + 1 < axis.n ? stride : -around];
}
template <class T>
POISE_ON_GPUS_TOO T around(grid_view<T> const& grid, point_stencil<T> const& A, cell_position const& p, T const* of) {
    std::ptrdiff_t const of_row = grid.x.n, of_plane = of_row * grid.y.n;
    T const* const at = of + grid.place(p.x, p.y, p.z);
    return around_along(grid.x, p.x, A.x_below, A.x_above, at, 1) +
           around_along(grid.y, p.y, A.y_below, A.y_above, at, of_row) +
           around_along(grid.z, p.z, A.z_below, A.z_above, at, of_plane);
}

}  // namespace poise::cuda::detail
