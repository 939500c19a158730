// SPDX-License-Identifier: MIT
#include <poise/core/concat.hpp>
#include <poise/linear/report.hpp>

#include <cmath>
#include <ostream>

namespace poise::linear {
namespace {

// Why it was not a GPU, where one was asked for if there is one.
std::string where(device const& which) {
    return which.is_cuda() || !which.why_cpu().empty() ? concat(" on ", to_text(which)) : std::string{};
}

std::string sentence(solve_report const& report) {
    return concat(report.method, where(report.device), " ", to_string(report.reason), ": residual ",
                  to_text(report.residual_norm, 3), " (tolerance ", to_text(report.tolerance, 3), "), ",
                  report.n_unknowns, " unknowns");
}

std::string remedy(solve_report const& report) {
    if (!report.remedy.empty()) return concat("; ", report.remedy);
    switch (report.reason) {
        case stop_reason::converged:
            return "";
        case stop_reason::max_iterations:
            return "; raise the limit (max_iterations, of a direct solve max_refinements), loosen rtol or take a "
                   "preconditioner";
        case stop_reason::breakdown:
            return "; the matrix is not what the method assumes: choose another method, or of gmres a longer restart";
        case stop_reason::not_finite:
            return "; look for NaN or overflow in the matrix and the right-hand side";
        case stop_reason::stagnated:
            return concat("; rounding allows about ", to_text(report.attainable_residual, 3),
                          ": loosen rtol or set atol to it");
    }
    return "";
}

}  // namespace

char const* to_string(stop_reason reason) noexcept {
    switch (reason) {
        case stop_reason::converged:
            return "converged";
        case stop_reason::max_iterations:
            return "stopped at max_iterations";
        case stop_reason::breakdown:
            return "broke down";
        case stop_reason::not_finite:
            return "met a value that is not finite";
        case stop_reason::stagnated:
            return "stagnated";
    }
    return "stopped";
}

void solve_report::or_throw() const {
    if (!*this) throw not_converged{*this};
}

std::ostream& operator<<(std::ostream& out, solve_report const& report) {
    out << sentence(report) << ", "
        << seconds_to_text(report.coefficients_s + report.assembly_s + report.factorisation_s + report.solve_s);
    if (!std::isnan(report.error_estimate)) out << ", error of the grid about " << to_text(report.error_estimate, 2);
    if (report.rcond != 0.0) out << ", rcond " << to_text(report.rcond, 2);
    if (report.removed_mean != 0.0) out << ", mean " << to_text(report.removed_mean, 3) << " removed from the source";
    return out << (report.operator_reused ? ", operator reused" : "");
}

not_converged::not_converged(solve_report report)
    : poise::not_converged{sentence(report) + remedy(report)}, report_{std::move(report)} {}

}  // namespace poise::linear
