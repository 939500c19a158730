// SPDX-License-Identifier: MIT
// Private to src/: what png_options say about a picture, checked.
#pragma once

#include "grid/axes.hpp"

#include <poise/grid/png.hpp>

#include <span>

namespace poise::grid::detail {

struct value_range {
    double lower = 0.0;
    double upper = 1.0;
};

/// The given ends, or those of the finite values; opened to a tenth of the value to either side where they coincide but
/// for rounding, so that there is something to divide. Always lower < upper.
/// Throws std::invalid_argument for ends that are not finite, in the wrong order or too far apart for a double.
[[nodiscard]] value_range range_of(std::span<double const> values, png_options const& options);

/// Throws std::invalid_argument for options out of range.
void require_valid(png_options const& options);

/// The width of a picture's thinnest line: 1 pixel, 2 from 1600 pixels on, and so on.
[[nodiscard]] inline int dot_of(png_options const& options) { return std::max(1, (options.width_pixels + 200) / 900); }

/// One of the grid's directions, in the labels' unit and named "x [mm]", or "x" without a unit; without ticks.
/// Throws std::invalid_argument where length_scale takes it out of the range of doubles.
[[nodiscard]] axis axis_of(char name, double lower, double upper, png_options const& options);

}  // namespace poise::grid::detail
