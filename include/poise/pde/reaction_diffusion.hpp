// SPDX-License-Identifier: MIT
// Species that react and diffuse.
#pragma once

#include <poise/grid/cartesian.hpp>
#include <poise/grid/field.hpp>
#include <poise/grid/scalar_function.hpp>
#include <poise/ode/problem.hpp>
#include <poise/pde/evolution.hpp>
#include <poise/pde/in_time.hpp>
#include <poise/pde/per_species.hpp>
#include <poise/pde/reaction.hpp>

#include <cstddef>
#include <vector>

namespace poise::pde {

/// ∂u_s/∂t = diffusivity_s Δu_s + R_s(u) + source_s on the box from t.begin to t.end for S species, u_s = initial_s at
/// the beginning, with a condition on every side for each: u = value (Dirichlet), diffusivity_s ∂u/∂n = value (Neumann)
/// or diffusivity_s ∂u/∂n + coefficient·u = value (Robin). diffusivity_s ≥ 0; of a species that does not diffuse sides
/// say nothing, but Dirichlet sides what u is on their nodes.
///   pde::reaction_diffusion<2, 2>{.domain = dish, .diffusivity = {2e-5, 1e-5},
///                                 .reaction = pde::gray_scott_reaction{.feed = 0.037, .kill = 0.06},
///                                 .boundary = grid::periodic{}, .initial = {1.0, spot}, .t = {0.0, 5000.0}}
template <std::size_t D, std::size_t S = 1>
struct reaction_diffusion {
    grid::cartesian<D> domain;
    per_species<double, S> diffusivity = 1.0;
    pde::reaction<D, S> reaction;
    per_species<source_in_time<D>, S> source = 0.0;
    per_species<boundary_in_time<D>, S> boundary = grid::neumann{0.0};
    per_species<grid::scalar_function<D>, S> initial = 0.0;
    ode::time_span t = {};
};

/// One field for each species.
template <std::size_t D>
using species_fields = std::vector<grid::field<D>>;
template <std::size_t D>
using species_evolution = evolution<D, species_fields<D>>;
template <std::size_t D>
using species_options = evolution_options<D, species_fields<D>>;

namespace detail {
/// The same, of any number of species.
template <std::size_t D>
struct species_problem {
    grid::cartesian<D> const& domain;
    block_of_rates<D> const& rates;
    ode::time_span t;
    bool reacts_to_time;
    std::vector<double> diffusivity{};
    std::vector<source_in_time<D> const*> source{};
    std::vector<boundary_in_time<D> const*> boundary{};
    std::vector<grid::scalar_function<D> const*> initial{};
};
template <std::size_t D>
[[nodiscard]] species_evolution<D> solve_species(species_problem<D> const& problem, species_options<D> const& options);
}  // namespace detail

/// Second-order finite volumes in space, as of heat<D>. In time, as options.method says:
/// stabilised_runge_kutta: ode::rkl2's Runge–Kutta–Legendre of order 2 with as many stages as diffusion asks for, many
/// stages of all species in one sweep over memory. What automatic takes unless the other is faster.
/// exponential: ETDRK4 of Krogstad with an embedded error of order 3, where data or R change with time joined by one of
/// what N is of time: diffusion exactly by fast transforms, whatever the step, nine of them a step and species; for
/// cells of one width and no Robin side. What automatic takes where it can and diffusion is more than 10⁴ times as fast
/// as the reaction at the beginning. Where R is not 0 on a Dirichlet side, or data change there, its order falls to
/// between 2 and 3 near that side. An error is weighed by each species' own size: (e / (atol + rtol·|u_s|))², |u_s| the
/// root of the mean of u_s², its mean over all unknowns of all species. Saved times between steps are interpolated:
/// cubics of order 3, or the exponential method's own of order 3. Where data change with time, they are evaluated at
/// every stage. The report's conserved quantities are the amounts, ∫u_s, which are not conserved where there is a
/// reaction: `supplied` and largest_drift are not followed. Memory: 9 numbers an unknown of each species by the first
/// method, 25 by the second. Stages of the first and transforms of the second run on all threads where there is enough
/// to do. fixed_step ends with the reason step_too_small where it takes the first method more than 1000 stages.
/// Thread-safe; the same bits on any number of threads. Throws std::invalid_argument for what heat<D> does, a
/// diffusivity that is negative or not finite and a reaction that is not finite of the initial values, naming species
/// and place; not_enough_memory; pde::not_converged. What a reaction throws leaves the solve. An empty span returns the
/// initial values. Sources: Meyer, Balsara & Aslam (2014), J. Comput. Phys. 257, 594; Krogstad (2005), J. Comput. Phys.
/// 203, 72, eq. (51); Hochbruck & Ostermann (2010), Acta Numerica 19, 209, §2.
template <std::size_t D, std::size_t S>
[[nodiscard]] species_evolution<D> solve(reaction_diffusion<D, S> const& problem,
                                         species_options<D> const& options = {}) {
    detail::species_problem<D> given{problem.domain, problem.reaction.evaluate(), problem.t,
                                     problem.reaction.takes_time()};
    for (std::size_t s = 0; s < S; ++s) {
        given.diffusivity.push_back(problem.diffusivity[s]);
        given.source.push_back(&problem.source[s]);
        given.boundary.push_back(&problem.boundary[s]);
        given.initial.push_back(&problem.initial[s]);
    }
    return detail::solve_species(given, options);
}

}  // namespace poise::pde
