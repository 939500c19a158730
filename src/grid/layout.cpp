// SPDX-License-Identifier: MIT
#include "grid/layout.hpp"

#include "grid/text.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace poise::grid::detail {
namespace {

// Width and height of the heat map in at most `room` pixels across: x and y to one scale, within limits that keep a
// very long or very narrow box readable.
std::array<int, 2> plot_size(cartesian<2> const& grid, int room, int width_pixels) {
    double const aspect = (grid.upper()[1] - grid.lower()[1]) / (grid.upper()[0] - grid.lower()[0]);
    double const highest = 1.3 * room;
    double const narrowest = width_pixels / 40.0;
    double const width = std::clamp(highest / aspect, narrowest, static_cast<double>(room));
    double const height = std::clamp(width * aspect, narrowest, highest);
    return {static_cast<int>(std::lround(width)), static_cast<int>(std::lround(height))};
}

void place_boxes(layout& page, cartesian<2> const& grid, png_options const& options) {
    int const dot = dot_of(options);
    int const line = line_height(dot);
    int const edge = margin(dot);
    int const bar_width = 20 * dot;
    int const gap = 26 * dot;
    int const left = edge + room_for_name(dot) + room_beside(page.y, dot);
    int const right = edge + bar_width + room_beside(page.scale, dot);
    int const room = options.width_pixels - left - gap - right;
    POISE_REQUIRE(room >= 40 * dot, "write_png: labels and colour scale leave ", room, " of ", options.width_pixels,
                  " pixels for the picture; choose a larger width_pixels");
    auto const [width, height] = plot_size(grid, room, options.width_pixels);
    int const bar_height = std::max(height, 6 * line);

    int const indent = left + (room - width) / 2;
    int const bar_left = indent + width + gap;

    // The title and the unit share a line where the title leaves the unit its place above the colour scale.
    page.title = shortened(options.title, options.width_pixels - 2 * edge, dot);
    page.unit = shortened(options.unit, options.width_pixels - 2 * edge, dot);
    page.unit_x = std::min(bar_left - dot, options.width_pixels - edge - text_width(page.unit, dot));
    int const title_right = indent + (width + text_width(page.title, dot)) / 2 + 2 * line;
    bool const two_lines = !page.title.empty() && !page.unit.empty() && title_right > page.unit_x;
    bool const any_line = !page.title.empty() || !page.unit.empty();
    page.title_y = edge + line / 2;
    page.unit_y = page.title_y + (two_lines ? line + line / 2 : 0);
    int const top = page.unit_y + (any_line ? line + line / 4 : 0);

    int const plot_top = top + (bar_height - height) / 2;
    page.plot = {indent, plot_top, indent + width, plot_top + height};
    page.bar = {bar_left, top, bar_left + bar_width, top + bar_height};
    page.height = std::max(page.plot.bottom + room_below(dot), page.bar.bottom + line / 2) + edge;
}

}  // namespace

// The number of ticks depends on the room for the plot, and that on the width of their labels: twice round is enough,
// since the second round changes the room by a letter or two at most.
layout layout_of(cartesian<2> const& grid, value_range const& range, png_options const& options) {
    int const dot = dot_of(options);
    layout page;
    page.x = axis_of(options.axes[0], grid.lower()[0], grid.upper()[0], options);
    page.y = axis_of(options.axes[1], grid.lower()[1], grid.upper()[1], options);
    page.scale = {range.lower, range.upper};
    page.plot = page.bar = {0, 0, options.width_pixels / 2, options.width_pixels / 2};
    for (int round = 0; round < 2; ++round) {
        for (auto const& [scale, length] : {std::pair{&page.y, page.plot.height()}, {&page.scale, page.bar.height()}})
            scale->ticks = fitting_ticks(scale->lower, scale->upper, length, orientation::upwards, dot);
        place_boxes(page, grid, options);
    }
    page.x.ticks = fitting_ticks(page.x.lower, page.x.upper, page.plot.width(), orientation::across, dot);
    return page;
}

}  // namespace poise::grid::detail
