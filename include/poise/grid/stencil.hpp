// SPDX-License-Identifier: MIT
// The three-point stencil of -d²/dx² along one direction of a grid, boundary rows included.
#pragma once

#include <poise/grid/boundary.hpp>
#include <poise/grid/cartesian.hpp>

#include <array>
#include <cstddef>
#include <utility>
#include <vector>

namespace poise::grid {

/// Along one direction, the finite-volume form of -d²/dx² is K u = M f + data, with K tridiagonal and symmetric and M
/// diagonal: K(i,i±1) = -coupling_after(i or i-1), K(i,i) the sum of what couples on both sides, M(i,i) the share of a
/// cell of mean width h that belongs to unknown i. In D dimensions the operator is Σ_d K_d ⊗ (M of the other
/// directions): symmetric for every mix of sides. Points on a Dirichlet side of a node-centred grid are known and are
/// not among the unknowns. A periodic direction has K(0,n-1) = K(n-1,0) too (added up where n = 2 makes them one
/// entry), and on nodes its last point is its first one again; of one cell, which is its own neighbour on both sides, K
/// is 0. A Robin side is a Neumann side here; robin_side() has what its coefficient adds.
/// Second order (on cells, Dirichlet data enters through a mirrored value half a cell outside), where cells are of
/// different widths too. Source: LeVeque (2007), Finite Difference Methods, §2.12; Versteeg & Malalasekera (2007), §4;
/// Manteuffel & White (1986), Math. Comp. 47, 511 (cells of different widths).
struct axis_stencil {
    std::ptrdiff_t first_point = 0;  ///< the grid point of unknown 0
    std::ptrdiff_t n = 0;            ///< unknowns along this direction; 0 when every point is known
    bool periodic = false;
    double coupling = 0.0;  ///< 1/h²: in a uniform direction of all neighbours
    /// Of a direction that is not uniform: of unknown i and the next one, 1/(h·distance), the last with the first where
    /// it is periodic; M; and how much of the distance to the next one is on the side of each. Else empty.
    std::vector<double> couplings{}, shares{};
    std::vector<std::array<double, 2>> distance_parts{};
    std::array<double, 2> end_part{};     ///< what replaces a coupling in K(i,i) at the lower and the upper end
    std::array<double, 2> end_share{};    ///< half of the cell on the outer side: 1/2, or 0 where it is outside the box
    std::array<double, 2> data_factor{};  ///< weight of the side's data in the right-hand side
    std::array<double, 2> over_end{};     ///< 1 over the width of the outermost cell
    std::array<bool, 2> is_known{};       ///< whether the point beyond the end is on a Dirichlet side of nodes

    [[nodiscard]] bool is_uniform() const noexcept { return shares.empty(); }
    /// Of unknown i and the next one; of the last one with the first where the direction is periodic.
    [[nodiscard]] double coupling_after(std::ptrdiff_t i) const noexcept {
        return is_uniform() ? coupling : couplings[static_cast<std::size_t>(i)];
    }
    [[nodiscard]] double below(std::ptrdiff_t i) const noexcept { return i == 0 ? end_part[0] : coupling_after(i - 1); }
    [[nodiscard]] double above(std::ptrdiff_t i) const noexcept { return i == n - 1 ? end_part[1] : coupling_after(i); }
    [[nodiscard]] double diagonal(std::ptrdiff_t i) const noexcept { return below(i) + above(i); }
    [[nodiscard]] double share(std::ptrdiff_t i) const noexcept {
        if (!is_uniform()) return shares[static_cast<std::size_t>(i)];
        return (i == 0 ? end_share[0] : 0.5) + (i == n - 1 ? end_share[1] : 0.5);
    }
    /// How much of the distance between unknown i and the next one lies in the cell of each.
    [[nodiscard]] std::array<double, 2> distance_parts_of(std::ptrdiff_t i) const noexcept {
        return is_uniform() ? std::array{0.5, 0.5} : distance_parts[static_cast<std::size_t>(i)];
    }
    /// The weakest and the strongest of the couplings, those with the boundary included as 1/(h·width of the cell).
    [[nodiscard]] std::pair<double, double> coupling_range() const noexcept;
};

/// The stencils of all directions. kinds: as boundary::kinds() gives them. O(D), no allocation for a uniform grid;
/// O(cells along it) for a direction that is not.
template <std::size_t D>
[[nodiscard]] std::array<axis_stencil, D> axis_stencils(cartesian<D> const& grid, condition_kinds<D> const& kinds);

/// At one unknown next to a Robin side, κ ∂u/∂n + coefficient·u = value, for -∇·(κ∇u): what comes to K(i,i), and the
/// weight of `value` in the right-hand side, which replaces data_factor; both to be multiplied by M of the other
/// directions. On cells the value on the face is eliminated, with the unknown's κ on the way to it.
struct robin_part {
    double diagonal, data_factor;
};
[[nodiscard]] robin_part robin_side(axis_stencil const& axis, std::size_t end, double kappa,
                                    double coefficient) noexcept;

}  // namespace poise::grid
