// SPDX-License-Identifier: MIT
#include <poise/grid/stencil.hpp>

#include <algorithm>
#include <limits>

namespace poise::grid {

namespace {

// The outermost points of a direction that is not periodic; h: its mean cell.
void put_ends(axis_stencil& axis, std::array<condition_kind, 2> const& kinds, bool nodes, double h,
              std::array<double, 2> const& end_widths) {
    for (std::size_t end = 0; end < 2; ++end) {
        bool const dirichlet = kinds[end] == condition_kind::dirichlet;
        double const coupling = 1.0 / (h * end_widths[end]);
        axis.over_end[end] = 1.0 / end_widths[end];
        if (nodes && dirichlet) {  // the boundary's node is known: its value moves to the right-hand side
            axis.n -= 1;
            axis.first_point += end == 0 ? 1 : 0;
            axis.is_known[end] = true;
            axis.end_part[end] = coupling;
            axis.end_share[end] = 0.5;
            axis.data_factor[end] = coupling;
        } else if (dirichlet) {  // the wall is half a cell away: (u - g) / (h/2) over h
            axis.end_part[end] = 2.0 * coupling;
            axis.end_share[end] = 0.5;
            axis.data_factor[end] = 2.0 * coupling;
        } else {  // the flux through the side is given; a node on it owns half a cell
            axis.end_part[end] = 0.0;
            axis.end_share[end] = nodes ? 0.0 : 0.5;
            axis.data_factor[end] = 1.0 / h;
        }
    }
}

// From each unknown to the next, around the ring where the direction is periodic.
template <std::size_t D>
void stretch(axis_stencil& axis, cartesian<D> const& grid, std::size_t d) {
    double const h = grid.spacing(d);
    bool const nodes = grid.centering() == centering::node;
    std::ptrdiff_t const n_cells = grid.cells()[d];
    auto const width = [&](std::ptrdiff_t cell) { return grid.width(d, (cell + n_cells) % n_cells); };
    for (std::ptrdiff_t i = 0; i < axis.n; ++i) {
        std::ptrdiff_t const point = i + axis.first_point;
        bool const is_last = i == axis.n - 1 && !axis.periodic;
        double const here = width(point), next = width(point + 1);
        double const own = nodes && axis.periodic ? 0.5 * (width(point - 1) + here) : grid.length_of_point(d, point);
        axis.shares.push_back(own / h);
        if (is_last) break;
        double const distance = nodes ? here : 0.5 * (here + next);
        axis.couplings.push_back(1.0 / (h * distance));
        double const both = nodes ? 2.0 : here + next;
        axis.distance_parts.push_back({(nodes ? 1.0 : here) / both, (nodes ? 1.0 : next) / both});
    }
    if (axis.periodic && axis.n > 1) axis.end_part = {axis.couplings.back(), axis.couplings.back()};
}

}  // namespace

std::pair<double, double> axis_stencil::coupling_range() const noexcept {
    if (is_uniform()) return {coupling, coupling};
    std::pair<double, double> range{std::numeric_limits<double>::infinity(), 0.0};
    auto const take = [&](double value) {
        if (value != 0.0) range = {std::min(range.first, value), std::max(range.second, value)};
    };
    for (double const value : couplings) take(value);
    for (std::size_t end = 0; end < 2; ++end) take(is_known[end] || periodic ? end_part[end] : 0.5 * end_part[end]);
    return range;
}

template <std::size_t D>
std::array<axis_stencil, D> axis_stencils(cartesian<D> const& grid, condition_kinds<D> const& kinds) {
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
        } else {
            put_ends(axis, {kinds[2 * d], kinds[2 * d + 1]}, nodes, h,
                     {grid.width(d, 0), grid.width(d, grid.cells()[d] - 1)});
        }
        if (!grid.is_uniform(d)) stretch(axis, grid, d);
    }
    return stencils;
}

// (2κ/width) (u_face - u) = value - coefficient·u_face, without over- or underflow on the way.
robin_part robin_side(axis_stencil const& axis, std::size_t end, double kappa, double coefficient) noexcept {
    double const over_h = axis.data_factor[end];  // of the mean cell, which the rows are scaled by
    if (axis.end_share[end] == 0.0) return {coefficient * over_h, over_h};
    if (coefficient == 0.0) return {0.0, over_h};
    double const to_face = 2.0 * kappa * axis.over_end[end];
    if (coefficient <= to_face) {
        double const part = 1.0 / (1.0 + coefficient / to_face);
        return {coefficient * part * over_h, part * over_h};
    }
    double const ratio = to_face / coefficient;
    return {to_face / (1.0 + ratio) * over_h, ratio / (1.0 + ratio) * over_h};
}

template std::array<axis_stencil, 1> axis_stencils(cartesian<1> const&, condition_kinds<1> const&);
template std::array<axis_stencil, 2> axis_stencils(cartesian<2> const&, condition_kinds<2> const&);
template std::array<axis_stencil, 3> axis_stencils(cartesian<3> const&, condition_kinds<3> const&);

}  // namespace poise::grid
