// SPDX-License-Identifier: MIT
// Fields as pictures, ready to print.
#pragma once

#include <poise/grid/colour_map.hpp>
#include <poise/grid/field.hpp>

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace poise::grid {

/// A rectangle drawn over a heat map, in the grid's coordinates. The label stands inside it where it fits, upright if
/// need be.
struct outline {
    point<2> lower{};
    point<2> upper{};
    std::string label = {};
};

/// Texts are UTF-8; Latin-1 (which has ° ² ³ µ) is drawn, every other letter is a question mark.
struct png_options {
    std::string title = {};
    std::string unit = {};   ///< of the values, such as "K"
    int width_pixels = 900;  ///< of the whole picture, 240 to 10000; letters grow with it, from 1600 on
    colour_map map = colour_map::inferno;
    std::optional<double> min = {};  ///< the ends of the colour scale; without them, those of the finite values
    std::optional<double> max = {};
    int contours = 0;  ///< lines of equal value, that cut the colour scale into one more equal parts; 0 to 100
    std::vector<outline> outlines = {};
    std::array<char, 2> axes = {'x', 'y'};  ///< what the directions are called, across and upwards
    std::string length_unit = {};           ///< of the coordinates as labelled, such as "mm"
    double length_scale = 1.0;              ///< labels per unit of the grid: 1e3 for metres labelled in millimetres
};

/// A heat map: y upwards, axes with round ticks, a colour scale. x and y have one scale, but no side is shown shorter
/// than 1/40 of the picture's width or higher than 1.3 times the room across.
/// A grid finer than the picture is averaged over each pixel, a coarser one shows its cells; a node-centred field shows
/// around each node the part of the box nearest to it.
/// Values that are not finite are drawn in not_finite_colour, a pixel with one among its cells entirely so. Values
/// beyond min and max get the end's colour. A range of rounding (1e-10 of its magnitude) is drawn as a constant.
/// The same field and options give the same bytes with the same libpng. Whole file or nothing.
/// Errors: file_error; std::invalid_argument for options out of range; poise::error when libpng fails.
/// Cost: two passes over the field and a picture in memory; about 20 ms at 900 pixels, most of it libpng's.
void write_png(std::string const& path, field<2> const& u, png_options const& options = {});

/// A line plot of u over x, with the same texts and range. A value that is not finite leaves a gap. A field finer than
/// the picture shows the smallest and the largest value at every pixel. Takes no outlines and no contours, and uses no
/// colour map.
void write_png(std::string const& path, field<1> const& u, png_options const& options = {});

}  // namespace poise::grid
