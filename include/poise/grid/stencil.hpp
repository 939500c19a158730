// SPDX-License-Identifier: MIT
// The three-point stencil of -d²/dx² along one direction of a grid, boundary rows included.
#pragma once

#include <poise/grid/boundary.hpp>
#include <poise/grid/cartesian.hpp>

#include <array>
#include <cstddef>

namespace poise::grid {

/// Along one direction, the finite-volume form of -d²/dx² is K u = M f + data, with K tridiagonal and symmetric and M
/// diagonal: K(i,i) = lower_part(i) + upper_part(i), K(i,i±1) = -coupling, M(i,i) the share of a cell that belongs to
/// unknown i. In D dimensions the operator is Σ_d K_d ⊗ (M of the other directions): symmetric for every mix of sides.
/// Points on a Dirichlet side of a node-centred grid are known and are not among the unknowns. A periodic direction has
/// K(0,n-1) = K(n-1,0) = -coupling too (added up where n = 2 makes them one entry), and on nodes its last point is its
/// first one again; of one cell, which is its own neighbour on both sides, K is 0. A Robin side is a Neumann side here;
/// robin_side() has what its coefficient adds.
/// Second order (on cells, Dirichlet data enters through a mirrored value half a cell outside).
/// Source: LeVeque (2007), Finite Difference Methods, §2.12; Versteeg & Malalasekera (2007), §4.
struct axis_stencil {
    std::ptrdiff_t first_point = 0;  ///< the grid point of unknown 0
    std::ptrdiff_t n = 0;            ///< unknowns along this direction; 0 when every point is known
    bool periodic = false;
    double coupling = 0.0;                ///< 1/h²
    std::array<double, 2> end_part{};     ///< what replaces `coupling` in K(i,i) at the lower and the upper end
    std::array<double, 2> end_share{};    ///< half of the cell on the outer side: 1/2, or 0 where it is outside the box
    std::array<double, 2> data_factor{};  ///< weight of the side's data in the right-hand side

    [[nodiscard]] double diagonal(std::ptrdiff_t i) const noexcept {
        return (i == 0 ? end_part[0] : coupling) + (i == n - 1 ? end_part[1] : coupling);
    }
    [[nodiscard]] double share(std::ptrdiff_t i) const noexcept {
        return (i == 0 ? end_share[0] : 0.5) + (i == n - 1 ? end_share[1] : 0.5);
    }
};

/// The stencils of all directions. kinds: as boundary::kinds() gives them. O(D), no allocation.
template <std::size_t D>
[[nodiscard]] std::array<axis_stencil, D> axis_stencils(cartesian<D> const& grid,
                                                        condition_kinds<D> const& kinds) noexcept;

/// At one unknown next to a Robin side, κ ∂u/∂n + coefficient·u = value, for -∇·(κ∇u): what comes to K(i,i), and the
/// weight of `value` in the right-hand side, which replaces data_factor; both to be multiplied by M of the other
/// directions. On cells the value on the face is eliminated, with the unknown's κ on the way to it.
struct robin_part {
    double diagonal, data_factor;
};
[[nodiscard]] robin_part robin_side(axis_stencil const& axis, std::size_t end, double kappa,
                                    double coefficient) noexcept;

}  // namespace poise::grid
