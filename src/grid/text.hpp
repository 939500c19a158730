// SPDX-License-Identifier: MIT
// Private to src/: text in pictures.
#pragma once

#include "grid/canvas.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace poise::grid::detail {

/// Where the text lies about its point: beginning, centred or ending there.
enum class anchor { start, middle, end };
enum class direction { rightwards, upwards };

struct text_style {
    rgb colour = ink;
    detail::anchor anchor = anchor::start;
    detail::direction direction = direction::rightwards;
    bool bold = false;
    std::optional<rgb> halo = {};  ///< a rim that keeps the text readable on any ground
};

/// Width of a text and height of a line, in pixels.
[[nodiscard]] int text_width(std::string_view text, int dot);
[[nodiscard]] int line_height(int dot);

/// The text, or as much of it as fits followed by "...".
[[nodiscard]] std::string shortened(std::string_view text, int width, int dot);

/// Draws at (x, y), the middle of the capitals' height. UTF-8; what is not in Latin-1 becomes '?'.
void draw_text(canvas& picture, int x, int y, std::string_view text, text_style const& style = {});

}  // namespace poise::grid::detail
