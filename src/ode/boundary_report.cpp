// SPDX-License-Identifier: MIT
#include <poise/core/concat.hpp>
#include <poise/ode/boundary_report.hpp>

#include <cmath>
#include <ostream>
#include <utility>

namespace poise::ode {
namespace {

std::string sentence(boundary_report const& report) {
    std::string text = concat(report.method, " ", to_string(report.reason), " on ", report.n_intervals,
                              report.n_intervals == 1 ? " interval" : " intervals");
    bool const has_place = std::isfinite(report.x);
    if (std::isfinite(report.error)) text += concat(", error ", to_text(report.error, 2), " of the tolerance");
    if (has_place && (!report || report.error > 1.0)) text += concat(", x = ", to_text(report.x, 6));
    if (std::isfinite(report.error) && report.error > 1.0) text += concat(", component ", report.component);
    return text;
}

char const* remedy(boundary_reason reason) {
    switch (reason) {
        case boundary_reason::max_intervals:
            return "; raise max_intervals or loosen the tolerance, or look for a jump or a pole of f there";
        case boundary_reason::max_iterations:
        case boundary_reason::stagnated:
            return "; give a guess that is nearer, or reach the problem from an easier one by ode::continue_in; it may "
                   "have no solution";
        case boundary_reason::singular:
            return "; look for conditions that say the same twice or leave a component free, or a parameter at which "
                   "solutions meet";
        case boundary_reason::not_finite:
            return "; look for a division by zero, a root or a logarithm of a negative number in f and g, or give "
                   "another guess";
        case boundary_reason::integration_failed:
            return "; f carries solutions away between the segments: take more of them, or ode::gauss_collocation";
        default:
            return "";
    }
}

}  // namespace

char const* to_string(boundary_reason reason) noexcept {
    switch (reason) {
        case boundary_reason::converged:
            return "converged";
        case boundary_reason::max_intervals:
            return "stopped at max_intervals";
        case boundary_reason::max_iterations:
            return "stopped at max_iterations";
        case boundary_reason::stagnated:
            return "stagnated";
        case boundary_reason::singular:
            return "met singular equations";
        case boundary_reason::not_finite:
            return "met a value that is not finite";
        case boundary_reason::integration_failed:
            return "could not integrate from its guess";
    }
    return "stopped";
}

std::ostream& operator<<(std::ostream& out, boundary_statistics const& numbers) {
    return out << numbers.n_meshes << (numbers.n_meshes == 1 ? " mesh, " : " meshes, ") << numbers.n_iterations
               << (numbers.n_iterations == 1 ? " iteration, " : " iterations, ") << numbers.n_evaluations
               << " evaluations, " << numbers.n_jacobians << " Jacobians";
}

void boundary_report::or_throw() const {
    if (!*this) throw boundary_not_converged{*this};
}

std::ostream& operator<<(std::ostream& out, boundary_report const& report) {
    return out << sentence(report) << ": " << report.statistics << ", " << seconds_to_text(report.solve_s);
}

boundary_not_converged::boundary_not_converged(boundary_report report)
    : poise::not_converged{sentence(report) + remedy(report.reason)}, report_{std::move(report)} {}

}  // namespace poise::ode
