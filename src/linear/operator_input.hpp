// SPDX-License-Identifier: MIT
// Private to src/linear: what every operator on a grid asks of its input.
#pragma once

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/grid/cartesian.hpp>
#include <poise/grid/stencil.hpp>

#include <array>
#include <cmath>

namespace poise::linear::detail {

/// Throws std::invalid_argument for a shift that is not finite, for spacings whose 1/h² is not a normal number, for a
/// direction that is periodic on one side only, and for a Robin side, whose coefficient kinds do not tell.
template <std::size_t D>
void require_operator(grid::cartesian<D> const& grid, grid::condition_kinds<D> const& kinds,
                      std::array<grid::axis_stencil, D> const& axes, double shift) {
    grid::require_periodic_in_pairs<D>(kinds);
    for (std::size_t side = 0; side < 2 * D; ++side)
        POISE_REQUIRE(kinds[side] != grid::condition_kind::robin, "the ", side % 2 == 0 ? "lower" : "upper",
                      " side of ", "xyz"[side / 2],
                      " is Robin, and its kind does not tell the coefficient; "
                      "linear::neg_diffusion takes the boundary itself");
    POISE_REQUIRE(std::isfinite(shift), "shift is ", shift, "; -Laplacian + shift needs a finite shift");
    for (std::size_t d = 0; d < D; ++d) {
        auto const [weakest, strongest] = axes[d].coupling_range();
        for (double const coupling : {weakest, strongest})
            POISE_REQUIRE(std::isnormal(coupling), "the spacing in ", "xyz"[d], " is ", grid.spacing(d),
                          ", whose 1/h^2 is ", coupling, "; choose another unit of length");
    }
}

}  // namespace poise::linear::detail
