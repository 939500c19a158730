// SPDX-License-Identifier: MIT
#include <poise/core/concat.hpp>
#include <poise/ode/continuation.hpp>

#include <cmath>
#include <ostream>
#include <utility>

namespace poise::ode {
namespace {

std::string sentence(continuation_report const& report) {
    return concat("continuation ", to_string(report.reason), ", parameter = ", to_text(report.parameter, 8),
                  report ? std::string{} : concat(" of ", to_text(report.to, 8)));
}

std::string remedy(continuation_report const& report) {
    if (report.reason == continuation_reason::max_steps) return "; raise max_steps";
    std::string const last = concat("; the last problem ", to_string(report.last.reason));
    if (report.n_solved == 0) return last + ": begin with an easier one, or give a better guess";
    return last + ": solutions may end or turn back there; take another parameter, such as a norm of them";
}

}  // namespace

char const* to_string(continuation_reason reason) noexcept {
    switch (reason) {
        case continuation_reason::reached_end:
            return "reached the end";
        case continuation_reason::step_too_small:
            return "needs steps that are too small";
        case continuation_reason::max_steps:
            return "stopped at max_steps";
    }
    return "stopped";
}

void continuation_report::or_throw() const {
    if (!*this) throw continuation_not_converged{*this};
}

std::ostream& operator<<(std::ostream& out, continuation_report const& report) {
    return out << sentence(report) << ": " << report.n_solved << (report.n_solved == 1 ? " problem" : " problems")
               << " solved, " << report.n_failed << " not";
}

continuation_not_converged::continuation_not_converged(continuation_report report)
    : poise::not_converged{sentence(report) + remedy(report)}, report_{std::move(report)} {}

namespace detail {

void require_continuation(double from, double to, continuation_options const& options) {
    POISE_REQUIRE(std::isfinite(from) && std::isfinite(to) && std::isfinite(to - from), "ode: the parameter goes from ",
                  from, " to ", to, "; both must be finite");
    POISE_REQUIRE(options.first_step >= 0.0 && std::isfinite(options.first_step), "ode: first_step is ",
                  options.first_step, "; give a number > 0, or 0 for a tenth of the way");
    POISE_REQUIRE(options.smallest_share > 0.0 && options.smallest_share <= 1.0, "ode: smallest_share is ",
                  options.smallest_share, "; give a part of the way, as 1e-6");
    POISE_REQUIRE(options.max_steps >= 1, "ode: max_steps is 0; it takes at least 1");
}

// A problem on two meshes needs about four iterations; a guess that is far away takes more on the first.
double next_continuation_step(double step, std::size_t n_iterations) noexcept {
    constexpr std::size_t few = 10;
    return n_iterations <= few ? 2.0 * step : step;
}

}  // namespace detail
}  // namespace poise::ode
