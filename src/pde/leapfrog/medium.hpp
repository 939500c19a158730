// SPDX-License-Identifier: MIT
// Private to src/pde: what waves run through, on a grid: couplings, speeds, and what takes energy from them.
#pragma once

#include "pde/axis_couplings.hpp"
#include "pde/line_layout.hpp"

#include <poise/grid/boundary.hpp>
#include <poise/grid/cartesian.hpp>
#include <poise/grid/stencil.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace poise::pde::detail {

/// Which sides let waves out, in the order of grid::side.
template <std::size_t D>
using side_flags = std::array<bool, 2 * D>;

/// Of the unknowns of one line, zeros behind them.
struct medium_line {
    std::vector<double> speed2;  ///< c², twice that on cells that let waves out
    std::vector<double> rate;    ///< r of ∂²u/∂t² = … − r ∂u/∂t: damping and sides that let waves out
    std::vector<double> robin;   ///< what Robin sides add to the couplings

    explicit medium_line(std::ptrdiff_t width) {
        for (auto* each : {&speed2, &rate, &robin}) each->resize(static_cast<std::size_t>(width));
    }
};

/// ∂²u/∂t² + r ∂u/∂t = c² (Σ couplings·(neighbour − u) − robin·u + b / share), b as discrete_problem makes it of source
/// / c². A side that lets waves out has ∂u/∂n + (1/c) ∂u/∂t = 0 on the wall: for a node half its cell's mass, and the
/// rate 2c/h; for a cell, whose middle is h/2 before it, ∂u/∂t on the wall is ∂u/∂t + h/2 ∂²u/∂n∂t, which comes to half
/// of the mass and the rate 2c/h too. Source: Engquist & Majda (1977), Math. Comp. 31, 629, eq. (1.27).
template <std::size_t D>
class wave_medium {
public:
    /// speed: one number or one for each point; damping: none, one number or one for each point.
    wave_medium(grid::cartesian<D> const& domain, grid::boundary<D> const& boundary, side_flags<D> const& absorbing,
                std::vector<double> speed, std::vector<double> damping);

    [[nodiscard]] line_layout<D> const& layout() const noexcept { return layout_; }
    [[nodiscard]] std::array<axis_couplings, D> const& couplings() const noexcept { return couplings_; }
    [[nodiscard]] std::size_t n_unknowns() const noexcept;
    /// Whether energy is lost, or won where time runs backwards.
    [[nodiscard]] bool is_lossy() const noexcept;
    void get(std::ptrdiff_t j, std::ptrdiff_t k, medium_line& line) const;
    /// Whether a line is the one before it once more, its couplings included, as most are where coefficients are
    /// numbers.
    [[nodiscard]] bool is_repeated(std::ptrdiff_t j) const;
    /// The number of the point of a line's first unknown.
    [[nodiscard]] std::size_t first_point(std::ptrdiff_t j, std::ptrdiff_t k) const;
    /// The share of a cell that y and z leave to a line, and that x leaves to an unknown.
    [[nodiscard]] double share_across(std::ptrdiff_t j, std::ptrdiff_t k) const;
    [[nodiscard]] double share_along(std::ptrdiff_t i) const { return axes_[0].share(i); }
    [[nodiscard]] double cell_measure() const noexcept { return domain_.cell_measure(); }
    /// No eigenvalue of c² (…) is larger, by Gershgorin's circles.
    [[nodiscard]] double largest_eigenvalue() const;

private:
    [[nodiscard]] bool is_absorbing_end(std::size_t d, std::ptrdiff_t i) const;
    [[nodiscard]] double absorbed(std::size_t d, std::ptrdiff_t i, double speed) const;

    grid::cartesian<D> domain_;
    std::array<grid::axis_stencil, D> axes_;
    side_flags<D> absorbing_;
    std::vector<double> speed_, damping_, robin_;
    line_layout<D> layout_;
    std::array<axis_couplings, D> couplings_;
};

}  // namespace poise::pde::detail
