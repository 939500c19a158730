// SPDX-License-Identifier: MIT
// Private to src/: a picture in memory, and rectangles on it.
#pragma once

#include <poise/grid/colour_map.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace poise::grid::detail {

inline constexpr rgb white{255, 255, 255};
inline constexpr rgb ink{0x22, 0x22, 0x26};
inline constexpr rgb pale{0xe4, 0xe6, 0xea};

/// Pixels from (left, top) up to but not including (right, bottom); y grows downwards.
struct box {
    int left = 0;
    int top = 0;
    int right = 0;
    int bottom = 0;

    [[nodiscard]] int width() const noexcept { return right - left; }
    [[nodiscard]] int height() const noexcept { return bottom - top; }
    [[nodiscard]] box grown(int by) const noexcept { return {left - by, top - by, right + by, bottom + by}; }
    [[nodiscard]] box within(box const& other) const noexcept {
        return {std::max(left, other.left), std::max(top, other.top), std::min(right, other.right),
                std::min(bottom, other.bottom)};
    }
};

/// A white picture. Every length in a plot is a multiple of `dot`, the width of its thinnest line. What falls outside
/// of the picture is not drawn.
class canvas {
public:
    canvas(int width, int height, int dot)
        : width_{width},
          height_{height},
          dot_{dot},
          pixels_(static_cast<std::size_t>(width) * static_cast<std::size_t>(height), white) {}

    [[nodiscard]] int width() const noexcept { return width_; }
    [[nodiscard]] int height() const noexcept { return height_; }
    [[nodiscard]] int dot() const noexcept { return dot_; }
    [[nodiscard]] rgb* row(int y) noexcept { return pixels_.data() + static_cast<std::ptrdiff_t>(y) * width_; }
    [[nodiscard]] rgb const* row(int y) const noexcept {
        return pixels_.data() + static_cast<std::ptrdiff_t>(y) * width_;
    }

    /// Mixes the colour into the box; opacity 1 paints over.
    void fill(box const& area, rgb colour, double opacity = 1.0) noexcept {
        box const visible = area.within({0, 0, width_, height_});
        for (int y = visible.top; y < visible.bottom; ++y)
            for (int x = visible.left; x < visible.right; ++x) mix(row(y)[x], colour, opacity);
    }

    /// A line of one dot around the box, outside of it.
    void frame(box const& inner, rgb colour, double opacity = 1.0) noexcept {
        box const outer = inner.grown(dot_);
        fill({outer.left, outer.top, outer.right, inner.top}, colour, opacity);
        fill({outer.left, inner.bottom, outer.right, outer.bottom}, colour, opacity);
        fill({outer.left, inner.top, inner.left, inner.bottom}, colour, opacity);
        fill({inner.right, inner.top, outer.right, inner.bottom}, colour, opacity);
    }

    static void mix(rgb& pixel, rgb colour, double opacity) noexcept {
        auto const blend = [opacity](std::uint8_t below, std::uint8_t above) {
            return static_cast<std::uint8_t>(std::lround(below + opacity * (above - below)));
        };
        pixel = {blend(pixel.red, colour.red), blend(pixel.green, colour.green), blend(pixel.blue, colour.blue)};
    }

private:
    int width_;
    int height_;
    int dot_;
    std::vector<rgb> pixels_;
};

}  // namespace poise::grid::detail
