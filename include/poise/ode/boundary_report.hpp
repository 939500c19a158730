// SPDX-License-Identifier: MIT
// What came of a boundary-value problem.
#pragma once

#include <poise/core/error.hpp>

#include <cstddef>
#include <iosfwd>
#include <limits>
#include <string>

namespace poise::ode {

enum class boundary_reason {
    converged,
    max_intervals,       ///< the mesh that the tolerance needs has more
    max_iterations,      ///< Newton's method still moves after them
    stagnated,           ///< no step of Newton's method leads nearer to a solution
    singular,            ///< the linear equations are: no solution, or many
    not_finite,          ///< f or g is not, where the method begins
    integration_failed,  ///< shooting: no state at b, where the method begins
};
[[nodiscard]] char const* to_string(boundary_reason reason) noexcept;

struct boundary_statistics {
    std::size_t n_meshes = 0;
    std::size_t n_iterations = 0;      ///< of Newton's method, with a Jacobian each
    std::size_t n_evaluations = 0;     ///< of f, not those with dual numbers
    std::size_t n_jacobians = 0;       ///< of f, at single points
    std::size_t n_factorisations = 0;  ///< of the linear equations of a whole mesh
};
/// "4 meshes, 9 iterations, 640 evaluations, 720 Jacobians".
std::ostream& operator<<(std::ostream& out, boundary_statistics const& numbers);

/// The report of one solve; true where it converged.
struct [[nodiscard]] boundary_report {
    boundary_reason reason = boundary_reason::not_finite;
    std::string method;  ///< for people: "Gauss collocation of 4 stages"
    boundary_statistics statistics;
    std::size_t n_intervals = 0;
    /// Estimated, in units of the tolerance: ≤ 1 where it is met. NaN where there is none.
    double error = std::numeric_limits<double>::quiet_NaN();
    double x = std::numeric_limits<double>::quiet_NaN();  ///< where the error is largest, or f is not finite
    std::size_t component = 0;                            ///< that has this error
    double solve_s = 0.0;

    [[nodiscard]] explicit operator bool() const noexcept { return reason == boundary_reason::converged; }
    /// Throws ode::boundary_not_converged, which carries this report, where it is false.
    void or_throw() const;
};

/// One line: "Gauss collocation of 4 stages converged on 16 intervals, error 0.04 of the tolerance: 2 meshes, …, 21
/// us".
std::ostream& operator<<(std::ostream& out, boundary_report const& report);

/// A boundary-value problem without a solution that meets the tolerance; what() says why and what to try.
class boundary_not_converged : public poise::not_converged {
public:
    explicit boundary_not_converged(boundary_report report);
    [[nodiscard]] boundary_report const& report() const noexcept { return report_; }

private:
    boundary_report report_;
};

}  // namespace poise::ode
