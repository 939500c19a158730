// SPDX-License-Identifier: MIT
#include "grid/contours.hpp"

#include <poise/grid/interpolate.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace poise::grid::detail {
namespace {

// u at the pixels' middles in parts of the range, 0 to n + 1; NaN where it is not finite.
std::vector<double> parts_at_pixels(box const& plot, field<2> const& u, value_range const& range, int n) {
    auto const& grid = u.grid();
    std::vector<double> parts;
    parts.reserve(static_cast<std::size_t>(plot.width()) * static_cast<std::size_t>(plot.height()));
    auto const place = [&](std::size_t d, int pixel, int n_pixels) {
        return std::lerp(grid.lower()[d], grid.upper()[d], (pixel + 0.5) / n_pixels);
    };
    for (int y = 0; y < plot.height(); ++y)
        for (int x = 0; x < plot.width(); ++x) {
            double const value =
                interpolate(u, {place(0, x, plot.width()), place(1, plot.height() - 1 - y, plot.height())});
            parts.push_back((n + 1) * (value - range.lower) / (range.upper - range.lower));
        }
    return parts;
}

// The number of the line between two values, 1 to n; 0 where there is none, as beside what is no number.
int line_between(double a, double b, int n) {
    if (!std::isfinite(a) || !std::isfinite(b)) return 0;
    auto const part = [n](double value) { return static_cast<int>(std::clamp<double>(std::floor(value), 0, n)); };
    return part(a) == part(b) ? 0 : std::max(part(a), part(b));
}

}  // namespace

void draw_contours(canvas& picture, box const& plot, field<2> const& u, value_range const& range, int n) {
    if (n == 0) return;
    auto const parts = parts_at_pixels(plot, u, range, n);
    auto const at = [&](int x, int y) {
        return parts[static_cast<std::size_t>(y) * static_cast<std::size_t>(plot.width()) +
                     static_cast<std::size_t>(x)];
    };
    int const dot = picture.dot();
    for (int y = 0; y < plot.height(); ++y)
        for (int x = 0; x < plot.width(); ++x) {
            int line = 0;
            if (x + dot < plot.width()) line = line_between(at(x, y), at(x + dot, y), n);
            if (line == 0 && y + dot < plot.height()) line = line_between(at(x, y), at(x, y + dot), n);
            bool const is_on_dark = line < 0.6 * (n + 1);
            if (line > 0) canvas::mix(picture.row(plot.top + y)[plot.left + x], is_on_dark ? white : ink, 0.7);
        }
}

}  // namespace poise::grid::detail
