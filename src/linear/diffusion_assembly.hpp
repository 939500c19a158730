// SPDX-License-Identifier: MIT
// Private to src/: parts of neg_diffusion(), for who has one of them already.
#pragma once

#include "grid/indices.hpp"

#include <poise/grid/boundary.hpp>
#include <poise/grid/cartesian.hpp>
#include <poise/linear/stencil_matrix.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace poise::linear::detail {

/// "(0.625, 0.375)": where the point of this number is.
template <std::size_t D>
[[nodiscard]] std::string position_of(grid::cartesian<D> const& grid, std::size_t point) {
    grid::point<D> x;
    for (std::size_t d = 0; d < D; ++d) {
        auto const n = static_cast<std::size_t>(grid.points()[d]);
        x[d] = grid.coordinate(d, static_cast<std::ptrdiff_t>(point % n));
        point /= n;
    }
    return grid::detail::position_text(x);
}

/// Of κ as neg_diffusion() has it, what is for direction d.
template <std::size_t D>
[[nodiscard]] std::span<double const> kappa_along(std::size_t d, grid::cartesian<D> const& grid,
                                                  std::span<double const> kappa) {
    return kappa.size() == grid.size() ? kappa : kappa.subspan(d * grid.size(), grid.size());
}

/// The number of the first point whose value is below 0, or nothing.
[[nodiscard]] inline std::optional<std::size_t> first_negative(std::span<double const> values) {
    auto const found = std::ranges::find_if(values, [](double v) { return v < 0.0; });
    if (found == values.end()) return std::nullopt;
    return static_cast<std::size_t>(found - values.begin());
}

/// Throws std::invalid_argument for spans of another size than the grid, a κ that is not positive and finite and a σ
/// that is not finite, naming the point.
template <std::size_t D>
void require_coefficients(grid::cartesian<D> const& grid, std::span<double const> kappa, std::span<double const> sigma);

/// neg_diffusion() of kinds among which may be Robin sides. robin: robin_diagonal() of these; throws
/// std::invalid_argument unless it is there for Robin sides, and only then, an unknown each.
template <std::size_t D>
[[nodiscard]] stencil_matrix<D> assemble_diffusion(grid::cartesian<D> const& grid, grid::condition_kinds<D> kinds,
                                                   std::span<double const> kappa, std::span<double const> sigma,
                                                   std::span<double const> robin);

}  // namespace poise::linear::detail
