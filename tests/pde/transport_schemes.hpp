// SPDX-License-Identifier: MIT
// What the tests of transport share: the schemes, a line of cells, how far a field is from an exact one.
#pragma once

#include <poise/grid/cartesian.hpp>
#include <poise/grid/field.hpp>
#include <poise/pde/advection_diffusion.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <tuple>

namespace poise_test {

inline constexpr std::array all_schemes{poise::pde::advection_scheme::upwind, poise::pde::advection_scheme::central,
                                        poise::pde::advection_scheme::limited, poise::pde::advection_scheme::weno5};

inline poise::grid::cartesian<1> line(std::ptrdiff_t n) { return poise::grid::cartesian<1>{{.cells = {n}}}; }

// The mean of |u − exact|; exact takes a point's coordinates one by one.
template <std::size_t D, class Exact>
double mean_error(poise::grid::field<D> const& u, Exact const& exact) {
    double total = 0.0;
    poise::grid::for_each_point(u.grid(), [&](std::size_t i, poise::grid::point<D> const& x) {
        total += std::abs(u.values()[i] - std::apply(exact, x));
    });
    return total / static_cast<double>(u.values().size());
}

}  // namespace poise_test
