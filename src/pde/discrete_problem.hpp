// SPDX-License-Identifier: MIT
// Private to src/: between the points of a grid and the unknowns of its linear system.
#pragma once

#include "grid/indices.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/grid/boundary.hpp>
#include <poise/grid/field.hpp>
#include <poise/grid/stencil.hpp>

#include <array>
#include <cmath>
#include <span>
#include <vector>

namespace poise::pde::detail {

/// The data of a side at x on it. Throws std::invalid_argument where it is not finite.
template <std::size_t D>
[[nodiscard]] double side_data(grid::condition<D> const& side, grid::point<D> const& x) {
    double const value = side.value(x);
    POISE_REQUIRE(std::isfinite(value), "the boundary data is ", value, " at ", grid::detail::position_text(x),
                  "; it must be finite");
    return value;
}

/// The right-hand side M f + boundary data, and the way back from unknowns to a field.
template <std::size_t D>
class discrete_problem {
public:
    /// kappa: everywhere, of each direction.
    discrete_problem(grid::cartesian<D> const& domain, grid::boundary<D> const& boundary, grid::point<D> const& kappa)
        : discrete_problem{domain, boundary, kappa, {}} {}
    /// kappa: on all points of the domain, as linear::neg_diffusion has it.
    discrete_problem(grid::cartesian<D> const& domain, grid::boundary<D> const& boundary, std::span<double const> kappa)
        : discrete_problem{domain, boundary, grid::uniform_point<D>(1.0), kappa} {}

    /// One value per unknown, x fastest, matching linear::neg_laplacian and linear::neg_diffusion. source: values on
    /// all points of the domain. Throws std::invalid_argument where data is not finite, naming the position.
    [[nodiscard]] std::vector<double> right_hand_side(std::span<double const> source) const;
    /// The same, written to b.
    void right_hand_side(std::span<double const> source, std::span<double> b) const;

    /// b += what the sides' data bring.
    void add_side_data(std::span<double> b) const;

    /// The unknowns in their places and the Dirichlet data on the nodes that are known.
    [[nodiscard]] grid::field<D> to_field(std::span<double const> unknowns) const;
    /// The same, written to a field on the domain.
    void to_field(std::span<double const> unknowns, grid::field<D>& u) const;
    /// The Dirichlet data on the nodes that are known, and the last points of periodic directions.
    void put_sides(grid::field<D>& u) const;
    /// The unknowns of values on all points of the domain.
    void from_points(std::span<double const> values, std::span<double> unknowns) const;

    /// Values on all points of the domain, each unknown's times its share of a cell.
    [[nodiscard]] std::vector<double> times_shares(std::span<double const> values) const;
    void times_shares(std::span<double const> values, std::span<double> unknowns) const;
    [[nodiscard]] std::vector<double> shares() const { return times_shares(std::vector<double>(domain_.size(), 1.0)); }

    [[nodiscard]] std::array<grid::axis_stencil, D> const& axes() const noexcept { return axes_; }
    [[nodiscard]] std::size_t n_unknowns() const;

private:
    using index = std::array<std::ptrdiff_t, D>;

    discrete_problem(grid::cartesian<D> const& domain, grid::boundary<D> const& boundary,
                     grid::point<D> const& everywhere, std::span<double const> kappa)
        : domain_{domain},
          boundary_{boundary},
          everywhere_{everywhere},
          kappa_{kappa},
          axes_{grid::axis_stencils(domain, boundary.kinds())} {}

    template <class Visitor>
    void for_each_line(Visitor&& visit) const;
    [[nodiscard]] index unknowns() const;
    /// Whether the points on a side are known rather than unknowns.
    [[nodiscard]] bool is_known(std::size_t d, std::size_t end) const;
    void add_side_data(std::size_t d, std::size_t end, std::span<double> b) const;
    void put_side_data(std::size_t d, std::size_t end, grid::field<D>& u) const;
    [[noreturn]] void refuse_source(std::size_t unknown, double value) const;
    /// What the data of a side at x are multiplied by, but for shares, at the unknown whose point this is.
    [[nodiscard]] double data_weight(std::size_t d, std::size_t end, index const& point, grid::point<D> const& x) const;
    /// κ of the flux through a side at the unknown whose point this is.
    [[nodiscard]] double kappa_at_wall(std::size_t d, std::size_t end, index const& point) const;

    grid::cartesian<D> const& domain_;
    grid::boundary<D> const& boundary_;
    grid::point<D> everywhere_;  ///< κ where kappa_ is empty
    std::span<double const> kappa_;
    std::array<grid::axis_stencil, D> axes_;
};

}  // namespace poise::pde::detail
