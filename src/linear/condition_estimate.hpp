// SPDX-License-Identifier: MIT
// Private to src/linear: how large the inverse of a factored matrix is.
#pragma once

#include <cstddef>
#include <functional>
#include <span>

namespace poise::linear::detail {

using linear_solve = std::function<void(std::span<double const>, std::span<double>)>;

/// A lower bound of ‖A⁻¹‖₁, seldom less than a third of it; infinity where a solve overflows. solve(b, x): x = A⁻¹ b;
/// solve_transposed: A⁻ᵀ b. Four solves as a rule, eleven at most; 3n doubles. The same bits always.
/// Source: Higham (1988), ACM TOMS 14, 381; LAPACK's dlacn2.
[[nodiscard]] double norm1_of_inverse(std::size_t n, linear_solve const& solve, linear_solve const& solve_transposed);

}  // namespace poise::linear::detail
