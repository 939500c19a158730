// SPDX-License-Identifier: MIT
#include "grid/outlines.hpp"

#include "grid/axes.hpp"
#include "grid/text.hpp"

#include <algorithm>
#include <cstdint>

namespace poise::grid::detail {
namespace {

// White lines with a soft dark rim show on every colour. Shared sides are drawn once: marked first, mixed in after.
class line_mask {
public:
    explicit line_mask(box const& plot)
        : plot_{plot}, marks_(static_cast<std::size_t>(plot.width()) * static_cast<std::size_t>(plot.height())) {}

    void add(box const& area, std::uint8_t mark) {
        box const visible = area.within(plot_);
        for (int y = visible.top; y < visible.bottom; ++y)
            for (int x = visible.left; x < visible.right; ++x) at(x, y) = std::max(at(x, y), mark);
    }
    void draw(canvas& picture) {
        for (int y = plot_.top; y < plot_.bottom; ++y)
            for (int x = plot_.left; x < plot_.right; ++x)
                if (at(x, y) != 0)
                    canvas::mix(picture.row(y)[x], at(x, y) == line ? white : ink, at(x, y) == line ? 0.9 : 0.35);
    }

    static constexpr std::uint8_t rim = 1;
    static constexpr std::uint8_t line = 2;

private:
    std::uint8_t& at(int x, int y) {
        return marks_[static_cast<std::size_t>(y - plot_.top) * static_cast<std::size_t>(plot_.width()) +
                      static_cast<std::size_t>(x - plot_.left)];
    }

    box plot_;
    std::vector<std::uint8_t> marks_;
};

bool overlaps(outline const& each, cartesian<2> const& grid) {
    for (std::size_t d = 0; d < 2; ++d)
        if (each.upper[d] < grid.lower()[d] || each.lower[d] > grid.upper()[d]) return false;
    return true;
}

// The pixels of an outline's four lines, within the plot even where the outline lies on its edge or goes beyond.
box corners_of(outline const& each, cartesian<2> const& grid, box const& plot, int dot) {
    axis const x{grid.lower()[0], grid.upper()[0]};
    axis const y{grid.lower()[1], grid.upper()[1]};
    auto const inside = [&](std::size_t d, double value) {
        return std::clamp(value, grid.lower()[d], grid.upper()[d]);
    };
    return {pixel_of(x, inside(0, each.lower[0]), plot.left, plot.right - dot),
            pixel_of(y, inside(1, each.upper[1]), plot.bottom - dot, plot.top),
            pixel_of(x, inside(0, each.upper[0]), plot.left, plot.right - dot),
            pixel_of(y, inside(1, each.lower[1]), plot.bottom - dot, plot.top)};
}

// Whether dark letters read better than white ones in the middle of the box (luma of Rec. 709).
bool is_bright(canvas const& picture, int x, int y) {
    rgb const ground = picture.row(y)[x];
    return 0.2126 * ground.red + 0.7152 * ground.green + 0.0722 * ground.blue > 150.0;
}

void draw_label(canvas& picture, box const& room, std::string const& label) {
    int const length = text_width(label, picture.dot()) + 8 * picture.dot();
    int const thickness = line_height(picture.dot());
    bool const fits_across = length <= room.width() && thickness <= room.height();
    bool const fits_upwards = length <= room.height() && thickness <= room.width();
    if (!fits_across && !fits_upwards) return;
    int const x = (room.left + room.right) / 2;
    int const y = (room.top + room.bottom) / 2;
    bool const dark = is_bright(picture, x, y);
    draw_text(picture, x, y, label,
              {.colour = dark ? ink : white,
               .anchor = anchor::middle,
               .direction = fits_across ? direction::rightwards : direction::upwards,
               .halo = dark ? white : ink});
}

}  // namespace

void draw_outlines(canvas& picture, box const& plot, cartesian<2> const& grid, std::vector<outline> const& outlines) {
    int const dot = picture.dot();
    line_mask mask{plot};
    for (outline const& each : outlines) {
        if (!overlaps(each, grid)) continue;
        box const c = corners_of(each, grid, plot, dot);
        for (box const& side :
             {box{c.left, c.top, c.left + dot, c.bottom + dot}, box{c.right, c.top, c.right + dot, c.bottom + dot},
              box{c.left, c.top, c.right + dot, c.top + dot}, box{c.left, c.bottom, c.right + dot, c.bottom + dot}}) {
            mask.add(side.grown(dot), line_mask::rim);
            mask.add(side, line_mask::line);
        }
    }
    mask.draw(picture);
    for (outline const& each : outlines)
        if (overlaps(each, grid)) draw_label(picture, corners_of(each, grid, plot, dot), each.label);
}

}  // namespace poise::grid::detail
