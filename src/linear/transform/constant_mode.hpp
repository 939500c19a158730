// SPDX-License-Identifier: MIT
// Private to src/linear: the one mode of a box without walls whose system is singular, or nearly.
#pragma once

#include "linear/transform/plan.hpp"

#include <span>

namespace poise::linear::detail {

/// The constant mode where no side is a wall; its matrix is singular but for the shift. Without subtractions: a pivot
/// is the couplings that are left and what the shifts of the lines so far have come to, so that a shift too small to be
/// added to 1 is not lost. The last line is eliminated last; around a periodic direction all lines get a coupling to
/// it. axis: along the lines; scale: of the mode's right-hand side over the axis' coupling. lines: in: the right-hand
/// side, out: the solution; pivots, to_last: as many numbers, written. Without a shift the mean of the source is taken
/// out and returned (0 with one), and the mean of the solution too. Source: Grassmann, Taksar & Heyman (1985), Oper.
/// Res. 33, 1107 (elimination without subtractions).
[[nodiscard]] double solve_constant_mode(axis_coefficients const& axis, double shift_of_matrix, double scale,
                                         std::span<double> lines, std::span<double> pivots, std::span<double> to_last);

}  // namespace poise::linear::detail
