// SPDX-License-Identifier: MIT
// A solve by a factor, with its residual checked.
#pragma once

#include <poise/linear/cholesky.hpp>
#include <poise/linear/report.hpp>

#include <span>

namespace poise::linear {

/// Stops when ‖b − A x‖₂ ≤ max(rtol·‖b‖₂, atol).
struct direct_solve_options {
    double rtol = 1e-8;
    double atol = 0.0;
    int max_refinements = 3;
};

/// Throws std::invalid_argument unless both are finite and not negative.
void require_tolerances(double rtol, double atol);

/// A x = b by the factor of A, with the residual computed and, while it is above the tolerance and falling, improved by
/// iterative refinement. b: n. x: n, out, not overlapping b.
/// Reports converged, stagnated, max_iterations or not_finite; never throws for these. Thread-safe. Throws
/// std::invalid_argument for sizes that differ, a b that is not finite, or a negative tolerance. Source: Higham (2002),
/// Accuracy and Stability of Numerical Algorithms, §12.1.
solve_report direct_solve(cholesky const& factor, csr_view A, std::span<double const> b, std::span<double> x,
                          direct_solve_options const& options = {});

}  // namespace poise::linear
