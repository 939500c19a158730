// SPDX-License-Identifier: MIT
// The heat equation in time.
#pragma once

#include <poise/grid/cartesian.hpp>
#include <poise/grid/scalar_function.hpp>
#include <poise/ode/problem.hpp>
#include <poise/pde/conductivity.hpp>
#include <poise/pde/evolution.hpp>
#include <poise/pde/in_time.hpp>

namespace poise::pde {

/// capacity ∂u/∂t = ∇·(κ∇u) − σu + source on the box from t.begin to t.end, u = initial at the beginning, κ > 0 and
/// capacity > 0, with a condition on every side. In space as diffusion<D>: κ, σ and the conditions mean the same.
/// Where a side's Dirichlet data disagree with the initial values beside it, u follows the data from the beginning on.
///   pde::heat<2>{.domain = plate, .kappa = 1.2, .initial = 20.0, .boundary = grid::dirichlet{5.0}, .t = {0.0, 60.0}}
template <std::size_t D>
struct heat {
    grid::cartesian<D> domain;
    conductivity<D> kappa = 1.0;
    grid::scalar_function<D> capacity = 1.0;
    grid::scalar_function<D> sigma = 0.0;
    source_in_time<D> source = 0.0;
    boundary_in_time<D> boundary = grid::dirichlet{0.0};
    grid::scalar_function<D> initial = 0.0;
    ode::time_span t = {};
};

/// Second-order finite volumes in space. In time, as options.method says:
/// exact, what automatic takes where it can: numbers for κ, capacity and σ, data that do not change with time, cells of
/// one width and no Robin side. By the eigenfunctions of the grid's operator, by fast transforms: one or two of them
/// for the beginning and one for each saved time, whatever the time; nothing but rounding is left of the error in time.
/// implicit_runge_kutta, what automatic takes else: ESDIRK4(3)6L[2]SA of Kennedy & Carpenter, L-stable, with steps by
/// the tolerances. Data that change with time enter by the integral of their derivative, taken from their values in
/// the step, so that Dirichlet data cost no order. A step is 5 linear systems and, where data change, 5 evaluations of
/// them: by one fast transform each where coefficients are numbers; else by conjugate gradients, preconditioned by a
/// fast transform where coefficients vary little, by multigrid where they vary more, by the diagonal where that is most
/// of the matrix or a direction is periodic. Saved times between steps are interpolated, of order 4. Memory: some 20
/// numbers an unknown. σ ≥ 0.
/// The report's "heat content" is the sum of capacity·u over the unknowns' cells, `supplied` what came in through
/// sides, from the source and by σ; steps conserve it but for what the linear solves leave, and by the exact method it
/// is followed where nothing comes in through sides and σ is 0.
/// Thread-safe; the same bits on any number of threads. Throws std::invalid_argument for a span of time that is not
/// finite or runs backwards, tolerances that are negative, not finite or both 0, saved times out of order or span, a
/// method that is not for the problem, a κ or capacity that is not positive and finite, data that are not finite
/// (naming where and when), fields on another grid, sides whose kind or whose Robin coefficient changes with time;
/// not_enough_memory; pde::not_converged. An empty span returns the initial values. Sources: Strang (1999), SIAM Review
/// 41, 135; Kennedy & Carpenter (2003), Appl. Numer. Math. 44, 139.
template <std::size_t D>
[[nodiscard]] evolution<D> solve(heat<D> const& problem, evolution_options<D> const& options = {});

}  // namespace poise::pde
