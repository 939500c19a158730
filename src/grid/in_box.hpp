// SPDX-License-Identifier: MIT
// Private to src/: places that must be in the box.
#pragma once

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/grid/cartesian.hpp>

#include <cstddef>

namespace poise::grid::detail {

/// Throws std::invalid_argument for an x that is not in the box in direction d, or not finite. who: for the message.
template <std::size_t D>
void require_in_box(char const* who, cartesian<D> const& grid, std::size_t d, double x) {
    POISE_REQUIRE(grid.lower()[d] <= x && x <= grid.upper()[d], who, ": ", "xyz"[d], " = ", x,
                  " is not in the box, from ", grid.lower()[d], " to ", grid.upper()[d]);
}

}  // namespace poise::grid::detail
