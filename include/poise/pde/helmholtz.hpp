// SPDX-License-Identifier: MIT
// The Helmholtz equation: definite (screened Poisson, reaction–diffusion) or of waves.
#pragma once

#include <poise/grid/boundary.hpp>
#include <poise/grid/cartesian.hpp>
#include <poise/grid/scalar_function.hpp>

namespace poise::pde {

/// −Δu + shift·u = source on the box, with a condition on every side. With shift > 0 every mix of sides has one
/// solution; with shift = 0 it is Poisson's equation. With shift = -k² < 0, waves of length 2π/k, there is one unless
/// k² is an eigenvalue of −Δ; on the grid waves are shorter by up to (kh)²/24 of their length, which adds up over many.
/// On nodes, the last points of a periodic direction are its first ones: what the source is there is not used.
template <std::size_t D>
struct helmholtz {
    grid::cartesian<D> domain;
    double shift = 0.0;
    grid::scalar_function<D> source = 0.0;
    grid::boundary<D> boundary = grid::dirichlet{0.0};
};

}  // namespace poise::pde
