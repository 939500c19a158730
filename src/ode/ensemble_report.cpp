// SPDX-License-Identifier: MIT
#include "ode/remedy.hpp"

#include <poise/core/concat.hpp>
#include <poise/ode/ensemble_options.hpp>
#include <poise/ode/ensemble_report.hpp>

#include <ostream>
#include <utility>

namespace poise::ode {
namespace {

std::string head_of(ensemble_report const& report) {
    if (report.device.is_cuda())
        return concat(report.method, " on ", report.device.name(), " in ", report.instructions);
    if (report.n_lanes == 1) return report.method;
    return concat(report.method, ", ", report.n_lanes, " lanes of ", report.instructions);
}

std::string sentence(ensemble_report const& report) {
    std::string const head = head_of(report);
    if (report) return concat(head, ": ", report.n_trajectories, " trajectories reached the end");
    auto const& first = report.first_failure;
    std::string text =
        concat(head, ": ", report.n_failed, " of ", report.n_trajectories, " trajectories failed, first number ",
               report.first_failed, ", which ", to_string(first.reason), ", t = ", to_text(first.t, 8));
    if (first.reason != stop_reason::not_finite) text += concat(", with a step of ", to_text(first.last_step, 3));
    if (first.reason != stop_reason::max_steps)
        text += concat(", component ", first.component, ", which is ", to_text(first.component_value, 6));
    return text;
}

// Ensembles have no discontinuities to name.
char const* remedy_of(stop_reason reason) noexcept {
    if (reason != stop_reason::step_too_small) return detail::remedy(reason);
    return "; the solution may end there, as where it goes to infinity, or f jumps: solve until then, "
           "and from there on, or rtol and atol ask for more than rounding allows";
}

}  // namespace

char const* to_string(instruction_set instructions) noexcept {
    switch (instructions) {
        case instruction_set::best:
            return "the best there is";
        case instruction_set::avx512:
            return "AVX-512";
        case instruction_set::avx2:
            return "AVX2";
        case instruction_set::sse2:
            return "SSE2";
        case instruction_set::portable:
            return "portable code";
    }
    return "unknown instructions";
}

bool is_available(instruction_set instructions) noexcept {
#if defined(__GNUC__) && defined(__x86_64__)
    bool const has_avx2 =
        __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
    switch (instructions) {
        case instruction_set::avx512:
            return has_avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                   __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
                   __builtin_cpu_supports("avx512cd");
        case instruction_set::avx2:
            return has_avx2;
        default:
            return true;
    }
#else
    return instructions == instruction_set::best || instructions == instruction_set::portable;
#endif
}

void ensemble_report::or_throw() const {
    if (!*this) throw ensemble_not_converged{*this};
}

std::ostream& operator<<(std::ostream& out, ensemble_report const& report) {
    return out << sentence(report) << ": " << report.statistics << ", " << seconds_to_text(report.solve_s);
}

ensemble_not_converged::ensemble_not_converged(ensemble_report report)
    : poise::not_converged{sentence(report) + remedy_of(report.first_failure.reason) +
                           "; on_failure::return_report leaves what became of the others"},
      report_{std::move(report)} {}

}  // namespace poise::ode
