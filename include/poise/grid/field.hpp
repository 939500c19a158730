// SPDX-License-Identifier: MIT
// One number per point of a grid.
#pragma once

#include <poise/core/ndspan.hpp>
#include <poise/grid/cartesian.hpp>

#include <span>
#include <tuple>
#include <utility>
#include <vector>

namespace poise::grid {

/// Values on the points of a grid, x fastest: (i, j, k) is at i + points[0]·(j + points[1]·k).
/// A value: copying copies the numbers. One that was moved from has no values, and what takes fields refuses it
/// (std::invalid_argument). const member functions are thread-safe.
template <std::size_t D>
class field {
public:
    /// All points get `value`. Throws not_enough_memory for more points than memory can number.
    explicit field(cartesian<D> const& grid, double value = 0.0);
    /// values: one per point. Throws std::invalid_argument when their number differs.
    field(cartesian<D> const& grid, std::vector<double> values);

    [[nodiscard]] cartesian<D> const& grid() const noexcept { return grid_; }
    [[nodiscard]] std::span<double> values() noexcept { return values_; }
    [[nodiscard]] std::span<double const> values() const noexcept { return values_; }
    [[nodiscard]] ndspan<double, D> view() noexcept { return {values_.data(), grid_.points()}; }
    [[nodiscard]] ndspan<double const, D> view() const noexcept { return {values_.data(), grid_.points()}; }

    /// Value at a point; unchecked.
    template <class... Index>
    requires(sizeof...(Index) == D) [[nodiscard]] double& operator()(Index... i) noexcept {
        return view()(static_cast<std::ptrdiff_t>(i)...);
    }
    template <class... Index>
    requires(sizeof...(Index) == D) [[nodiscard]] double operator()(Index... i) const noexcept {
        return view()(static_cast<std::ptrdiff_t>(i)...);
    }

private:
    // Assigned in this order: where there is no memory for the values, the grid is still that of the old ones.
    std::vector<double> values_;
    cartesian<D> grid_;
};

/// Calls visit(i, coordinates) for every point, x fastest: i is the point's place in field::values().
template <std::size_t D, class Visitor>
void for_each_point(cartesian<D> const& grid, Visitor&& visit) {
    auto const n = grid.points();
    point<D> x{};
    std::size_t place = 0;
    for (std::ptrdiff_t k = 0; k < (D > 2 ? n[D - 1] : 1); ++k) {
        if constexpr (D > 2) x[2] = grid.coordinate(2, k);
        for (std::ptrdiff_t j = 0; j < (D > 1 ? n[D > 1 ? 1 : 0] : 1); ++j) {
            if constexpr (D > 1) x[1] = grid.coordinate(1, j);
            for (std::ptrdiff_t i = 0; i < n[0]; ++i) {
                x[0] = grid.coordinate(0, i);
                visit(place++, std::as_const(x));
            }
        }
    }
}

/// f(x), f(x, y) or f(x, y, z) at every point of the grid.
template <std::size_t D, class F>
[[nodiscard]] field<D> sample(cartesian<D> const& grid, F&& f) {
    field<D> u{grid};
    for_each_point(grid, [&](std::size_t i, point<D> const& x) { u.values()[i] = std::apply(f, x); });
    return u;
}

/// ∫ u over the box: midpoint rule on cells, trapezoidal rule on nodes; second order. Pairwise sums, so the same field
/// gives the same bits always.
template <std::size_t D>
[[nodiscard]] double integral(field<D> const& u);

/// Smallest and largest value and where they are (places in values(); the first of equals). NaN is never chosen.
struct extrema_of_field {
    double min = 0.0;
    double max = 0.0;
    std::size_t argmin = 0;
    std::size_t argmax = 0;
};
[[nodiscard]] extrema_of_field extrema(std::span<double const> values) noexcept;

}  // namespace poise::grid
