// SPDX-License-Identifier: MIT
// Minimal residuals for symmetric matrices.
#pragma once

#include <poise/linear/krylov.hpp>

#include <span>

namespace poise::linear {

/// Preconditioned minimal residuals (MINRES) for A x = b, A symmetric: indefinite, or singular where b is A times
/// something, in which case x is one of the solutions.
/// A: n×n; M: n×n, symmetric positive definite, z ≈ A⁻¹ r up to signs: |A|⁻¹ at best. b: n. x: n, in: initial guess,
/// out: last iterate.
///   auto const report = linear::minres(matrix, b, x, {.rtol = 1e-10});
/// Each iterate has the least rᵀM r of its Krylov space, so the residual without M never grows but for rounding.
/// Rounding costs it the condition squared, where it costs cg() the condition: take that for positive definite
/// matrices. Stops when ‖b − A x‖₂ ≤ max(rtol·‖b‖₂, atol), with M too: the residual itself is recurred, and computed
/// where that meets the tolerance; if the computed one does not, the method begins anew from x, as often as that halves
/// the residual. Reports converged, stagnated, max_iterations, not_finite, or breakdown: rᵀM r < 0, M is not positive
/// definite; or A r = 0 to rounding where r is not: A is singular, or so nearly that steps are lost in rounding, and x
/// is from before that, or the guess, where that leaves less. Throws for none of these; std::invalid_argument for sizes
/// that differ, a b or x that is not finite, a negative tolerance or number of iterations; and what A, M and
/// on_iteration throw. That A is symmetric is not checked.
/// Per iteration: 1 A·z, 1 M·v, 2 dots, 1 norm, 3 updates: 20 n doubles moved + A + M, 10 vectors; once 1 A·z and 2 M·v
/// more, and every 16th time 1 A·x where A r is small beside r. No allocation in a workspace that was used before. The
/// same bits always, if A and M give them. Source: Paige & Saunders (1975), SIAM J. Numer. Anal. 12, 617; with M:
/// Elman, Silvester & Wathen (2014), Finite Elements and Fast Iterative Solvers, Alg. 4.1; rounding: Sleijpen, van der
/// Vorst & Modersitzki (2000), SIAM J. Matrix Anal. Appl. 22, 726.
solve_report minres(map_view A, std::span<double const> b, std::span<double> x, krylov_options const& options = {},
                    map_view M = {});

}  // namespace poise::linear
