// SPDX-License-Identifier: MIT
// Private to src/: the sum behind integrals and norms.
#pragma once

#include <poise/core/reductions.hpp>
#include <poise/grid/field.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace poise::grid::detail {

/// What the values along one direction count in a sum over the box, in mean cells.
struct point_weights {
    std::ptrdiff_t n;
    bool nodes;                   ///< the two at the ends count half
    std::vector<double> lengths;  ///< where cells differ: of each

    /// Pairwise.
    [[nodiscard]] double sum_of(std::span<double const> values) const {
        if (!lengths.empty()) return poise::dot(lengths, values);
        double const total = poise::sum(values);
        return nodes ? total - 0.5 * (values.front() + values.back()) : total;
    }
};

template <std::size_t D>
[[nodiscard]] std::array<point_weights, D> weights_of_points(cartesian<D> const& grid) {
    std::array<point_weights, D> weights;
    for (std::size_t d = 0; d < D; ++d) {
        weights[d].n = grid.points()[d];
        weights[d].nodes = grid.centering() == centering::node;
        for (std::ptrdiff_t i = 0; !grid.is_uniform(d) && i < weights[d].n; ++i)
            weights[d].lengths.push_back(grid.length_of_point(d, i) / grid.spacing(d));
    }
    return weights;
}

/// Σ over the points of weight · row(i, n), the values of n points from place i on.
template <class Row>
double weighted_sum(std::size_t place, std::span<point_weights const> weights, Row& row) {
    auto const& last = weights.back();
    auto const n = static_cast<std::size_t>(last.n);
    if (weights.size() == 1) return last.sum_of(row(place, n));
    std::size_t stride = 1;
    for (auto const& other : weights.first(weights.size() - 1)) stride *= static_cast<std::size_t>(other.n);
    std::vector<double> slices(n);
    for (std::size_t i = 0; i < n; ++i)
        slices[i] = weighted_sum(place + i * stride, weights.first(weights.size() - 1), row);
    return last.sum_of(slices);
}

/// ∫ over the box.
template <std::size_t D, class Row>
double integral_of(cartesian<D> const& grid, Row&& row) {
    auto const weights = weights_of_points(grid);
    return grid.cell_measure() * weighted_sum(0, weights, row);
}

}  // namespace poise::grid::detail
