// SPDX-License-Identifier: MIT
// Private to src/linear: what the compact fourth-order scheme changes in the plan of a box.
#pragma once

#include "linear/transform/axis_transform.hpp"

namespace poise::linear::detail {

/// From K φ = λ M φ to K φ = μ B φ with B = M - K h²/12: the norms become those of φᵀ B φ.
void make_compact(axis_transform& axis, double coupling);

/// s of the system (m B + K) u = b along the lines, which is (m M + s K) u = b; m: over the coupling. Where cells are
/// flat s is negative, and beside the m of about 12 it is lost to rounding, so that a tiny one stands for 0.
[[nodiscard]] double compact_stiffness(double m) noexcept;

}  // namespace poise::linear::detail
