// SPDX-License-Identifier: MIT
// Private to src/linear: the couplings of half a row of a separable level.
#pragma once

#include "linear/separable/level.hpp"
#include "linear/separable/row_stencils.hpp"

namespace poise::linear::detail {

template <std::size_t D, class T>
[[nodiscard]] half_stencil<T, 2 * static_cast<int>(D - 1)> stencil_of(separable_level<D, T> const& level,
                                                                      std::ptrdiff_t slab, std::ptrdiff_t row,
                                                                      std::size_t half) {
    using steps = neighbour_step<D>;
    auto const& along_x = level.axes[0];
    std::size_t const from = half * static_cast<std::size_t>(level.lanes);
    half_stencil<T, 2 * static_cast<int>(D - 1)> made{};
    made.below = along_x.below.data() + from;
    made.above = along_x.above.data() + from;
    made.diagonal = along_x.diagonal.data() + from;
    made.inverse = level.inverse_diagonal(slab, row) + from;
    made.to_above = level.offset[half][steps::along(0)];
    made.to_below = level.offset[half][steps::opposite(steps::along(0))];
    for (std::size_t d = 1; d < D; ++d) {
        auto const at = static_cast<std::size_t>(d == D - 1 ? slab : row);
        std::ptrdiff_t const stride = d == D - 1 ? level.slab_stride : level.row_stride;
        std::size_t const k = 2 * (d - 1);
        made.across[k] = level.axes[d].below[at];
        made.across[k + 1] = level.axes[d].above[at];
        made.to_across[k] = -stride;
        made.to_across[k + 1] = stride;
        made.diagonal_across += level.axes[d].diagonal[at];
    }
    return made;
}

}  // namespace poise::linear::detail
