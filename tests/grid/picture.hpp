// SPDX-License-Identifier: MIT
// Reads a PNG file back, with libpng's own reader, and finds the plot in it.
#pragma once

#include "support/temporary_folder.hpp"

#include <poise/grid/png.hpp>

#include <gtest/gtest.h>
#include <png.h>

#include <string>
#include <vector>

namespace poise::test {

/// Columns and rows inside a frame: left … right - 1, top … bottom - 1.
struct inside {
    int left = 0;
    int top = 0;
    int right = 0;
    int bottom = 0;
};

class picture {
public:
    explicit picture(std::string const& bytes) {
        png_image image{};
        image.version = PNG_IMAGE_VERSION;
        EXPECT_NE(png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()), 0) << image.message;
        EXPECT_EQ(image.format, PNG_FORMAT_RGB);
        image.format = PNG_FORMAT_RGB;
        width = static_cast<int>(image.width);
        height = static_cast<int>(image.height);
        pixels_.resize(PNG_IMAGE_SIZE(image));
        EXPECT_NE(png_image_finish_read(&image, nullptr, pixels_.data(), 0, nullptr), 0) << image.message;
    }

    [[nodiscard]] grid::rgb at(int x, int y) const {
        auto const* const p = pixels_.data() + 3 * (static_cast<std::ptrdiff_t>(y) * width + x);
        return {p[0], p[1], p[2]};
    }
    /// Luma, 0 to 255.
    [[nodiscard]] double brightness(int x, int y) const {
        grid::rgb const colour = at(x, y);
        return 0.2126 * colour.red + 0.7152 * colour.green + 0.0722 * colour.blue;
    }

    /// The inside of the plot and of the colour scale: between the first and the second, the third and the fourth
    /// upright line of the frames' colour. Letters and ticks have no line as long.
    [[nodiscard]] inside plot() const { return framed(0); }
    [[nodiscard]] inside scale() const { return framed(2); }

    int width = 0;
    int height = 0;

private:
    static constexpr grid::rgb frame{0x22, 0x22, 0x26};

    struct line {
        int x = 0;
        int top = 0;
        int bottom = 0;
    };
    [[nodiscard]] std::vector<line> upright_lines() const {
        std::vector<line> lines;
        for (int x = 0; x < width; ++x) {
            line longest{x, 0, 0};
            for (int y = 0, start = 0; y <= height; ++y) {
                if (y < height && at(x, y) == frame) continue;
                if (y - start > longest.bottom - longest.top) longest = {x, start, y};
                start = y + 1;
            }
            if (longest.bottom - longest.top > 22) lines.push_back(longest);
        }
        return lines;
    }
    [[nodiscard]] inside framed(std::size_t first) const {
        auto const lines = upright_lines();
        EXPECT_GE(lines.size(), first + 2) << "no frame in the picture";
        if (lines.size() < first + 2) return {};
        inside found{lines[first].x + 1, lines[first].top + 1, lines[first + 1].x, lines[first].bottom};
        // The line may go on below the frame as a tick; one pixel further inside, the frame's lower line ends the plot.
        for (int y = found.top; y < found.bottom; ++y)
            if (at(found.left, y) == frame) found.bottom = y;
        return found;
    }

    std::vector<std::uint8_t> pixels_;
};

template <std::size_t D>
std::string png_bytes(grid::field<D> const& u, grid::png_options const& options = {}) {
    poise_test::temporary_folder const folder;
    grid::write_png(folder.path("u.png"), u, options);
    EXPECT_EQ(folder.n_entries(), 1);
    return poise_test::content_of(folder.path("u.png"));
}

template <std::size_t D>
picture drawn(grid::field<D> const& u, grid::png_options const& options = {}) {
    return picture{png_bytes(u, options)};
}

/// Whether nothing is drawn within `distance` pixels of the picture's edge.
inline bool has_white_edge(picture const& shown, int distance) {
    for (int y = 0; y < shown.height; ++y)
        for (int x = 0; x < shown.width; ++x) {
            bool const in_edge = std::min({x, y, shown.width - 1 - x, shown.height - 1 - y}) < distance;
            if (in_edge && shown.at(x, y) != grid::rgb{255, 255, 255}) return false;
        }
    return true;
}

}  // namespace poise::test
