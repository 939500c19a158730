// SPDX-License-Identifier: MIT
#include "grid/axes.hpp"
#include "grid/picture_options.hpp"
#include "grid/png_encoder.hpp"
#include "grid/text.hpp"
#include "grid/whole.hpp"

#include <poise/core/atomic_file.hpp>
#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/grid/png.hpp>

#include <algorithm>
#include <cmath>

namespace poise::grid {
namespace {

using detail::axis;
using detail::box;
using detail::canvas;

constexpr rgb line_colour{0x1f, 0x5f, 0xa8};

// A position in pixels, y downwards.
struct position {
    double x = 0.0;
    double y = 0.0;
};
using polyline = std::vector<position>;

double distance(position p, position a, position b) {
    double const dx = b.x - a.x;
    double const dy = b.y - a.y;
    double const length_squared = dx * dx + dy * dy;
    double const along = length_squared == 0.0 ? 0.0 : ((p.x - a.x) * dx + (p.y - a.y) * dy) / length_squared;
    double const t = std::clamp(along, 0.0, 1.0);
    return std::hypot(p.x - a.x - t * dx, p.y - a.y - t * dy);
}

// How much of each pixel the line covers, taken as its distance to the line's middle: smooth edges, and no blots where
// two pieces meet, since the larger cover counts and they are not mixed in twice.
class cover {
public:
    explicit cover(box const& plot)
        : plot_{plot}, opacity_(static_cast<std::size_t>(plot.width()) * static_cast<std::size_t>(plot.height())) {}

    void add(position a, position b, double half_width) {
        auto const reach = half_width + 1.0;
        auto const pixel = [](double at) { return static_cast<int>(std::floor(at)); };
        box const area = box{pixel(std::min(a.x, b.x) - reach), pixel(std::min(a.y, b.y) - reach),
                             pixel(std::max(a.x, b.x) + reach) + 1, pixel(std::max(a.y, b.y) + reach) + 1}
                             .within(plot_);
        for (int y = area.top; y < area.bottom; ++y)
            for (int x = area.left; x < area.right; ++x) {
                double const covered = half_width + 0.5 - distance({x + 0.5, y + 0.5}, a, b);
                at(x, y) = std::max(at(x, y), std::clamp(covered, 0.0, 1.0));
            }
    }
    void draw(canvas& picture) {
        for (int y = plot_.top; y < plot_.bottom; ++y)
            for (int x = plot_.left; x < plot_.right; ++x) canvas::mix(picture.row(y)[x], line_colour, at(x, y));
    }

private:
    double& at(int x, int y) {
        return opacity_[static_cast<std::size_t>(y - plot_.top) * static_cast<std::size_t>(plot_.width()) +
                        static_cast<std::size_t>(x - plot_.left)];
    }

    box plot_;
    std::vector<double> opacity_;
};

// Pieces without a gap. Of many points in one pixel's column only the first, the extremes and the last are kept: the
// same picture, in time that does not grow with the square of the field.
std::vector<polyline> pieces_of(field<1> const& u, box const& plot, axis const& x, axis const& y) {
    auto const height_of = [&](double value) {
        double const share = (value - y.lower) / (y.upper - y.lower);
        return plot.bottom - std::clamp(share, -1.0, 2.0) * plot.height();
    };
    std::vector<polyline> pieces(1);
    polyline column;
    auto const flush = [&] {
        if (column.size() > 4) {
            auto const [low, high] = std::ranges::minmax_element(column, {}, &position::y);
            column = {column.front(), *low, *high, column.back()};
        }
        pieces.back().insert(pieces.back().end(), column.begin(), column.end());
        column.clear();
    };
    for_each_point(u.grid(), [&](std::size_t i, point<1> const& at) {
        double const value = u.values()[i];
        double const across = plot.left + (at[0] - x.lower) / (x.upper - x.lower) * plot.width();
        bool const same_column = !column.empty() && std::floor(column.back().x) == std::floor(across);
        if (!same_column || !std::isfinite(value)) flush();
        if (std::isfinite(value))
            column.push_back({across, height_of(value)});
        else if (!pieces.back().empty())
            pieces.emplace_back();
    });
    flush();
    return pieces;
}

void draw_line(canvas& picture, box const& plot, std::vector<polyline> const& pieces) {
    cover line{plot};
    for (polyline const& piece : pieces)
        for (std::size_t i = 0; i < piece.size(); ++i)
            line.add(piece[i == 0 ? 0 : i - 1], piece[i], 0.9 * picture.dot());
    line.draw(picture);
}

// Round numbers on lines across the plot, or along it where the axis lies below.
void draw_grid_lines(canvas& picture, box const& plot, axis const& x, axis const& y) {
    int const dot = picture.dot();
    for (detail::tick const& each : x.ticks) {
        int const at = detail::pixel_of(x, each.value, plot.left - dot, plot.right);
        picture.fill(box{at, plot.top, at + dot, plot.bottom}.within(plot), detail::pale);
    }
    for (detail::tick const& each : y.ticks) {
        int const at = detail::pixel_of(y, each.value, plot.bottom, plot.top - dot);
        picture.fill(box{plot.left, at, plot.right, at + dot}.within(plot), detail::pale);
    }
}

}  // namespace

void write_png(std::string const& path, field<1> const& u, png_options const& options) {
    detail::require_whole(u);
    detail::require_valid(options);
    POISE_REQUIRE(options.outlines.empty(), "write_png: ", options.outlines.size(),
                  " outlines for a field in one dimension, which has room for none");
    POISE_REQUIRE(options.contours == 0, "write_png: ", options.contours,
                  " contours for a field in one dimension, whose line shows its values");
    int const dot = detail::dot_of(options);
    int const line = detail::line_height(dot);
    int const edge = detail::margin(dot);
    auto const range = detail::range_of(u.values(), options);
    double const air = 0.05 * (range.upper - range.lower);

    int const height = options.width_pixels / 2;
    int const top = edge + (options.title.empty() ? line / 2 : 2 * line);
    axis y{range.lower - (options.min ? 0.0 : air), range.upper + (options.max ? 0.0 : air), options.unit};
    y.ticks = detail::fitting_ticks(y.lower, y.upper, height, detail::orientation::upwards, dot);
    int const left = edge + detail::room_for_name(dot) + detail::room_beside(y, dot);
    box const plot{left, top, options.width_pixels - edge - 2 * line, top + height};
    POISE_REQUIRE(plot.width() >= 40 * dot, "write_png: the labels leave ", plot.width(), " of ", options.width_pixels,
                  " pixels for the picture; choose a larger width_pixels");
    axis x = detail::axis_of(options.axes[0], u.grid().lower()[0], u.grid().upper()[0], options);
    x.ticks = detail::fitting_ticks(x.lower, x.upper, plot.width(), detail::orientation::across, dot);

    canvas picture{options.width_pixels, plot.bottom + detail::room_below(dot) + edge, dot};
    draw_grid_lines(picture, plot, x, y);
    draw_line(picture, plot, pieces_of(u, plot, {u.grid().lower()[0], u.grid().upper()[0]}, y));
    picture.frame(plot, detail::ink);
    detail::draw_axis_below(picture, plot, x);
    detail::draw_axis_beside(picture, plot, y, detail::flank::left);
    detail::draw_title(picture, plot, edge + line / 2, options.title);
    write_file(path, detail::encode_png(picture));
}

}  // namespace poise::grid
