// SPDX-License-Identifier: MIT
// Which block covers how much of which cell: power onto the grid, temperatures back onto the blocks.
#pragma once

#include "chip_thermal/floorplan.hpp"

#include <poise/grid/cartesian.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace chip_thermal {

/// The grid of the die: n_cells along its longer side and as many along the other as make the cells nearly square.
/// Throws std::invalid_argument for n_cells below 1.
[[nodiscard]] poise::grid::cartesian<2> die_grid(floorplan const& plan, std::ptrdiff_t n_cells);

/// The overlap of each block with each cell. Blocks and cells are rectangles with parallel sides, so an overlap is the
/// product of one along x and one along y, and only those are stored: O(cells along x + cells along y) per block.
/// cells: one number per cell, as in grid::field::values(). Immutable, so thread-safe; nothing here allocates once
/// constructed. Wrong sizes throw std::invalid_argument.
class coverage {
public:
    /// Throws std::invalid_argument unless the grid is cell-centred on [0, width] x [0, height] of the plan.
    coverage(floorplan const& plan, poise::grid::cartesian<2> const& grid);

    [[nodiscard]] std::size_t size() const noexcept { return blocks_.size(); }

    /// Adds scale·q to the cells, where q is the mean power density of each cell in W/m²: watts[b] spread evenly over
    /// the part of block b inside the die. Σ q·(area of a cell) = Σ watts to rounding.
    void add_power(std::span<double const> watts, double scale, std::span<double> cells) const;

    /// Mean over the area of a block; exact for values constant in each cell.
    [[nodiscard]] double mean(std::size_t block, std::span<double const> cells) const;

    /// Largest value of the cells under a block. The first and last cells are left out where the block reaches into
    /// them by no more than 1e-6 of a cell, unless the block lies there as a whole.
    [[nodiscard]] double maximum(std::size_t block, std::span<double const> cells) const;

private:
    // share[i]: the part of the block's side in cell first + i, 1 in all. Cells [main_first, main_last) are not
    // slivers.
    struct side {
        std::size_t first = 0;
        std::vector<double> share;
        std::size_t main_first = 0;
        std::size_t main_last = 0;
    };
    struct block_sides {
        side x;
        side y;
    };
    static side overlap(poise::grid::cartesian<2> const& grid, std::size_t direction, double from, double to);
    [[nodiscard]] block_sides const& sides_of(std::size_t block, std::span<double const> cells) const;

    std::size_t n_x_;
    std::size_t n_cells_;
    double cell_area_;
    std::vector<block_sides> blocks_;
};

}  // namespace chip_thermal
