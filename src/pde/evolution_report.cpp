// SPDX-License-Identifier: MIT
#include <poise/core/concat.hpp>
#include <poise/pde/evolution_report.hpp>

#include <cmath>
#include <ostream>
#include <utility>

namespace poise::pde {
namespace {

using ode::stop_reason;

std::string sentence(evolution_report const& report) {
    std::string text = concat(report.method, " ", to_string(report.reason), ", t = ", to_text(report.t, 8));
    if (report.reason == stop_reason::max_steps || report.reason == stop_reason::step_too_small)
        text += concat(" of ", to_text(report.t_end, 8), ", with a step of ", to_text(report.last_step, 3));
    return text;
}

std::string remedy(evolution_report const& report) {
    if (!report.remedy.empty()) return "; " + report.remedy;
    switch (report.reason) {
        case stop_reason::max_steps:
            return "; raise max_steps or loosen rtol";
        case stop_reason::step_too_small:
            return "; the source or the boundary data jump there: name the time in discontinuities, or rtol and atol "
                   "ask "
                   "for more than rounding allows";
        case stop_reason::not_finite:
            return "; look for a division by zero in the source and the boundary data, or for numbers that overflow";
        default:
            return "";
    }
}

}  // namespace

void evolution_report::or_throw() const {
    if (!*this) throw not_converged{*this};
}

std::ostream& operator<<(std::ostream& out, evolution_report const& report) {
    out << sentence(report) << ": " << report.n_steps << " steps, " << report.n_rejected << " rejected, ";
    if (report.n_evaluations > 0) out << report.n_evaluations << " evaluations, ";
    if (report.n_solves > 0 || report.n_evaluations == 0) out << report.n_solves << " solves, ";
    if (report.n_iterations > 0) out << report.n_iterations << " iterations, ";
    out << report.n_unknowns << " unknowns, " << seconds_to_text(report.solve_s);
    for (auto const& quantity : report.conserved) {
        out << "; " << quantity.name << ' ' << to_text(quantity.first, 6) << " to " << to_text(quantity.last, 6);
        if (!std::isnan(quantity.largest_drift)) out << ", drift " << to_text(quantity.largest_drift, 2);
    }
    return out;
}

not_converged::not_converged(evolution_report report)
    : poise::not_converged{sentence(report) + remedy(report)}, report_{std::move(report)} {}

}  // namespace poise::pde
