// SPDX-License-Identifier: MIT
// A solve by a factor, with its residual checked.
#pragma once

#include <poise/core/ndspan.hpp>
#include <poise/linear/cholesky.hpp>
#include <poise/linear/lu.hpp>
#include <poise/linear/report.hpp>

#include <limits>
#include <span>
#include <vector>

namespace poise::linear {

/// Stops when ‖b − A x‖₂ ≤ max(rtol·‖b‖₂, atol).
struct direct_solve_options {
    double rtol = 1e-8;
    double atol = 0.0;
    int max_refinements = 3;
    double least_rcond = std::numeric_limits<double>::epsilon();  ///< of an lu: below it, the report says breakdown
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
/// The same by an LU factorisation. Where factor.rcond() is below least_rcond the reason is breakdown, however small
/// the residual: another x may have as small a one. report.rcond and report.remedy say so.
solve_report direct_solve(lu const& factor, csr_view A, std::span<double const> b, std::span<double> x,
                          direct_solve_options const& options = {});

/// The same for each column of B, n × k, with the answers and reports of one by one; a cholesky solves for eight at a
/// time. A column that is not finite throws with its number.
[[nodiscard]] std::vector<solve_report> direct_solve(cholesky const& factor, csr_view A, ndspan<double const, 2> B,
                                                     ndspan<double, 2> X, direct_solve_options const& options = {});
[[nodiscard]] std::vector<solve_report> direct_solve(lu const& factor, csr_view A, ndspan<double const, 2> B,
                                                     ndspan<double, 2> X, direct_solve_options const& options = {});

}  // namespace poise::linear
