// SPDX-License-Identifier: MIT
#include "ode/remedy.hpp"

#include <poise/core/concat.hpp>
#include <poise/ode/report.hpp>

#include <ostream>
#include <utility>

namespace poise::ode {
namespace {

std::string blame(solve_report const& report) {
    return concat(", component ", report.component, ", which is ", to_text(report.component_value, 6));
}

std::string sentence(solve_report const& report) {
    std::string const place = concat(report.method, " ", to_string(report.reason), ", t = ", to_text(report.t, 8));
    switch (report.reason) {
        case stop_reason::step_too_small:
        case stop_reason::newton_failed:
        case stop_reason::singular_matrix:
            return concat(place, ", with a step of ", to_text(report.last_step, 3), blame(report));
        case stop_reason::not_finite:
            return concat(place, blame(report));
        case stop_reason::max_steps:
            return concat(place, " of ", to_text(report.t_end, 8), ", with a step of ", to_text(report.last_step, 3));
        default:
            return place;
    }
}

}  // namespace

char const* detail::remedy(stop_reason reason) noexcept {
    switch (reason) {
        case stop_reason::max_steps:
            return "; raise max_steps or loosen rtol, or the problem is stiff: take an implicit method";
        case stop_reason::step_too_small:
            return "; the solution may end there, as where it goes to infinity, or f jumps: name the place in "
                   "discontinuities, or rtol and atol ask for more than rounding allows";
        case stop_reason::not_finite:
            return "; look for a division by zero, a root or a logarithm of a negative number in f, or in its Jacobian";
        case stop_reason::newton_failed:
            return "; compare the Jacobian, if you give one or its structure, with differences of f, or f jumps: name "
                   "the place in discontinuities";
        case stop_reason::singular_matrix:
            return "; numbers in the Jacobian are so large that a step is lost beside them: scale the "
                   "component, or compare the Jacobian, if you give one, with differences of f";
        default:
            return "";
    }
}

char const* to_string(stop_reason reason) noexcept {
    switch (reason) {
        case stop_reason::reached_end:
            return "reached the end";
        case stop_reason::event:
            return "ended at an event";
        case stop_reason::stopped:
            return "was stopped";
        case stop_reason::max_steps:
            return "stopped at max_steps";
        case stop_reason::step_too_small:
            return "needs steps that are too small";
        case stop_reason::not_finite:
            return "met a value that is not finite";
        case stop_reason::newton_failed:
            return "has a Newton iteration that does not converge";
        case stop_reason::singular_matrix:
            return "met a singular matrix";
    }
    return "stopped";
}

statistics& statistics::operator+=(statistics const& more) noexcept {
    n_steps += more.n_steps;
    n_rejected += more.n_rejected;
    n_evaluations += more.n_evaluations;
    n_jacobians += more.n_jacobians;
    n_factorisations += more.n_factorisations;
    n_newton_iterations += more.n_newton_iterations;
    n_products += more.n_products;
    return *this;
}

std::ostream& operator<<(std::ostream& out, statistics const& numbers) {
    out << numbers.n_steps << " steps, " << numbers.n_rejected << " rejected, " << numbers.n_evaluations
        << " evaluations";
    if (numbers.n_jacobians > 0)
        out << ", " << numbers.n_jacobians << " Jacobians, " << numbers.n_factorisations << " factorisations";
    if (numbers.n_newton_iterations > 0) out << ", " << numbers.n_newton_iterations << " Newton iterations";
    if (numbers.n_products > 0)
        out << ", " << numbers.n_products << " products, " << numbers.n_factorisations << " preparations";
    return out;
}

void solve_report::or_throw() const {
    if (!*this) throw not_converged{*this};
}

std::ostream& operator<<(std::ostream& out, solve_report const& report) {
    return out << sentence(report) << ": " << report.statistics << ", " << seconds_to_text(report.solve_s);
}

not_converged::not_converged(solve_report report)
    : poise::not_converged{sentence(report) + detail::remedy(report.reason)}, report_{std::move(report)} {}

}  // namespace poise::ode
