// SPDX-License-Identifier: MIT
// Private to src/linear: one grid of a multigrid hierarchy.
#pragma once

#include "grid/indices.hpp"

#include <poise/grid/cartesian.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace poise::linear::detail {

constexpr std::size_t power_of_three(std::size_t D) { return D == 0 ? 1 : 3 * power_of_three(D - 1); }

/// A step of -1, 0 or 1 in each direction, by number: 0 … 3^D - 1, the middle one is no step.
template <std::size_t D>
struct neighbour_step {
    static constexpr std::size_t count = power_of_three(D);
    static constexpr std::size_t middle = count / 2;
    [[nodiscard]] static constexpr std::array<int, D> at(std::size_t number) {
        std::array<int, D> step{};
        for (std::size_t d = 0; d < D; ++d, number /= 3) step[d] = static_cast<int>(number % 3) - 1;
        return step;
    }
    [[nodiscard]] static constexpr std::size_t number(std::array<int, D> const& step) {
        std::size_t result = 0;
        for (std::size_t d = D; d-- > 0;) result = 3 * result + static_cast<std::size_t>(step[d] + 1);
        return result;
    }
};

/// A symmetric matrix that couples a point to its 3^D - 1 neighbours. The arrays have a border of one point around the
/// grid, where all is 0, so that no loop asks whether a neighbour exists.
template <std::size_t D>
struct multigrid_level {
    using steps = neighbour_step<D>;

    explicit multigrid_level(grid::extents<D> const& extents) : n{extents} {
        for (std::size_t d = 0; d < D; ++d) {
            stride[d] = static_cast<std::ptrdiff_t>(size);
            size *= static_cast<std::size_t>(n[d] + 2);
        }
        for (std::size_t s = 0; s < steps::count; ++s)
            for (std::size_t d = 0; d < D; ++d) offset[s] += steps::at(s)[d] * stride[d];
        diagonal.resize(size);
        inverse.resize(size);
    }

    /// -A(i, i + step) for a step that goes to a higher number; empty where no point has that coupling.
    [[nodiscard]] std::vector<double>& coupling(std::size_t step) { return couplings[step - steps::middle - 1]; }
    [[nodiscard]] std::vector<double> const& coupling(std::size_t step) const {
        return couplings[step - steps::middle - 1];
    }
    /// -A(i, i + step) for any step but the middle one.
    [[nodiscard]] double coupling_at(std::ptrdiff_t i, std::size_t step) const {
        bool const up = step > steps::middle;
        auto const& c = coupling(up ? step : steps::count - 1 - step);
        return c.empty() ? 0.0 : c[static_cast<std::size_t>(up ? i : i + offset[step])];
    }
    /// Place in the arrays of a point of the grid.
    [[nodiscard]] std::ptrdiff_t place(grid::extents<D> const& point) const {
        std::ptrdiff_t at = 0;
        for (std::size_t d = 0; d < D; ++d) at += (point[d] + 1) * stride[d];
        return at;
    }
    [[nodiscard]] std::size_t n_points() const {
        std::size_t product = 1;
        for (auto const extent : n) product *= static_cast<std::size_t>(extent);
        return product;
    }
    [[nodiscard]] std::size_t bytes() const {
        std::size_t numbers = diagonal.size() + inverse.size();
        for (auto const& c : couplings) numbers += c.size();
        for (auto const& w : weights) numbers += w.size();
        for (auto const& i : islands) numbers += i.places.size() + sizeof(island) / sizeof(double);
        return numbers * sizeof(double);
    }

    grid::extents<D> n;
    std::array<std::ptrdiff_t, D> stride{};
    std::size_t size = 1;  ///< with the border
    std::array<std::ptrdiff_t, steps::count> offset{};
    std::vector<double> diagonal, inverse;
    std::array<std::vector<double>, (steps::count - 1) / 2> couplings;

    /// Of the coarser grid: which directions have half of the points there, and what point 2I + step gets from I, by
    /// step, over the places of the coarser grid; empty for steps in directions that are not coarsened.
    std::array<bool, D> halved{};
    std::array<std::vector<double>, steps::count> weights;

    /// Groups of points that move as one, and that the coarser grid cannot move so.
    struct island {
        std::vector<std::ptrdiff_t> places;
        double inverse_energy = 0.0;  ///< 1 / (1ᵀ A 1)
    };
    std::vector<island> islands;
};

}  // namespace poise::linear::detail
