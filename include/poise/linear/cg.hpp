// SPDX-License-Identifier: MIT
// Conjugate gradients.
#pragma once

#include <poise/linear/krylov.hpp>

#include <span>

namespace poise::linear {

/// Preconditioned conjugate gradients for A x = b, A symmetric positive definite.
/// A: n×n; M: n×n, symmetric positive definite, z ≈ A⁻¹ r. b: n. x: n, in: initial guess, out: last iterate.
///   auto const report = linear::cg(matrix, b, x, {.rtol = 1e-10}, linear::jacobi{matrix});
/// Stops when ‖b − A x‖₂ ≤ max(rtol·‖b‖₂, atol). The residual is recurred, and computed where that meets the tolerance;
/// if the computed one does not, the method begins anew from x, as often as that halves the residual. Where rounding
/// then makes the residual grow, as it may once less than 10⁻⁹ of it is left, x is an iterate within a digit of the
/// best one instead of the last. Reports converged, stagnated, max_iterations, not_finite, or breakdown: pᵀA p ≤ 0 or
/// rᵀM r ≤ 0, A or M is not positive definite. Throws for none of these; std::invalid_argument for sizes that differ, a
/// b or x that is not finite, a negative tolerance or number of iterations; and what A, M and on_iteration throw. Per
/// iteration: 1 A·p, 1 M·r, 2 dots, 1 norm, 3 updates: 14 n doubles moved + A + M. No allocation in a workspace that
/// was used before. The same bits always, if A and M give them. Source: Saad (2003), Alg. 9.1.
solve_report cg(map_view A, std::span<double const> b, std::span<double> x, krylov_options const& options = {},
                map_view M = {});

}  // namespace poise::linear
