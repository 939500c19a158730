// SPDX-License-Identifier: MIT
#include "grid/picture_options.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>

#include <cmath>

namespace poise::grid::detail {
namespace {

// Below the one, too few digits of a double are left to count steps; beyond the other, sums of two may overflow.
constexpr double smallest_extent = 1e-300;
constexpr double largest_magnitude = 1e307;

bool can_be_drawn(double lower, double upper) {
    return upper - lower >= smallest_extent && std::max(std::abs(lower), std::abs(upper)) <= largest_magnitude;
}

value_range finite_range(std::span<double const> values) {
    value_range found{0.0, 0.0};
    bool any = false;
    for (double const value : values) {
        if (!std::isfinite(value)) continue;
        found =
            any ? value_range{std::min(found.lower, value), std::max(found.upper, value)} : value_range{value, value};
        any = true;
    }
    return found;
}

}  // namespace

value_range range_of(std::span<double const> values, png_options const& options) {
    POISE_REQUIRE(std::isfinite(options.min.value_or(0.0)), "write_png: min is ", options.min.value_or(0.0));
    POISE_REQUIRE(std::isfinite(options.max.value_or(0.0)), "write_png: max is ", options.max.value_or(0.0));
    POISE_REQUIRE(!options.min || !options.max || *options.min < *options.max, "write_png: min ",
                  options.min.value_or(0.0), " is not below max ", options.max.value_or(0.0));
    value_range const data = options.min && options.max ? value_range{} : finite_range(values);
    value_range range{options.min.value_or(data.lower), options.max.value_or(data.upper)};
    double const magnitude = std::max(std::abs(range.lower), std::abs(range.upper));
    if (!(range.upper - range.lower > std::max(1e-10 * magnitude, smallest_extent))) {
        double const opening = magnitude == 0.0 ? 1.0 : std::max(0.1 * magnitude, 2.0 * smallest_extent);
        if (!options.min) range.lower = range.upper - opening;
        if (!options.max) range.upper = (options.min ? range.lower : range.upper) + opening;
    }
    POISE_REQUIRE(can_be_drawn(range.lower, range.upper), "write_png: no scale from ", range.lower, " to ", range.upper,
                  " can be drawn; give other min and max");
    return range;
}

axis axis_of(char name, double lower, double upper, png_options const& options) {
    axis scaled{lower * options.length_scale, upper * options.length_scale, std::string(1, name)};
    POISE_REQUIRE(can_be_drawn(scaled.lower, scaled.upper), "write_png: no axis from ", scaled.lower, " to ",
                  scaled.upper, " can be drawn; length_scale is ", options.length_scale);
    if (!options.length_unit.empty()) scaled.name += " [" + options.length_unit + ']';
    return scaled;
}

void require_valid(png_options const& options) {
    POISE_REQUIRE(options.width_pixels >= 240 && options.width_pixels <= 10000, "write_png: width_pixels is ",
                  options.width_pixels, "; 240 to 10000 are possible");
    POISE_REQUIRE(options.length_scale > 0.0 && std::isfinite(options.length_scale), "write_png: length_scale is ",
                  options.length_scale, "; it must be positive and finite");
    POISE_REQUIRE(options.contours >= 0 && options.contours <= 100, "write_png: contours is ", options.contours,
                  "; 0 to 100 are possible");
    for (outline const& each : options.outlines)
        for (std::size_t d = 0; d < 2; ++d)
            POISE_REQUIRE(each.lower[d] <= each.upper[d] && std::isfinite(each.upper[d] - each.lower[d]),
                          "write_png: the outline \"", each.label, "\" goes from ", each.lower[d], " to ",
                          each.upper[d], " in ", "xy"[d]);
}

}  // namespace poise::grid::detail
