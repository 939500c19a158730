// SPDX-License-Identifier: MIT
// Private to src/linear: what multigrid asks of a matrix, and what its numbers need.
#pragma once

#include "linear/multigrid/level.hpp"

#include <poise/linear/multigrid.hpp>
#include <poise/linear/stencil_matrix.hpp>

namespace poise::linear::detail {

/// The finest level's matrix. Throws std::invalid_argument for a periodic direction, a diagonal that has no finite
/// positive inverse, and a coupling that is negative or not finite.
template <std::size_t D>
[[nodiscard]] box_matrix<D> to_box_matrix(stencil_matrix<D> const& A);

/// What a hierarchy is told of its matrix.
struct matrix_traits {
    bool is_singular;       ///< the constants are in its nullspace, to rounding
    bool is_single_enough;  ///< cycles in single precision take about as many iterations as in double
};
/// Of couplings with this largest and this least positive value along a direction of a box that is `longest` points
/// long, and of a diagonal and row sums, all added up: whether single precision does.
[[nodiscard]] bool is_single_enough(double largest, double least_positive, double longest) noexcept;
[[nodiscard]] bool are_row_sums_enough(double sum_of_diagonal, double sum_of_rows) noexcept;
/// Which a cycle may solve to all digits, and in double does in no time.
inline constexpr std::size_t few_points = 1000;

/// known: what the caller says of it.
template <std::size_t D>
[[nodiscard]] matrix_traits traits_of(box_matrix<D> const& A, multigrid_nullspace known);

}  // namespace poise::linear::detail
