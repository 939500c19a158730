// SPDX-License-Identifier: MIT
// What came of a solve in time.
#pragma once

#include <poise/core/error.hpp>
#include <poise/ode/report.hpp>

#include <cstddef>
#include <iosfwd>
#include <limits>
#include <string>
#include <vector>

namespace poise::pde {

/// A quantity that changes by what comes in alone: heat, energy.
struct conserved_quantity {
    std::string name;       ///< "heat content"
    double first = 0.0;     ///< at the beginning
    double last = 0.0;      ///< where the solve ended
    double supplied = 0.0;  ///< by sources and through sides in between
    /// Of last - first - supplied, over the saved times, the largest by magnitude; NaN where it is not followed.
    double largest_drift = std::numeric_limits<double>::quiet_NaN();
};

/// The report of one solve in time; true where it ended as it was meant to.
struct [[nodiscard]] evolution_report {
    ode::stop_reason reason = ode::stop_reason::not_finite;
    std::string method;  ///< for people: "ESDIRK4(3)6L[2]SA, fast transform"
    std::string chosen;  ///< why, where the method was not named by the caller: "constant coefficients on a box"
    std::string remedy;  ///< for people: what to do, where more is known than the reason tells
    std::size_t n_unknowns = 0;
    std::size_t n_steps = 0;  ///< accepted
    std::size_t n_rejected = 0;
    std::size_t n_solves = 0;       ///< of linear systems, or transforms there and back
    std::size_t n_iterations = 0;   ///< of these, where they are iterative
    std::size_t n_evaluations = 0;  ///< of the right-hand side, by explicit stages
    double t = 0.0;                 ///< where it ended
    double t_end = 0.0;             ///< where it was to end
    double largest_step = 0.0;      ///< accepted
    double last_step = 0.0;         ///< accepted, or of a failure the one that was tried last
    std::vector<conserved_quantity> conserved;
    double setup_s = 0.0;  ///< coefficients, operators and their inverses
    double data_s = 0.0;   ///< evaluating sources and boundary data
    double solve_s = 0.0;  ///< all of it

    [[nodiscard]] explicit operator bool() const noexcept {
        return reason == ode::stop_reason::reached_end || reason == ode::stop_reason::stopped;
    }
    /// Throws pde::not_converged, which carries this report, where it is false.
    void or_throw() const;
};

/// One line, without `chosen`: "ESDIRK4(3)6L[2]SA, fast transform reached the end, t = 0.1: 23 steps, 1 rejected, 138
/// solves, 65025 unknowns, 31 ms; heat content 0.405 to 0.0563, drift 2.1e-17".
std::ostream& operator<<(std::ostream& out, evolution_report const& report);

/// A solve in time that failed on the way; what() says where, why and what to try.
class not_converged : public poise::not_converged {
public:
    explicit not_converged(evolution_report report);
    [[nodiscard]] evolution_report const& report() const noexcept { return report_; }

private:
    evolution_report report_;
};

}  // namespace poise::pde
