// SPDX-License-Identifier: MIT
// Private to src/: where the parts of a heat map lie.
#pragma once

#include "grid/axes.hpp"
#include "grid/picture_options.hpp"

#include <poise/grid/png.hpp>

#include <string>

namespace poise::grid::detail {

/// Boxes and lines of text of a picture of `height` pixels, with the ticks that fit.
struct layout {
    axis x;
    axis y;
    axis scale;
    box plot;
    box bar;
    int height = 0;
    std::string title;
    std::string unit;
    int title_y = 0;
    int unit_y = 0;
    int unit_x = 0;
};

/// Throws std::invalid_argument when labels and colour scale leave too little of the width.
[[nodiscard]] layout layout_of(cartesian<2> const& grid, value_range const& range, png_options const& options);

}  // namespace poise::grid::detail
