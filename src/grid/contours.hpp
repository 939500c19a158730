// SPDX-License-Identifier: MIT
// Private to src/: lines of equal value over a heat map.
#pragma once

#include "grid/canvas.hpp"
#include "grid/picture_options.hpp"

#include <poise/grid/field.hpp>

namespace poise::grid::detail {

/// Draws n lines, at values that cut the range into n + 1 equal parts, of u interpolated at the middles of pixels;
/// light where the map is dark and dark where it is light.
void draw_contours(canvas& picture, box const& plot, field<2> const& u, value_range const& range, int n);

}  // namespace poise::grid::detail
