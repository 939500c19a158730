// SPDX-License-Identifier: MIT
// What came of a linear solve.
#pragma once

#include <poise/core/device.hpp>
#include <poise/core/error.hpp>

#include <cstddef>
#include <iosfwd>
#include <limits>
#include <string>
#include <vector>

namespace poise::linear {

enum class stop_reason {
    converged,       ///< ‖b − A x‖₂ ≤ max(rtol·‖b‖₂, atol), computed from the x returned
    max_iterations,  ///< the budget ran out first
    breakdown,       ///< the method's assumption on A failed
    not_finite,      ///< a NaN or an infinity came up
    stagnated,       ///< the residual is what rounding allows in this precision, and above the tolerance
};
[[nodiscard]] char const* to_string(stop_reason reason) noexcept;

/// The report of one solve; true when the tolerance was met.
struct [[nodiscard]] solve_report {
    stop_reason reason = stop_reason::not_finite;
    std::string method;         ///< for people: "Cholesky (CHOLMOD)"
    std::string chosen;         ///< why, where the method was not named by the caller: "constant coefficients on a box"
    poise::device device = {};  ///< where it was solved
    std::size_t n_unknowns = 0;
    int iterations = 0;                ///< for a direct method: steps of iterative refinement
    double residual_norm = 0.0;        ///< ‖b − A x‖₂, computed at the end
    double tolerance = 0.0;            ///< max(rtol·‖b‖₂, atol)
    double attainable_residual = 0.0;  ///< about ε (‖A‖_∞ ‖x‖₂ + ‖b‖₂): what double precision allows
    double rcond = 0.0;                ///< of a solve by lu: lu::rcond(); 0 where none was estimated
    std::string remedy;                ///< for people: what to do, where more is known than the reason tells
    /// Of a singular problem (Neumann or periodic sides alone, no shift): the mean of the source that no solution has,
    /// taken out of b; the residual is that of what is left.
    double removed_mean = 0.0;
    /// By pde::solve, of an iterative method: ‖b − A x‖₂ after each iteration, or after every second one, as the method
    /// knows it.
    std::vector<double> history;
    /// Where pde::solve was asked for it: about max |u − exact solution|, the error of the grid.
    double error_estimate = std::numeric_limits<double>::quiet_NaN();
    double coefficients_s = 0.0;     ///< of evaluating coefficients that vary, on all points
    double assembly_s = 0.0;         ///< 0 when the operator was at hand
    double factorisation_s = 0.0;    ///< or of a hierarchy's set-up; 0 when the operator was at hand
    double solve_s = 0.0;            ///< right-hand side, solve and residual
    double right_hand_side_s = 0.0;  ///< the part of solve_s that evaluating the source and the sides' data takes
    std::size_t operator_bytes = 0;  ///< by pde::solve: of the plan, the hierarchy or the matrix with its factors
    bool operator_reused = false;

    [[nodiscard]] explicit operator bool() const noexcept { return reason == stop_reason::converged; }
    /// Throws linear::not_converged, which carries this report, unless the tolerance was met.
    void or_throw() const;
};

/// One line, without `chosen`, and with the device where it is a GPU or best() found none: "Cholesky (CHOLMOD)
/// converged: residual 4.1e-12 (tolerance 1e-8), 6084 unknowns, 0.31 ms, operator reused".
std::ostream& operator<<(std::ostream& out, solve_report const& report);

/// A solve that missed its tolerance; what() says why and what to try.
class not_converged : public poise::not_converged {
public:
    explicit not_converged(solve_report report);
    [[nodiscard]] solve_report const& report() const noexcept { return report_; }

private:
    solve_report report_;
};

}  // namespace poise::linear
