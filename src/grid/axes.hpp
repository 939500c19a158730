// SPDX-License-Identifier: MIT
// Private to src/: axes, ticks and titles around a plot.
#pragma once

#include "grid/canvas.hpp"
#include "grid/ticks.hpp"

#include <string>
#include <vector>

namespace poise::grid::detail {

/// Numbers along one side of a plot: lower and upper are the values at its ends.
struct axis {
    double lower = 0.0;
    double upper = 1.0;
    std::string name = {};
    std::vector<tick> ticks = {};
};

enum class orientation { across, upwards };
enum class flank { left, right };

/// Distance of everything from the picture's edge.
[[nodiscard]] inline int margin(int dot) { return 12 * dot; }

/// As many round ticks as have room along `length` pixels, and at least one: lower < upper span ten steps of them.
[[nodiscard]] std::vector<tick> fitting_ticks(double lower, double upper, int length, orientation along, int dot);

/// The room ticks and labels take beside a plot, an axis' name takes beyond that, and all of it takes below a plot.
[[nodiscard]] int room_beside(axis const& scale, int dot);
[[nodiscard]] int room_for_name(int dot);
[[nodiscard]] int room_below(int dot);

/// The pixel of a value on the way from pixel `from` to pixel `to`.
[[nodiscard]] int pixel_of(axis const& scale, double value, int from, int to);

void draw_axis_below(canvas& picture, box const& plot, axis const& scale);
/// The name is drawn on the left only.
void draw_axis_beside(canvas& picture, box const& plot, axis const& scale, flank where);
/// Bold, centred over the plot with its middle at y, shortened to the picture.
void draw_title(canvas& picture, box const& plot, int y, std::string const& title);

}  // namespace poise::grid::detail
