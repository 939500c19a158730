// SPDX-License-Identifier: MIT
// Poisson's equation.
#pragma once

#include <poise/grid/boundary.hpp>
#include <poise/grid/cartesian.hpp>
#include <poise/grid/scalar_function.hpp>

namespace poise::pde {

/// −Δu = source on the box, with a condition on every side. Where no side is Dirichlet, u is known up to a constant,
/// and solve() returns the one of mean zero.
/// On nodes, the last points of a periodic direction are its first ones: what the source is there is not used.
template <std::size_t D>
struct poisson {
    grid::cartesian<D> domain;
    grid::scalar_function<D> source = 0.0;
    grid::boundary<D> boundary = grid::dirichlet{0.0};
};

}  // namespace poise::pde
