// SPDX-License-Identifier: MIT
// Private to src/linear: iterative refinement of a direct solve, and what its report says.
#pragma once

#include <poise/linear/report.hpp>
#include <poise/profile/scope.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <span>
#include <vector>

namespace poise::linear::detail {

/// What rounding leaves of any residual: backward stability, Higham (2002), eq. 7.1, with a modest constant of 1.
[[nodiscard]] inline double attainable_residual(double norm_A, double norm_x, double norm_b) noexcept {
    return std::numeric_limits<double>::epsilon() * (norm_A * norm_x + norm_b);
}

/// While the residual is above the tolerance and falls by half: x += A⁻¹ r.
/// apply(r, correction) solves approximately; residual(x, r) writes b - A x to r and returns its norm.
/// rounding: a residual of at most this is noise, and a correction by it would be too.
/// r: n, in: the residual of x. Sets the report's iterations, residual_norm and reason. Allocates 2n when it does
/// anything. Source: Higham (2002), Accuracy and Stability of Numerical Algorithms, §12.1.
template <class Apply, class Residual>
void refine(solve_report& report, std::span<double> x, std::span<double> r, int max_refinements, double rounding,
            Apply const& apply, Residual const& residual) {
    bool falling = report.residual_norm > rounding;
    std::vector<double> correction, improved;
    while (report.residual_norm > report.tolerance && falling && report.iterations < max_refinements) {
        profile::scope const timing{"refinement"};
        correction.resize(x.size());
        improved.resize(x.size());
        apply(r, correction);
        std::ranges::transform(x, correction, improved.begin(), std::plus<>{});
        double const next = residual(improved, r);
        falling = next < 0.5 * report.residual_norm;
        if (next < report.residual_norm) {
            std::ranges::copy(improved, x.begin());
            report.residual_norm = next;
        }
        ++report.iterations;
    }
    if (!std::isfinite(report.residual_norm))
        report.reason = stop_reason::not_finite;
    else if (report.residual_norm <= report.tolerance)
        report.reason = stop_reason::converged;
    else
        report.reason = falling ? stop_reason::max_iterations : stop_reason::stagnated;
}

}  // namespace poise::linear::detail
