// SPDX-License-Identifier: MIT
// Solves a boundary-value problem.
#pragma once

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/ode/boundary_options.hpp>
#include <poise/ode/boundary_problem.hpp>
#include <poise/ode/boundary_solution.hpp>
#include <poise/ode/detail/boundary_guess.hpp>
#include <poise/ode/detail/boundary_input.hpp>
#include <poise/ode/detail/collocation.hpp>
#include <poise/ode/detail/shooting.hpp>
#include <poise/ode/gauss_collocation.hpp>
#include <poise/ode/shooting.hpp>
#include <poise/profile/scope.hpp>
#include <poise/profile/timer.hpp>

#include <array>
#include <cstddef>

namespace poise::ode {

/// The solution of y' = f(x, y), g(y(a), y(b)) = 0 that Newton's method finds from a guess.
///   auto const lower = ode::solve(bratu, {0.0, 0.0}, ode::gauss_collocation{}, {.rtol = 1e-8, .atol = 1e-8});
///   std::cout << lower(0.5)[0] << '\n' << lower.report << '\n';
/// guess: a state for all of [a, b], a callable x → state, or an earlier solution, whose mesh is gone on with. Of
/// several solutions the guess selects one. Converged: halving the mesh changed the solution by so little that the
/// estimated error e is |eᵢ(x)| ≤ atolᵢ + rtol·|yᵢ| for every component in every interval, with the largest |yᵢ| there,
/// and the jumps of the highest derivative say so too. Throws ode::boundary_not_converged, which carries the report,
/// where that fails, unless options.on_failure says otherwise: the solution then is the best of the meshes before.
/// Throws std::invalid_argument for an interval, a guess, tolerances or a mesh that make no sense; what f, g and the
/// guess throw. Memory is taken for each mesh, none in Newton's iterations. Thread-safe where f and g are.
/// Source: Ascher, Christiansen & Russell (1979), Math. Comp. 33, 659 (COLSYS); Bader & Ascher (1987), SIAM J. Sci.
/// Stat. Comput. 8, 483 (COLNEW); Deuflhard (2004), Newton Methods for Nonlinear Problems, §3.3.3 and §8.
template <class F, class G, detail::boundary_guess Guess, std::size_t Stages>
[[nodiscard]] auto solve(boundary_problem<F, G> const& problem, Guess const& guess, gauss_collocation<Stages>,
                         boundary_options const& options = {}) -> boundary_solution<detail::guessed_state<Guess>> {
    profile::scope const timing{"ode::solve"};
    profile::timer const taken;
    auto const prototype = detail::guess_at(guess, problem.x.begin);
    using State = detail::guessed_state<Guess>;
    detail::require_boundary_input(problem.x, numbers_of(prototype), options);
    detail::collocation<Stages, F, G, State, Guess> meshes{problem, guess, prototype, options};
    auto result = meshes.run();
    result.report.solve_s = taken.seconds();
    if (options.on_failure == on_failure::throw_exception) result.report.or_throw();
    return result;
}

/// The same by shooting. Converged: integrations ten times as close would change the states at the ends of segments by
/// so little that the estimated error e is |eᵢ| ≤ atolᵢ + rtol·|yᵢ| there. Each integration takes memory of its own.
template <class F, class G, detail::boundary_guess Guess, class Method>
[[nodiscard]] auto solve(boundary_problem<F, G> const& problem, Guess const& guess, shooting_by<Method> const& method,
                         boundary_options const& options = {}) -> boundary_solution<detail::guessed_state<Guess>> {
    profile::scope const timing{"ode::solve"};
    profile::timer const taken;
    auto const prototype = detail::guess_at(guess, problem.x.begin);
    using State = detail::guessed_state<Guess>;
    detail::require_boundary_input(problem.x, numbers_of(prototype), options);
    POISE_REQUIRE(method.n_segments >= 1, "ode: n_segments is 0; it takes at least 1");
    detail::shooting_method<Method, F, G, State, Guess> segments{problem, guess, prototype, method.n_segments, options};
    auto result = segments.run();
    result.report.solve_s = taken.seconds();
    if (options.on_failure == on_failure::throw_exception) result.report.or_throw();
    return result;
}

/// The same from as many numbers as a state has.
template <class F, class G, std::size_t N, class Method>
[[nodiscard]] boundary_solution<std::array<double, N>> solve(boundary_problem<F, G> const& problem,
                                                             double const (&guess)[N], Method const& method,
                                                             boundary_options const& options = {}) {
    return solve(problem, std::to_array(guess), method, options);
}

}  // namespace poise::ode
