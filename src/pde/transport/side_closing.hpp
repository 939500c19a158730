// SPDX-License-Identifier: MIT
// Private to src/pde: what a side makes of the cells before it.
#pragma once

#include "pde/transport/flux_rows.hpp"

#include <poise/grid/boundary.hpp>

#include <array>

namespace poise::pde::detail {

/// One face of a side that is not periodic.
struct side_face {
    flux_kind kind;
    grid::condition_kind condition;
    bool is_lower;
    double value, coefficient;  ///< of the condition
    double velocity;            ///< through the face, in the direction of the axis
    double kappa;               ///< over the width of a cell
    std::array<double, 5> u;    ///< the cells before it, the nearest first; those that are not there repeat the last
};

/// The cells that go on beyond the side, the nearest first, and the flux in the direction of the axis, of schemes other
/// than weno5, whose flux is that of the cells beyond.
struct closed_face {
    std::array<double, 3> beyond;
    double flux;
};

/// With diffusion the condition holds wherever the flow goes. Without, Dirichlet data are of what flows in; elsewhere,
/// and through Neumann sides, the values of the cells go on.
/// weno5: polynomials of degree 4, through the data and four cells, or through five; where these are rough, which is as
/// fourth differences are beside first ones, the data or the cell's value go on. Other schemes: the straight line
/// through data and cell, and what flows in is what the data say.
[[nodiscard]] closed_face close_face(side_face const& face);

/// What goes on beyond a side, the nearest first, of a value on it and four cells before it, the nearest first: by the
/// polynomial of degree 4, and where that is rough mirrored at the value.
[[nodiscard]] std::array<double, 3> continue_from(double on_side, std::array<double, 4> const& cells);

}  // namespace poise::pde::detail
