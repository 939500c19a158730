// SPDX-License-Identifier: MIT
// Integrates an initial-value problem.
#pragma once

#include <poise/ode/detail/integration.hpp>
#include <poise/ode/problem.hpp>
#include <poise/ode/solution.hpp>
#include <poise/ode/solve_options.hpp>
#include <poise/ode/state.hpp>
#include <poise/profile/scope.hpp>
#include <poise/profile/timer.hpp>

namespace poise::ode {

/// The solution of y' = f(t, y), y(t0) = y0, from t0 to t1, forwards or backwards.
///   auto const solution = ode::solve(problem, ode::tsitouras5{}, {.rtol = 1e-8});
///   std::cout << solution(0.5) << '\n' << solution.report << '\n';
/// Method: bogacki_shampine3, dormand_prince5, tsitouras5, verner7, verner9, dop853; rodas5p, esdirk4, radau or bdf
/// where it is stiff, automatic where that is not known. f is asked within the span of time alone. A step whose error
/// is too large or not finite is tried again, smaller; where that ends, the solution holds what there is until then. t1
/// is reached exactly. Throws ode::not_converged, which carries the report, where it failed on the way, unless
/// options.on_failure says otherwise; std::invalid_argument for a span, a state or a tolerance that is not finite,
/// tolerances that are negative, both 0 or not one for each component, save_at outside the span or out of order, steps
/// that are not positive; what f, events and on_step throw. An empty span returns y0. With keep::ends and no events a
/// step allocates nothing, unless a Jacobian is sparse. Thread-safe where f is. Source: Hairer, Nørsett & Wanner
/// (1993), Solving Ordinary Differential Equations I, §II.4 (steps), §II.6 (dense output); Gustafsson (1994), ACM TOMS
/// 20, 496 (controller).
template <class F, state State, class Method>
[[nodiscard]] solution<State> solve(problem<F, State> const& problem, Method const&,
                                    solve_options<State> const& options = {}) {
    profile::scope const timing{"ode::solve"};
    profile::timer const taken;
    detail::integration<Method, F, State> integration{problem, options};
    auto result = integration.run();
    result.report.solve_s = taken.seconds();
    if (options.on_failure == on_failure::throw_exception) result.report.or_throw();
    return result;
}

}  // namespace poise::ode
