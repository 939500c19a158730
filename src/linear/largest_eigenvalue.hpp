// SPDX-License-Identifier: MIT
// Private to src/linear: how far the eigenvalues of a scaled symmetric matrix reach.
#pragma once

#include <poise/linear/csr.hpp>

#include <span>

namespace poise::linear::detail {

/// An estimate from above of the largest eigenvalue of D⁻¹A, A symmetric positive definite: what Lanczos' process of 15
/// steps finds and the residual of its eigenvector, but at most ‖D⁻¹A‖_∞, which is a bound. 0 where A has no rows.
/// Source: Zhou & Li (2011), Linear Algebra Appl. 435, 480.
[[nodiscard]] double largest_eigenvalue(csr_view A, std::span<double const> inverse_diagonal);

}  // namespace poise::linear::detail
