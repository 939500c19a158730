// SPDX-License-Identifier: MIT
#include <poise/grid/stencil.hpp>

namespace poise::grid {

template <std::size_t D>
std::array<axis_stencil, D> axis_stencils(cartesian<D> const& grid, condition_kinds<D> const& kinds) noexcept {
    std::array<axis_stencil, D> stencils;
    bool const nodes = grid.centering() == centering::node;
    for (std::size_t d = 0; d < D; ++d) {
        double const h = grid.spacing(d);
        axis_stencil& axis = stencils[d];
        axis.coupling = 1.0 / (h * h);
        axis.n = grid.points()[d];
        if (kinds[2 * d] == condition_kind::periodic) {
            axis.periodic = true;
            axis.n = grid.cells()[d];
            if (axis.n > 1) axis.end_part = {axis.coupling, axis.coupling};
            axis.end_share = {0.5, 0.5};
            continue;
        }
        for (std::size_t end = 0; end < 2; ++end) {
            bool const dirichlet = kinds[2 * d + end] == condition_kind::dirichlet;
            if (nodes && dirichlet) {  // the boundary's node is known: its value moves to the right-hand side
                axis.n -= 1;
                axis.first_point += end == 0 ? 1 : 0;
                axis.end_part[end] = axis.coupling;
                axis.end_share[end] = 0.5;
                axis.data_factor[end] = axis.coupling;
            } else if (dirichlet) {  // the wall is half a cell away: (u - g) / (h/2) over h
                axis.end_part[end] = 2.0 * axis.coupling;
                axis.end_share[end] = 0.5;
                axis.data_factor[end] = 2.0 * axis.coupling;
            } else {  // the flux through the side is given; a node on it owns half a cell
                axis.end_part[end] = 0.0;
                axis.end_share[end] = nodes ? 0.0 : 0.5;
                axis.data_factor[end] = 1.0 / h;
            }
        }
    }
    return stencils;
}

// (2κ/h) (u_face - u) = value - coefficient·u_face, without over- or underflow on the way.
robin_part robin_side(axis_stencil const& axis, std::size_t end, double kappa, double coefficient) noexcept {
    double const over_h = axis.data_factor[end];
    if (axis.end_share[end] == 0.0) return {coefficient * over_h, over_h};
    if (coefficient == 0.0) return {0.0, over_h};
    double const to_face = 2.0 * kappa * over_h;
    if (coefficient <= to_face) {
        double const part = 1.0 / (1.0 + coefficient / to_face);
        return {coefficient * part * over_h, part * over_h};
    }
    double const ratio = to_face / coefficient;
    return {to_face / (1.0 + ratio) * over_h, ratio / (1.0 + ratio) * over_h};
}

template std::array<axis_stencil, 1> axis_stencils(cartesian<1> const&, condition_kinds<1> const&) noexcept;
template std::array<axis_stencil, 2> axis_stencils(cartesian<2> const&, condition_kinds<2> const&) noexcept;
template std::array<axis_stencil, 3> axis_stencils(cartesian<3> const&, condition_kinds<3> const&) noexcept;

}  // namespace poise::grid
