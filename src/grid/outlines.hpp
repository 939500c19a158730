// SPDX-License-Identifier: MIT
// Private to src/: labelled rectangles over a heat map.
#pragma once

#include "grid/canvas.hpp"

#include <poise/grid/png.hpp>

#include <vector>

namespace poise::grid::detail {

/// Draws the outlines of a grid that fills `plot`: lines that show on every colour, and the labels that have room.
void draw_outlines(canvas& picture, box const& plot, cartesian<2> const& grid, std::vector<outline> const& outlines);

}  // namespace poise::grid::detail
