// SPDX-License-Identifier: MIT
// What a flow carries, and what diffuses in it.
#pragma once

#include <poise/grid/cartesian.hpp>
#include <poise/grid/scalar_function.hpp>
#include <poise/ode/problem.hpp>
#include <poise/pde/advection.hpp>
#include <poise/pde/evolution.hpp>
#include <poise/pde/in_time.hpp>

namespace poise::pde {

/// ∂u/∂t + ∇·(velocity u) = ∇·(κ∇u) + source on the box from t.begin to t.end, u = initial at the beginning, κ ≥ 0, on
/// cells of one width. With a condition on every side: u = value (Dirichlet), κ ∂u/∂n = value (Neumann), κ ∂u/∂n +
/// coefficient·u = value (Robin: with -velocity·n for the coefficient and times what is beyond, the flux that comes
/// with the flow). Where κ = 0 Dirichlet data are of what flows in; where it flows out, and through Neumann sides,
/// which are of 0 then, the values of the cells go on.
///   pde::advection_diffusion<2>{.domain = pond, .velocity = {1.0, 0.0}, .kappa = 1e-3, .initial = drop, .t = {0, 1}}
template <std::size_t D>
struct advection_diffusion {
    grid::cartesian<D> domain;
    pde::velocity<D> velocity;
    double kappa = 0.0;
    advection_scheme scheme = advection_scheme::weno5;
    pde::limiter limiter = limiter::van_leer;
    source_in_time<D> source = 0.0;
    boundary_in_time<D> boundary = grid::dirichlet{0.0};
    grid::scalar_function<D> initial = 0.0;
    ode::time_span t = {};
};

/// By explicit steps, as options.method says:
/// ssp_runge_kutta, what automatic takes unless diffusion asks for it: Shu and Osher's, of order 3. A step is as long
/// as rtol and atol allow and the Courant number: with A = Σ |velocity|/h and K = Σ κ/h² a step is at most 1/(A + 3K)
/// of upwind, 1/(2A + 3K) of limited (2K where all is periodic: so they keep bounds), 1/(0.58 A + 1.6 K) of central and
/// 1/(A + 3.6 K) of weno5 (2.4 K). Of fronts that the grid does not resolve most of the error is that of the grid, and
/// rtol asks for more steps than it is worth: rtol = 1e-2 leaves steps to the Courant number.
/// stabilised_runge_kutta, what automatic takes where A ≤ K/2: Runge–Kutta–Legendre of order 2, whose steps grow with
/// the square of the stages they take. It promises no bounds. Where a velocity grows until it is stable no more,
/// automatic goes over to ssp_runge_kutta, and the report says when. options.fixed_step is refused where it is longer
/// than stable at the beginning; where it comes to be, the solve ends there with the reason step_too_small. Steps end
/// at saved times. Orders in space: 1, 2, 2 and 5 in each direction, where u and velocity are smooth, with any mix of
/// sides; of limited in the mean, not at extrema; of weno5 beside Neumann sides 4. weno5 takes u, source and velocity
/// at the centres of cells, other schemes velocities at faces. The report's "amount" is Σ u times the measure of a
/// cell, `supplied` what came in through sides and from the source; steps conserve it to rounding. Nothing is allocated
/// in a step, but by what the problem calls. Memory: 4 to 8 numbers a cell, and one for each direction in which the
/// velocity is no number. Thread-safe; the same bits on any number of threads. Throws std::invalid_argument for a span
/// of time that is not finite or runs backwards, options as pde::solve(heat<D>) refuses, a grid that is stretched or on
/// nodes, fewer than 5 cells between sides with weno5, a κ that is negative, a velocity that is a field, Robin sides
/// where κ = 0, data that are not finite (naming where and when), fields on another grid; not_enough_memory;
/// pde::not_converged. An empty span returns the initial values.
template <std::size_t D>
[[nodiscard]] evolution<D> solve(advection_diffusion<D> const& problem, evolution_options<D> const& options = {});

}  // namespace poise::pde
