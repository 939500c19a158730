// SPDX-License-Identifier: MIT
#include "chip_thermal/coverage.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace chip_thermal {

using poise::grid::cartesian;

cartesian<2> die_grid(floorplan const& plan, std::ptrdiff_t n_cells) {
    POISE_REQUIRE(n_cells >= 1, "die grid: ", n_cells, " cells along the longer side; at least 1 is needed");
    double const per_metre = static_cast<double>(n_cells) / std::max(plan.width(), plan.height());
    auto const along = [&](double length) { return std::max<std::ptrdiff_t>(1, std::llround(length * per_metre)); };
    return cartesian<2>{{.upper = {plan.width(), plan.height()}, .cells = {along(plan.width()), along(plan.height())}}};
}

coverage::coverage(floorplan const& plan, cartesian<2> const& grid)
    : n_x_{static_cast<std::size_t>(grid.cells()[0])}, n_cells_{grid.size()}, cell_area_{grid.cell_measure()} {
    POISE_REQUIRE(grid.centering() == poise::grid::centering::cell, "coverage: the grid must be cell-centred");
    POISE_REQUIRE(grid.lower()[0] == 0.0 && grid.lower()[1] == 0.0 && grid.upper()[0] == plan.width() &&
                      grid.upper()[1] == plan.height(),
                  "coverage: the grid ends at ", grid.upper()[0], ", ", grid.upper()[1], " and the die at ",
                  plan.width(), ", ", plan.height(), "; both must be the same rectangle from 0, 0");
    for (auto const& b : plan.blocks())
        blocks_.push_back({overlap(grid, 0, b.left, b.right()), overlap(grid, 1, b.bottom, b.top())});
}

coverage::side coverage::overlap(cartesian<2> const& grid, std::size_t direction, double from, double to) {
    double const h = grid.spacing(direction);
    auto const n = static_cast<std::size_t>(grid.cells()[direction]);
    auto const edge = [&](std::size_t i) { return i == n ? grid.upper()[direction] : static_cast<double>(i) * h; };
    side result;
    result.first = std::min(static_cast<std::size_t>(from / h), n - 1);
    if (result.first > 0 && edge(result.first) > from) --result.first;  // the division rounded up to the next cell
    double whole = 0.0;
    for (std::size_t i = result.first; i < n && edge(i) < to; ++i) {
        result.share.push_back(std::min(to, edge(i + 1)) - std::max(from, edge(i)));
        whole += result.share.back();
    }

    auto const& length = result.share;
    std::size_t first = 0;
    std::size_t last = length.size();
    while (last - first > 1 && std::min(length[first], length[last - 1]) <= 1e-6 * h)
        length[first] < length[last - 1] ? ++first : --last;
    result.main_first = first;
    result.main_last = last;
    for (double& share : result.share) share /= whole;
    return result;
}

coverage::block_sides const& coverage::sides_of(std::size_t block, std::span<double const> cells) const {
    POISE_REQUIRE(block < blocks_.size(), "coverage: block ", block, " of ", blocks_.size());
    POISE_REQUIRE(cells.size() == n_cells_, "coverage: ", cells.size(), " values for ", n_cells_, " cells");
    return blocks_[block];
}

void coverage::add_power(std::span<double const> watts, double scale, std::span<double> cells) const {
    POISE_REQUIRE(watts.size() == blocks_.size(), "coverage: ", watts.size(), " powers for ", blocks_.size(),
                  " blocks");
    for (std::size_t b = 0; b < blocks_.size(); ++b) {
        auto const& [x, y] = sides_of(b, cells);
        double const factor = scale * watts[b] / cell_area_;
        for (std::size_t j = 0; j < y.share.size(); ++j) {
            double* const row = cells.data() + (y.first + j) * n_x_ + x.first;
            double const factor_of_row = factor * y.share[j];
            for (std::size_t i = 0; i < x.share.size(); ++i) row[i] += factor_of_row * x.share[i];
        }
    }
}

double coverage::mean(std::size_t block, std::span<double const> cells) const {
    auto const& [x, y] = sides_of(block, cells);
    double sum = 0.0;
    for (std::size_t j = 0; j < y.share.size(); ++j) {
        double const* const row = cells.data() + (y.first + j) * n_x_ + x.first;
        double sum_of_row = 0.0;
        for (std::size_t i = 0; i < x.share.size(); ++i) sum_of_row += x.share[i] * row[i];
        sum += y.share[j] * sum_of_row;
    }
    return sum;
}

double coverage::maximum(std::size_t block, std::span<double const> cells) const {
    auto const& [x, y] = sides_of(block, cells);
    double largest = -std::numeric_limits<double>::infinity();
    for (std::size_t j = y.main_first; j < y.main_last; ++j) {
        double const* const row = cells.data() + (y.first + j) * n_x_ + x.first;
        for (std::size_t i = x.main_first; i < x.main_last; ++i) largest = std::max(largest, row[i]);
    }
    return largest;
}

}  // namespace chip_thermal
