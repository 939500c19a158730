// SPDX-License-Identifier: MIT
// Uniform grids on boxes, in one, two and three dimensions.
#pragma once

#include <array>
#include <cstddef>

namespace poise::grid {

/// A position, or one number per direction: x, y, z.
template <std::size_t D>
using point = std::array<double, D>;
/// A multi-index or a number of cells per direction.
template <std::size_t D>
using extents = std::array<std::ptrdiff_t, D>;

/// Where the unknowns sit: in the middle of the cells, or on their corners, the boundary's included.
enum class centering { cell, node };

template <std::size_t D>
[[nodiscard]] constexpr point<D> uniform_point(double value) {
    point<D> p{};
    p.fill(value);
    return p;
}

/// The box [lower, upper] cut into cells[d] equal cells in direction d. The unit of length is the caller's.
template <std::size_t D>
struct cartesian_options {
    point<D> lower = uniform_point<D>(0.0);
    point<D> upper = uniform_point<D>(1.0);
    extents<D> cells = {};
    grid::centering centering = grid::centering::cell;
};

/// A uniform Cartesian grid. A small value: copy it. Thread-safe, being immutable.
template <std::size_t D>
requires(D >= 1 && D <= 3) class cartesian {
public:
    /// Throws std::invalid_argument when a direction has no cells, lower is not below upper, a bound is not finite or
    /// the number of points does not fit std::ptrdiff_t.
    explicit cartesian(cartesian_options<D> const& options);

    [[nodiscard]] static constexpr std::size_t dimension() noexcept { return D; }
    [[nodiscard]] point<D> const& lower() const noexcept { return options_.lower; }
    [[nodiscard]] point<D> const& upper() const noexcept { return options_.upper; }
    [[nodiscard]] extents<D> const& cells() const noexcept { return options_.cells; }
    [[nodiscard]] grid::centering centering() const noexcept { return options_.centering; }

    /// Width of a cell in direction d.
    [[nodiscard]] double spacing(std::size_t d) const noexcept { return spacing_[d]; }
    /// Product of the spacings: length, area or volume of a cell.
    [[nodiscard]] double cell_measure() const noexcept;
    /// Points per direction: cells[d] when cell-centred, cells[d] + 1 when node-centred.
    [[nodiscard]] extents<D> const& points() const noexcept { return points_; }
    /// Number of points in all.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    /// Coordinate of point i in direction d; the last node is exactly upper()[d].
    [[nodiscard]] double coordinate(std::size_t d, std::ptrdiff_t i) const noexcept;

    friend bool operator==(cartesian const& a, cartesian const& b) noexcept {
        return a.lower() == b.lower() && a.upper() == b.upper() && a.cells() == b.cells() &&
               a.centering() == b.centering();
    }

private:
    cartesian_options<D> options_;
    extents<D> points_;
    point<D> spacing_;
    std::size_t size_;
};

}  // namespace poise::grid
