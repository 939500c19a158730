// SPDX-License-Identifier: MIT
// Private to src/pde: Robin sides whose data change with time.
#pragma once

#include "grid/sides.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/grid/boundary.hpp>
#include <poise/grid/stencil.hpp>

#include <array>
#include <cstddef>

namespace poise::pde::detail {

/// Throws std::invalid_argument where a Robin side's coefficient, which the matrix has, is not what it was before.
/// axes: of the same kinds. No allocation.
template <std::size_t D>
void require_same_films(grid::cartesian<D> const& domain, std::array<grid::axis_stencil, D> const& axes,
                        grid::boundary<D> const& before, grid::boundary<D> const& now) {
    for (std::size_t side = 0; side < 2 * D; ++side) {
        std::size_t const d = side / 2, end = side % 2;
        if (now.at(d, end).kind != grid::condition_kind::robin) continue;
        grid::detail::for_each_beside<D>(axes, d, end, [&](std::size_t, grid::extents<D> const& point, double) {
            auto const x = grid::detail::point_on_side(domain, d, end, point);
            double const was = before.at(d, end).coefficient(x), is = now.at(d, end).coefficient(x);
            POISE_REQUIRE(was == is, "the coefficient of the ", end == 0 ? "lower" : "upper", " side of ", "xyz"[d],
                          " is ", is, " at ", grid::detail::position_text(x), ", and it was ", was,
                          "; the value of a Robin side may change with time, its coefficient may not");
        });
    }
}

}  // namespace poise::pde::detail
