// SPDX-License-Identifier: MIT
// Private to src/: what a grid was made of, for another that differs in some of it.
#pragma once

#include <poise/grid/cartesian.hpp>

#include <cstddef>

namespace poise::grid::detail {

/// cartesian{options_of(grid)} == grid.
template <std::size_t D>
[[nodiscard]] cartesian_options<D> options_of(cartesian<D> const& grid) {
    cartesian_options<D> options{
        .lower = grid.lower(), .upper = grid.upper(), .cells = grid.cells(), .centering = grid.centering()};
    for (std::size_t d = 0; d < D; ++d) options.faces[d].assign(grid.faces(d).begin(), grid.faces(d).end());
    return options;
}

}  // namespace poise::grid::detail
