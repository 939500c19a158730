// SPDX-License-Identifier: MIT
// Private to src/pde: the right-hand side of scheme::compact_fourth_order.
#pragma once

#include <poise/grid/boundary.hpp>
#include <poise/grid/cartesian.hpp>
#include <poise/grid/stencil.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace poise::pde::detail {

/// ⊗B f over all points and a layer around them, less what the scheme takes from the layer's known part: the value on a
/// Dirichlet side of nodes; elsewhere, beyond a side, u is that of the mirrored point, its sign changed by a Dirichlet
/// side, and a known part. With the outward normal n, u_n the data of a Neumann side, and the equation or its normal
/// derivative for what follows:
///   Neumann, on nodes:   u(h) - u(-h)     = 2 (h u_n) + h²/3 (h u_nnn)
///   Neumann, on cells:   u(h/2) - u(-h/2) = h u_n + h²/24 (h u_nnn),   u_nnn = shift u_n - Δ_t u_n - f_n
///   Dirichlet, on cells: u(h/2) + u(-h/2) = 2 u + h²/4 u_nn,           u_nn = shift u - Δ_t u - f
/// Beyond their outermost points, the source and these are on the polynomial through the last five: of an order above
/// what fourth order needs, without which it shows on fine grids only.
template <std::size_t D>
class compact_right_hand_side {
public:
    /// Of -Δy + shift y = f, y = κ u, κ that of x. kappa: of each direction.
    compact_right_hand_side(grid::cartesian<D> const& domain, grid::boundary<D> const& boundary,
                            grid::point<D> const& kappa, double shift);

    /// For linear::scheme::compact_fourth_order. source: on all points of the domain. Throws std::invalid_argument
    /// where data is not finite, naming the position.
    [[nodiscard]] std::vector<double> operator()(std::span<double const> source) const;

private:
    using index = grid::extents<D>;
    struct closure {
        double mirrored;      ///< what u of the mirrored point is multiplied by
        double of_data;       ///< of the side's data, or h times them
        double of_curvature;  ///< of h² times their second normal derivative
    };

    void require_finite(std::span<double const> source) const;
    [[nodiscard]] std::vector<double> times_B(std::size_t d, std::span<double const> values, index const& n) const;
    [[nodiscard]] closure closure_of(std::size_t d, std::size_t end) const;
    /// On the unknowns beside a side and one more around them.
    [[nodiscard]] std::vector<double> known_layer(std::size_t d, std::size_t end, std::span<double const> source) const;
    [[nodiscard]] std::vector<double> scaled_data(std::size_t d, std::size_t end) const;
    void add_curvature(std::size_t d, std::size_t end, std::span<double const> source, double factor,
                       std::span<double const> data, std::span<double> layer) const;
    [[nodiscard]] double normal_source(std::size_t d, std::size_t end, std::span<double const> source,
                                       index const& point) const;
    [[nodiscard]] std::vector<double> padded(std::size_t d, std::span<double const> values, index& n) const;
    void subtract(std::size_t d, std::size_t end, std::span<double const> layer, std::span<double> b) const;
    [[nodiscard]] double entry(std::array<bool, D> const& is_step) const;
    /// From beyond an end of direction d to the mirrored place in a layer; returns what the value is multiplied by.
    [[nodiscard]] double mirror(std::size_t d, std::ptrdiff_t& place) const;
    [[nodiscard]] index face_points(std::size_t d) const;
    [[nodiscard]] bool on_nodes() const { return domain_.centering() == grid::centering::node; }

    grid::cartesian<D> const& domain_;
    grid::boundary<D> const& boundary_;
    grid::point<D> kappa_;
    double shift_;
    std::array<grid::axis_stencil, D> axes_;
    grid::point<D> coupling_;  ///< 1/h² of the box on which κ is the same in all directions; 0 around a single cell
    index points_;             ///< without those that repeat the first ones of a periodic direction
};

}  // namespace poise::pde::detail
