// SPDX-License-Identifier: MIT
#include "pde/evolving.hpp"
#include "pde/heat_solving.hpp"
#include "pde/solving.hpp"

#include <poise/pde/heat.hpp>

#include <cmath>
#include <string>

namespace poise::pde {
namespace {

// The coefficients, where they are numbers.
template <std::size_t D>
std::optional<detail::heat_constants<D>> constants_of(heat<D> const& problem) {
    auto const kappa = problem.kappa.constants();
    for (std::size_t d = 0; d < D && kappa; ++d) {
        std::string const along = problem.kappa.is_isotropic() ? "" : concat(" along ", "xyz"[d]);
        POISE_REQUIRE((*kappa)[d] > 0.0 && std::isfinite((*kappa)[d]), "kappa", along, " is ", (*kappa)[d],
                      "; it must be positive and finite");
    }
    double const* const capacity = problem.capacity.constant();
    if (capacity != nullptr)
        POISE_REQUIRE(*capacity > 0.0 && std::isfinite(*capacity), "capacity is ", *capacity,
                      "; it must be positive and finite");
    double const* const sigma = problem.sigma.constant();
    if (sigma != nullptr) POISE_REQUIRE(std::isfinite(*sigma), "sigma is ", *sigma, "; it must be finite");
    if (!kappa || capacity == nullptr || sigma == nullptr) return std::nullopt;
    return detail::heat_constants<D>{*kappa, *capacity, *sigma};
}

// Why the exact method is not for the problem; empty where it is.
template <std::size_t D>
std::string what_is_not_exact(detail::heat_to_solve<D> const& given) {
    if (!given.constants) return "coefficients vary in space";
    return detail::what_is_not_constant(given.problem, given.boundary);
}

template <std::size_t D>
evolution<D> initial_state(detail::heat_to_solve<D> const& given) {
    auto const& problem = given.problem;
    auto const values = detail::finite_values(problem.domain, problem.initial, "the initial value");
    detail::discrete_problem<D> const discrete{problem.domain, given.boundary, grid::uniform_point<D>(1.0)};
    std::vector<double> unknowns(discrete.n_unknowns());
    discrete.from_points(values, unknowns);
    evolution<D> result;
    result.t.push_back(problem.t.begin);
    result.u.push_back(discrete.to_field(unknowns));
    result.report.reason = ode::stop_reason::reached_end;
    result.report.method = "no time";
    result.report.n_unknowns = unknowns.size();
    result.report.t = result.report.t_end = problem.t.end;
    return result;
}

}  // namespace

template <std::size_t D>
void detail::require_heat_fields(heat<D> const& problem) {
    detail::require_on_domain(problem.domain, problem.initial, "the initial value");
    detail::require_on_domain(problem.domain, problem.capacity, "capacity");
    detail::require_on_domain(problem.domain, problem.sigma, "sigma");
    for (std::size_t d = 0; d < D; ++d) detail::require_on_domain(problem.domain, problem.kappa.along(d), "kappa");
    if (auto const* source = problem.source.constant())
        detail::require_on_domain(problem.domain, *source, "the source");
}

template <std::size_t D>
evolution<D> solve(heat<D> const& problem, evolution_options<D> const& options) {
    detail::require_evolution_options(problem.t, options);
    POISE_REQUIRE(problem.t.begin <= problem.t.end, "the span of time is from ", problem.t.begin, " back to ",
                  problem.t.end, "; heat does not flow backwards in time, where any error grows without bounds");
    detail::require_heat_fields(problem);
    auto const constants = constants_of(problem);
    auto const boundary = problem.boundary.at(problem.t.begin);
    detail::heat_to_solve<D> const given{problem, options, boundary, constants};
    POISE_REQUIRE(options.method == time_method::automatic || options.method == time_method::exact ||
                      options.method == time_method::implicit_runge_kutta,
                  "method is not of the heat equation; take automatic, exact or implicit_runge_kutta");
    POISE_REQUIRE(options.method != time_method::exact || options.fixed_step == 0.0,
                  "method is exact, and fixed_step is ", options.fixed_step,
                  ": it takes no steps; take method::implicit_runge_kutta, or 0");
    if (problem.t.begin == problem.t.end) return initial_state(given);
    auto const reason = what_is_not_exact(given);
    POISE_REQUIRE(options.method != time_method::exact || reason.empty(), "method is exact, and ", reason,
                  "; take method::automatic");
    bool const is_exact = options.method == time_method::exact ||
                          (options.method == time_method::automatic && options.fixed_step == 0.0 && reason.empty());
    auto result = is_exact ? detail::solve_heat_exactly(given) : detail::solve_heat_by_steps(given);
    if (options.method == time_method::automatic)
        result.report.chosen = is_exact                    ? "constant coefficients and data on a box"
                               : options.fixed_step != 0.0 ? "steps of one size are asked for"
                                                           : reason;
    if (options.on_failure == on_failure::throw_exception) result.report.or_throw();
    return result;
}

template evolution<1> solve(heat<1> const&, evolution_options<1> const&);
template evolution<2> solve(heat<2> const&, evolution_options<2> const&);
template evolution<3> solve(heat<3> const&, evolution_options<3> const&);

template void detail::require_heat_fields(heat<1> const&);
template void detail::require_heat_fields(heat<2> const&);
template void detail::require_heat_fields(heat<3> const&);

}  // namespace poise::pde
