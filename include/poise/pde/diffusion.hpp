// SPDX-License-Identifier: MIT
// Stationary diffusion with coefficients that vary.
#pragma once

#include <poise/grid/boundary.hpp>
#include <poise/grid/cartesian.hpp>
#include <poise/grid/scalar_function.hpp>
#include <poise/pde/conductivity.hpp>

namespace poise::pde {

/// −∇·(κ∇u) + σu = source on the box, κ > 0, with a condition on every side; what neumann{} gives is the flux κ ∂u/∂n,
/// n pointing outwards, and robin{} κ ∂u/∂n + coefficient·u. κ and σ are numbers, callables of the coordinates, or
/// fields on the domain, and κ is one of these for each direction where it is orthotropic{}; they may jump: the flux
/// between two points is by the harmonic mean of κ, so a jump belongs between points. Where no side is Dirichlet and σ
/// = 0, u is known up to a constant, and solve() returns the one of mean zero. With σ < 0 anywhere there is one
/// solution unless 0 is an eigenvalue. On nodes, the last points of a periodic direction are its first ones: what κ, σ
/// and the source are there is not used.
template <std::size_t D>
struct diffusion {
    grid::cartesian<D> domain;
    conductivity<D> kappa = 1.0;
    grid::scalar_function<D> sigma = 0.0;
    grid::scalar_function<D> source = 0.0;
    grid::boundary<D> boundary = grid::dirichlet{0.0};
};

}  // namespace poise::pde
