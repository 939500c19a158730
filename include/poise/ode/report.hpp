// SPDX-License-Identifier: MIT
// What came of an integration.
#pragma once

#include <poise/core/error.hpp>

#include <cstddef>
#include <iosfwd>
#include <limits>
#include <string>

namespace poise::ode {

enum class stop_reason {
    reached_end,      ///< of the time span
    event,            ///< one that was to end it
    stopped,          ///< on_step() said so
    max_steps,        ///< the budget of steps ran out first
    step_too_small,   ///< no step that rounding lets t see meets the tolerance
    not_finite,       ///< f is not finite, however small the step
    newton_failed,    ///< the iteration for an implicit step does not converge, however small the step
    singular_matrix,  ///< of an implicit step, however small that is
};
[[nodiscard]] char const* to_string(stop_reason reason) noexcept;

struct statistics {
    std::size_t n_steps = 0;  ///< accepted
    std::size_t n_rejected = 0;
    std::size_t n_evaluations = 0;     ///< of f, not those with dual numbers
    std::size_t n_jacobians = 0;       ///< 0 for explicit methods
    std::size_t n_factorisations = 0;  ///< of matrix_free, calls of prepare()
    std::size_t n_newton_iterations = 0;
    std::size_t n_products = 0;  ///< of ∂f/∂y and a vector, for matrix_free

    statistics& operator+=(statistics const& more) noexcept;
};
/// "123 steps, 4 rejected, 862 evaluations", and of implicit methods ", 123 Jacobians, 127 factorisations" and, where
/// there are any, ", 456 Newton iterations"; of matrix_free ", 456 Newton iterations, 789 products, 12 preparations".
std::ostream& operator<<(std::ostream& out, statistics const& numbers);

/// The report of one integration; true where it ended as it was meant to.
struct [[nodiscard]] solve_report {
    stop_reason reason = stop_reason::not_finite;
    std::string method;  ///< for people: "Tsitouras 5(4)"
    ode::statistics statistics;
    double t = 0.0;      ///< where it ended
    double t_end = 0.0;  ///< where it was to end
    /// Accepted, or of a failure the one that was tried last; its sign is that of the direction.
    double last_step = 0.0;
    /// Of a step that failed: the component that is to blame, and its value at t.
    std::size_t component = 0;
    double component_value = std::numeric_limits<double>::quiet_NaN();
    double solve_s = 0.0;

    [[nodiscard]] explicit operator bool() const noexcept {
        return reason == stop_reason::reached_end || reason == stop_reason::event || reason == stop_reason::stopped;
    }
    /// Throws ode::not_converged, which carries this report, where it is false.
    void or_throw() const;
};

/// One line: "Tsitouras 5(4) reached the end, t = 10: 123 steps, 4 rejected, 862 evaluations, 21 us".
std::ostream& operator<<(std::ostream& out, solve_report const& report);

/// An integration that failed on the way; what() says where, why and what to try.
class not_converged : public poise::not_converged {
public:
    explicit not_converged(solve_report report);
    [[nodiscard]] solve_report const& report() const noexcept { return report_; }

private:
    solve_report report_;
};

}  // namespace poise::ode
