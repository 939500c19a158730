// SPDX-License-Identifier: MIT
// Generalised minimal residuals.
#pragma once

#include <poise/linear/krylov.hpp>

#include <functional>
#include <span>

namespace poise::linear {

/// krylov_options, and the length of a cycle.
struct gmres_options {
    double rtol = 1e-8;
    double atol = 0.0;
    int max_iterations = 10'000;
    int restart = 30;  ///< steps until the method begins anew from x, at least 1: each keeps one vector, two with M
    krylov_workspace* workspace = nullptr;                                       ///< nullptr: one of its own
    std::function<bool(int iteration, double residual_norm)> on_iteration = {};  ///< as in krylov_options
};

/// Restarted generalised minimal residuals (GMRES), preconditioned from the right, for A x = b, A square.
/// A: n×n; M: z ≈ A⁻¹ r, which may change from call to call and need not be linear: a few steps of another method, say
/// (flexible GMRES). b: n. x: n, in: initial guess, out: last iterate.
///   auto const report = linear::gmres(matrix, b, x, {.rtol = 1e-10, .restart = 50}, linear::ilu0{matrix});
/// Each iterate has the least residual of its cycle's Krylov space, so the residual never grows but for rounding. Stops
/// when ‖b − A x‖₂ ≤ max(rtol·‖b‖₂, atol). The residual is recurred, and computed at the end of each cycle; if a
/// recurred one meets the tolerance and the computed one does not, the method begins anew, as often as that halves the
/// residual. Reports converged, stagnated, max_iterations, not_finite, or breakdown: a whole cycle gained nothing,
/// which a longer one may, or A M is singular, and then the residual is about the least there is. Throws for none of
/// these; std::invalid_argument for sizes that differ, a b or x that is not finite, a negative tolerance or number of
/// iterations, a restart below 1; and what A, M and on_iteration throw. Step j of a cycle: 1 A·z, 1 M·v, j dots, 2
/// norms, j + 1 updates, twice as many where nine tenths of A·z cancel: 5 j n doubles moved + A + M; each cycle, 1 A·x
/// and as many updates as it had steps; once 1 A·z and 1 M·v. Memory grows with the steps taken, to restart + 1
/// vectors, with M 2 restart + 1, and restart² / 2 doubles. No allocation in a workspace that was used before. The same
/// bits always, if A and M give them. Source: Saad & Schultz (1986), SIAM J. Sci. Stat. Comput. 7, 856; Saad (1993),
/// SIAM J. Sci. Comput. 14, 461, Alg. 2.2.
solve_report gmres(map_view A, std::span<double const> b, std::span<double> x, gmres_options const& options = {},
                   map_view M = {});

}  // namespace poise::linear
