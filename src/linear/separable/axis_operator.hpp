// SPDX-License-Identifier: MIT
// Private to src/linear: one direction of an operator that is a sum over directions, on finer and coarser grids.
#pragma once

#include <poise/grid/stencil.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

namespace poise::linear::detail {

/// K u = M f along one direction, K tridiagonal and symmetric, but for what a periodic direction has in its corners, M
/// diagonal; the points may lie at any distances.
struct axis_operator {
    std::vector<double> coupling;  ///< -K(i, i+1), one fewer than points
    std::vector<double> excess;    ///< Σ over j of K(i, j): what leaves the box
    std::vector<double> mass;      ///< M(i, i)
    double around = 0.0;           ///< -K of the last point and the first one, where the direction is periodic
    bool is_periodic = false;

    [[nodiscard]] std::ptrdiff_t n() const { return static_cast<std::ptrdiff_t>(mass.size()); }
    [[nodiscard]] double coupling_below(std::ptrdiff_t i) const {
        return i > 0 ? coupling[static_cast<std::size_t>(i - 1)] : around;
    }
    [[nodiscard]] double coupling_above(std::ptrdiff_t i) const {
        return i + 1 < n() ? coupling[static_cast<std::size_t>(i)] : around;
    }
    /// Of the strongest neighbours, M⁻¹ K; 0 for a point alone.
    [[nodiscard]] double strength() const;
    /// Of all neighbours, one behind the other, over the mean mass; 0 for a point alone.
    [[nodiscard]] double strength_in_series() const;
};

[[nodiscard]] axis_operator to_axis_operator(grid::axis_stencil const& axis);

/// From every second point of a direction to all of them, and back.
struct axis_transfer {
    std::ptrdiff_t first = 0;  ///< 0 or 1: the first point that is one of the coarser grid
    /// What a point between coarse ones gets from the one below and the one above it.
    std::vector<double> from_below, from_above;
    /// What a coarse point's right-hand side f gets from those of the point below it, of itself and of the one above.
    std::vector<double> of_below, of_middle, of_above;
};

struct coarser_axis {
    axis_operator coarse;
    axis_transfer transfer;
};
/// Interpolates what solves the homogeneous equation between two coarse points, so that K of the coarser grid is the
/// Schur complement of the finer one's; masses go where the values come from. Of an odd number of points around a
/// periodic direction the last and the first are both points of the coarser grid. n > 1.
[[nodiscard]] coarser_axis coarsen(axis_operator const& fine);

/// Halves the directions whose couplings are not weak beside the strongest ones; of the others, nothing.
template <std::size_t D>
[[nodiscard]] std::array<std::optional<axis_transfer>, D> coarsen(std::array<axis_operator, D>& axes);

}  // namespace poise::linear::detail
