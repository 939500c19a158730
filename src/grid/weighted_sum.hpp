// SPDX-License-Identifier: MIT
// Private to src/: the sum behind integrals and norms.
#pragma once

#include <poise/core/reductions.hpp>
#include <poise/grid/field.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace poise::grid::detail {

/// Σ over the points of row(i, n), the values of n points from place i on, pairwise. On nodes the boundary's of each
/// direction count half.
template <class Row>
double weighted_sum(std::size_t place, std::span<std::ptrdiff_t const> points, bool nodes, Row& row) {
    auto const sum_up = [&](std::span<double const> values) {
        double const total = poise::sum(values);
        return nodes ? total - 0.5 * (values.front() + values.back()) : total;
    };
    if (points.size() == 1) return sum_up(row(place, static_cast<std::size_t>(points[0])));
    auto const n = static_cast<std::size_t>(points.back());
    std::size_t stride = 1;
    for (std::ptrdiff_t const p : points.first(points.size() - 1)) stride *= static_cast<std::size_t>(p);
    std::vector<double> slices(n);
    for (std::size_t i = 0; i < n; ++i)
        slices[i] = weighted_sum(place + i * stride, points.first(points.size() - 1), nodes, row);
    return sum_up(slices);
}

/// ∫ over the box.
template <std::size_t D, class Row>
double integral_of(cartesian<D> const& grid, Row&& row) {
    return grid.cell_measure() * weighted_sum(0, grid.points(), grid.centering() == centering::node, row);
}

}  // namespace poise::grid::detail
