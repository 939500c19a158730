// SPDX-License-Identifier: MIT
// Burgers' equation.
#pragma once

#include <poise/grid/cartesian.hpp>
#include <poise/grid/scalar_function.hpp>
#include <poise/ode/problem.hpp>
#include <poise/pde/advection.hpp>
#include <poise/pde/evolution.hpp>
#include <poise/pde/in_time.hpp>

namespace poise::pde {

/// ∂u/∂t + Σ ∂(u²/2)/∂x_d = viscosity Δu + source, viscosity ≥ 0: u carries itself in every direction alike, and where
/// it is steeper than the viscosity holds it becomes a shock. Otherwise as advection_diffusion<D>. Without viscosity,
/// Dirichlet data are of what comes in by Riemann's problem between the data and the cell.
///   pde::burgers<1>{.domain = line, .boundary = grid::periodic{}, .initial = wave, .t = {0.0, 1.0}}
template <std::size_t D>
struct burgers {
    grid::cartesian<D> domain;
    double viscosity = 0.0;
    advection_scheme scheme = advection_scheme::weno5;
    pde::limiter limiter = limiter::van_leer;
    source_in_time<D> source = 0.0;
    boundary_in_time<D> boundary = grid::dirichlet{0.0};
    grid::scalar_function<D> initial = 0.0;
    ode::time_span t = {};
};

/// As pde::solve(advection_diffusion<D>), with |u| for the speeds. Fluxes by Godunov's, of weno5 by Lax and Friedrichs'
/// splitting: the shocks are those with entropy. central is for viscosities that resolve them.
template <std::size_t D>
[[nodiscard]] evolution<D> solve(burgers<D> const& problem, evolution_options<D> const& options = {});

}  // namespace poise::pde
