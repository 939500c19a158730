// SPDX-License-Identifier: MIT
// Stabilised bi-conjugate gradients.
#pragma once

#include <poise/linear/krylov.hpp>

#include <span>

namespace poise::linear {

/// Bi-conjugate gradients stabilised by minimal residuals (BiCGSTAB), preconditioned from the right, for A x = b, A
/// square. A: n×n; M: n×n, linear, z ≈ A⁻¹ r. b: n. x: n, in: initial guess, out: last iterate.
///   auto const report = linear::bicgstab(matrix, b, x, {.rtol = 1e-10}, linear::ilu0{matrix});
/// Little memory and two products with A an iteration, but a residual that may grow in between and recurrences that may
/// break down; gmres() has neither problem and needs a vector a step. Stops when ‖b − A x‖₂ ≤ max(rtol·‖b‖₂, atol).
/// The residual is recurred, and computed where that meets the tolerance; if the computed one does not, or the
/// recurrence broke down, the method begins anew from x, as often as that halves the residual.
/// Reports converged, stagnated, max_iterations, not_finite, or breakdown: to rounding, the residual at the beginning
/// is orthogonal to the last one or to A M p, or r to A M r; or the residual grew by 1/√ε, and x is from before that.
/// Where it would end with more than the guess left, x is the guess; from 10⁻⁹ of its residual on, within a digit of
/// the best iterate.
/// Throws for none of these; std::invalid_argument for sizes that differ, a b or x that is not finite, a negative
/// tolerance or number of iterations; and what A, M and on_iteration throw.
/// Per iteration: 2 A·z, 2 M·r, 3 dots, 4 norms, 3 updates: 26 n doubles moved + 2 A + 2 M, 7 vectors. No allocation in
/// a workspace that was used before. The same bits always, if A and M give them.
/// Source: van der Vorst (1992), SIAM J. Sci. Stat. Comput. 13, 631; Saad (2003), Alg. 7.7.
solve_report bicgstab(map_view A, std::span<double const> b, std::span<double> x, krylov_options const& options = {},
                      map_view M = {});

}  // namespace poise::linear
