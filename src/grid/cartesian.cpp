// SPDX-License-Identifier: MIT
#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/core/index.hpp>
#include <poise/grid/cartesian.hpp>

#include <cmath>
#include <limits>

namespace poise::grid {

template <std::size_t D>
requires(D >= 1 && D <= 3) cartesian<D>::cartesian(cartesian_options<D> const& options) : options_{options} {
    for (std::size_t d = 0; d < D; ++d) {
        char const axis = "xyz"[d];
        POISE_REQUIRE(options_.cells[d] >= 1, "grid: ", options_.cells[d], " cells in ", axis,
                      "; at least 1 is needed");
        POISE_REQUIRE(options_.cells[d] < std::numeric_limits<std::ptrdiff_t>::max(), "grid: too many cells in ", axis);
        POISE_REQUIRE(std::isfinite(options_.lower[d]) && std::isfinite(options_.upper[d]), "grid: the bounds in ",
                      axis, " are ", options_.lower[d], " and ", options_.upper[d], "; both must be finite");
        POISE_REQUIRE(options_.lower[d] < options_.upper[d], "grid: lower ", options_.lower[d], " is not below upper ",
                      options_.upper[d], " in ", axis);
        spacing_[d] = (options_.upper[d] - options_.lower[d]) / static_cast<double>(options_.cells[d]);
        POISE_REQUIRE(spacing_[d] > 0.0 && std::isfinite(spacing_[d]), "grid: the spacing in ", axis, " is ",
                      spacing_[d]);
        points_[d] = options_.cells[d] + (options_.centering == grid::centering::node ? 1 : 0);
    }
    size_ = checked_product(points_, static_cast<std::size_t>(std::numeric_limits<std::ptrdiff_t>::max()),
                            "grid: number of points");
}

template <std::size_t D>
requires(D >= 1 && D <= 3) double cartesian<D>::cell_measure() const noexcept {
    double product = 1.0;
    for (double const h : spacing_) product *= h;
    return product;
}

template <std::size_t D>
requires(D >= 1 && D <= 3) double cartesian<D>::coordinate(std::size_t d, std::ptrdiff_t i) const noexcept {
    bool const nodes = options_.centering == grid::centering::node;
    if (nodes && i == options_.cells[d]) return options_.upper[d];
    double const cells_from_lower = static_cast<double>(i) + (nodes ? 0.0 : 0.5);
    return options_.lower[d] + cells_from_lower * spacing_[d];
}

template class cartesian<1>;
template class cartesian<2>;
template class cartesian<3>;

}  // namespace poise::grid
