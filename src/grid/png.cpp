// SPDX-License-Identifier: MIT
#include "grid/axes.hpp"
#include "grid/contours.hpp"
#include "grid/layout.hpp"
#include "grid/outlines.hpp"
#include "grid/png_encoder.hpp"
#include "grid/text.hpp"
#include "grid/whole.hpp"

#include <poise/core/atomic_file.hpp>
#include <poise/grid/png.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace poise::grid {
namespace {

using detail::box;
using detail::canvas;
using detail::layout;
using detail::value_range;

struct index_range {
    std::ptrdiff_t first = 0;
    std::ptrdiff_t last = 0;
    friend bool operator==(index_range const&, index_range const&) = default;
};

// Where cells differ in width: the points whose part of the box ends in the pixel, each shown once, else the one at the
// pixel's middle.
std::vector<index_range> points_of_stretched_pixels(cartesian<2> const& grid, std::size_t d, std::ptrdiff_t n_pixels) {
    std::vector<double> ends;  // of the points' parts but the last
    bool const nodes = grid.centering() == centering::node;
    for (std::ptrdiff_t i = 0; i + 1 < grid.points()[d]; ++i)
        ends.push_back(nodes ? std::midpoint(grid.coordinate(d, i), grid.coordinate(d, i + 1))
                             : grid.faces(d)[static_cast<std::size_t>(i + 1)]);
    double const pixel = (grid.upper()[d] - grid.lower()[d]) / static_cast<double>(n_pixels);
    auto const point_at = [&](double pixels) {
        return std::ranges::upper_bound(ends, grid.lower()[d] + pixels * pixel) - ends.begin();
    };
    std::vector<index_range> points;
    std::ptrdiff_t n_shown = 0;
    for (std::ptrdiff_t p = 0; p < n_pixels; ++p) {
        bool const is_last = p + 1 == n_pixels;
        auto const end = is_last ? grid.points()[d] : point_at(static_cast<double>(p + 1));
        auto const middle = point_at(static_cast<double>(p) + 0.5);
        points.push_back(n_shown < end ? index_range{n_shown, end} : index_range{middle, middle + 1});
        n_shown = std::max(n_shown, points.back().last);
    }
    return points;
}

// The points behind each pixel along one direction: every point belongs to one pixel when there are more points than
// pixels, else each pixel shows the point nearest to its middle. In integers, so exact.
std::vector<index_range> points_of_pixels(cartesian<2> const& grid, std::size_t d, std::ptrdiff_t n_pixels) {
    if (!grid.is_uniform(d)) return points_of_stretched_pixels(grid, d, n_pixels);
    std::ptrdiff_t const n_cells = grid.cells()[d];
    std::ptrdiff_t const half_a_cell = grid.centering() == centering::node ? n_pixels : 0;
    auto const point_at = [&](std::ptrdiff_t half_pixels) {
        return (half_pixels * n_cells + half_a_cell) / (2 * n_pixels);
    };
    std::vector<index_range> points(static_cast<std::size_t>(n_pixels));
    for (std::ptrdiff_t p = 0; p < n_pixels; ++p) {
        auto const nearest = point_at(2 * p + 1);
        points[static_cast<std::size_t>(p)] =
            n_cells < n_pixels ? index_range{nearest, nearest + 1} : index_range{point_at(2 * p), point_at(2 * p + 2)};
    }
    points.back().last = grid.points()[d];
    return points;
}

// What the points of a range count in its mean: as much of it as is theirs.
std::vector<double> weights_of(cartesian<2> const& grid, std::size_t d, index_range const& points) {
    std::vector<double> weights(static_cast<std::size_t>(points.last - points.first), 1.0);
    for (std::size_t i = 0; i < weights.size() && !grid.is_uniform(d); ++i)
        weights[i] = grid.length_of_point(d, points.first + static_cast<std::ptrdiff_t>(i));
    double const total = std::reduce(weights.begin(), weights.end());
    for (double& weight : weights) weight /= total;
    return weights;
}

// Means over the pixels' points; NaN where one of them is not finite.
void average_row(field<2> const& u, index_range rows, std::vector<index_range> const& columns,
                 std::vector<std::vector<double>> const& column_weights, std::vector<double>& means) {
    std::ranges::fill(means, 0.0);
    auto const row_weights = weights_of(u.grid(), 1, rows);
    for (std::ptrdiff_t j = rows.first; j < rows.last; ++j)
        for (std::size_t p = 0; p < columns.size(); ++p) {
            auto const [first, last] = columns[p];
            double const row_weight = row_weights[static_cast<std::size_t>(j - rows.first)];
            for (std::ptrdiff_t i = first; i < last; ++i)
                means[p] += row_weight * column_weights[p][static_cast<std::size_t>(i - first)] * u(i, j);
        }
    for (double& mean : means)
        if (!std::isfinite(mean)) mean = std::numeric_limits<double>::quiet_NaN();
}

void draw_field(canvas& picture, box const& plot, field<2> const& u, value_range const& range, colour_map map) {
    auto const columns = points_of_pixels(u.grid(), 0, plot.width());
    auto const rows = points_of_pixels(u.grid(), 1, plot.height());
    std::vector<double> means(columns.size());
    std::vector<std::vector<double>> column_weights;
    for (auto const& points : columns) column_weights.push_back(weights_of(u.grid(), 0, points));
    rgb const* before = nullptr;
    for (std::size_t r = 0; r < rows.size(); ++r) {
        rgb* const pixels = picture.row(plot.bottom - 1 - static_cast<int>(r)) + plot.left;
        // A cell that is larger than a pixel gets its colour once: colours take longer than anything else here.
        if (r > 0 && rows[r] == rows[r - 1]) {
            std::copy_n(before, means.size(), pixels);
        } else {
            average_row(u, rows[r], columns, column_weights, means);
            for (std::size_t p = 0; p < means.size(); ++p)
                pixels[p] = p > 0 && means[p] == means[p - 1]
                                ? pixels[p - 1]
                                : colour_of(map, (means[p] - range.lower) / (range.upper - range.lower));
        }
        before = pixels;
    }
}

void draw_colour_scale(canvas& picture, layout const& page, colour_map map) {
    box const& bar = page.bar;
    for (int y = bar.top; y < bar.bottom; ++y) {
        double const t = (bar.bottom - 0.5 - y) / bar.height();
        picture.fill({bar.left, y, bar.right, y + 1}, colour_of(map, t));
    }
    picture.frame(bar, detail::ink);
    detail::draw_axis_beside(picture, bar, page.scale, detail::flank::right);
    detail::draw_text(picture, page.unit_x, page.unit_y, page.unit);
}

}  // namespace

void write_png(std::string const& path, field<2> const& u, png_options const& options) {
    detail::require_whole(u);
    detail::require_valid(options);
    value_range const range = detail::range_of(u.values(), options);
    layout const page = detail::layout_of(u.grid(), range, options);
    canvas picture{options.width_pixels, page.height, detail::dot_of(options)};
    draw_field(picture, page.plot, u, range, options.map);
    detail::draw_contours(picture, page.plot, u, range, options.contours);
    detail::draw_outlines(picture, page.plot, u.grid(), options.outlines);
    picture.frame(page.plot, detail::ink);
    detail::draw_axis_below(picture, page.plot, page.x);
    detail::draw_axis_beside(picture, page.plot, page.y, detail::flank::left);
    draw_colour_scale(picture, page, options.map);
    detail::draw_title(picture, page.plot, page.title_y, page.title);
    write_file(path, detail::encode_png(picture));
}

}  // namespace poise::grid
