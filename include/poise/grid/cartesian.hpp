// SPDX-License-Identifier: MIT
// Grids of rows and columns on boxes, in one, two and three dimensions.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

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

/// The box [lower, upper] cut into cells[d] equal cells in direction d, or at faces[d]. The unit of length is the
/// caller's.
template <std::size_t D>
struct cartesian_options {
    point<D> lower = uniform_point<D>(0.0);
    point<D> upper = uniform_point<D>(1.0);
    extents<D> cells = {};
    grid::centering centering = grid::centering::cell;
    /// Where the cells of a direction that differ in width meet, the two sides included, increasing; lower, upper and
    /// cells of that direction then follow, and are left alone or agree. Empty: cells of one width.
    std::array<std::vector<double>, D> faces = {};
};

/// A Cartesian grid, uniform or stretched. A small value: copies share the faces. Thread-safe, being immutable.
template <std::size_t D>
requires(D >= 1 && D <= 3) class cartesian {
public:
    /// Faces that are equidistant to rounding make a uniform direction. Throws std::invalid_argument when a direction
    /// has no cells, lower is not below upper, a face not below the next one, a bound or a face is not finite, bounds
    /// or cells contradict faces, or the number of points does not fit std::ptrdiff_t.
    explicit cartesian(cartesian_options<D> const& options);
    // Nothing is moved out of one: what it was is still there.
    cartesian(cartesian const&) noexcept = default;
    cartesian& operator=(cartesian const&) noexcept = default;

    [[nodiscard]] static constexpr std::size_t dimension() noexcept { return D; }
    [[nodiscard]] point<D> const& lower() const noexcept { return lower_; }
    [[nodiscard]] point<D> const& upper() const noexcept { return upper_; }
    [[nodiscard]] extents<D> const& cells() const noexcept { return cells_; }
    [[nodiscard]] grid::centering centering() const noexcept { return centering_; }

    /// Whether all cells are of one width in direction d, and in every direction.
    [[nodiscard]] bool is_uniform(std::size_t d) const noexcept { return faces_[d] == nullptr; }
    [[nodiscard]] bool is_uniform() const noexcept;
    /// Where the cells of direction d meet, cells[d] + 1 places; empty where they are of one width.
    [[nodiscard]] std::span<double const> faces(std::size_t d) const noexcept;

    /// Mean width of a cell in direction d: in a uniform direction that of each.
    [[nodiscard]] double spacing(std::size_t d) const noexcept { return spacing_[d]; }
    /// Product of the spacings: the mean length, area or volume of a cell.
    [[nodiscard]] double cell_measure() const noexcept;
    /// Width of cell i in direction d.
    [[nodiscard]] double width(std::size_t d, std::ptrdiff_t i) const noexcept;
    /// The length that is point i's own in direction d: the width of its cell, or half of each cell beside a node.
    [[nodiscard]] double length_of_point(std::size_t d, std::ptrdiff_t i) const noexcept;
    /// Points per direction: cells[d] when cell-centred, cells[d] + 1 when node-centred.
    [[nodiscard]] extents<D> const& points() const noexcept { return points_; }
    /// Number of points in all.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    /// Coordinate of point i in direction d; the last node is exactly upper()[d].
    [[nodiscard]] double coordinate(std::size_t d, std::ptrdiff_t i) const noexcept;

    template <std::size_t E>
    friend bool operator==(cartesian<E> const& a, cartesian<E> const& b) noexcept;

private:
    point<D> lower_, upper_;
    extents<D> cells_;
    grid::centering centering_;
    std::array<std::shared_ptr<std::vector<double> const>, D> faces_;
    extents<D> points_;
    point<D> spacing_;
    std::size_t size_;
};

template <std::size_t E>
[[nodiscard]] bool operator==(cartesian<E> const& a, cartesian<E> const& b) noexcept;

}  // namespace poise::grid
