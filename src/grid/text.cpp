// SPDX-License-Identifier: MIT
#include "grid/text.hpp"

#include "grid/font.hpp"

#include <bit>
#include <vector>

namespace poise::grid::detail {
namespace {

constexpr int capital_height = 10;

// Takes one character of UTF-8 off the front. Bytes that are no UTF-8 count as one unknown character each.
std::uint32_t take_character(std::string_view& text) {
    constexpr std::uint32_t unknown = 0xfffd;
    auto const first = static_cast<std::uint8_t>(text.front());
    auto const n_leading_ones = static_cast<std::size_t>(std::countl_one(first));
    std::size_t const length = n_leading_ones == 0 ? 1 : n_leading_ones;
    if (n_leading_ones == 1 || n_leading_ones > 4 || length > text.size()) {
        text.remove_prefix(1);
        return unknown;
    }
    std::uint32_t code = n_leading_ones == 0 ? first : first & (0x7fU >> n_leading_ones);
    for (std::size_t i = 1; i < length; ++i) {
        auto const next = static_cast<std::uint8_t>(text[i]);
        if ((next & 0xc0U) != 0x80U) {
            text.remove_prefix(i);
            return unknown;
        }
        code = code << 6 | (next & 0x3fU);
    }
    text.remove_prefix(length);
    return code;
}

font::glyph const& glyph_of(std::uint32_t code) {
    constexpr std::uint32_t greek_mu = 0x3bc;
    if (code == greek_mu) code = 0xb5;  // the micro sign looks the same and is in the font
    if (code >= 0x20 && code <= 0x7e) return font::glyphs[code - 0x20];
    if (code >= 0xa0 && code <= 0xff) return font::glyphs[code - 0xa0 + 95];
    return font::glyphs['?' - 0x20];
}

std::vector<font::glyph const*> glyphs_of(std::string_view text) {
    std::vector<font::glyph const*> glyphs;
    while (!text.empty()) glyphs.push_back(&glyph_of(take_character(text)));
    return glyphs;
}

// Calls paint(u, v) for every dot of the text: u along it from its anchor, v downwards from the capitals' middle.
template <class Paint>
void for_each_dot(std::vector<font::glyph const*> const& glyphs, anchor where, Paint const& paint) {
    int const length = static_cast<int>(glyphs.size()) * font::width;
    int u = where == anchor::start ? 0 : where == anchor::middle ? -length / 2 : -length;
    for (font::glyph const* glyph : glyphs) {
        for (int row = 0; row < font::height; ++row)
            for (int column = 0; column < font::width; ++column)
                if (((*glyph)[static_cast<std::size_t>(row)] >> (font::width - 1 - column) & 1) != 0)
                    paint(u + column, row - (font::ascent - capital_height / 2));
        u += font::width;
    }
}

}  // namespace

int text_width(std::string_view text, int dot) { return static_cast<int>(glyphs_of(text).size()) * font::width * dot; }
int line_height(int dot) { return font::height * dot; }

std::string shortened(std::string_view text, int width, int dot) {
    if (text_width(text, dot) <= width) return std::string{text};
    std::string_view rest = text;
    std::size_t bytes = 0;
    for (int room = width - text_width("...", dot) - font::width * dot; room >= 0; room -= font::width * dot) {
        take_character(rest);
        bytes = text.size() - rest.size();
    }
    return std::string{text.substr(0, bytes)} + "...";
}

void draw_text(canvas& picture, int x, int y, std::string_view text, text_style const& style) {
    auto const glyphs = glyphs_of(text);
    int const dot = picture.dot();
    auto const paint = [&](rgb colour, int rim) {
        for_each_dot(glyphs, style.anchor, [&](int u, int v) {
            int const wide = style.bold ? 2 : 1;
            box const upright{u * dot, v * dot, (u + wide) * dot, (v + 1) * dot};
            box const placed = style.direction == direction::rightwards
                                   ? box{x + upright.left, y + upright.top, x + upright.right, y + upright.bottom}
                                   : box{x + upright.top, y - upright.right, x + upright.bottom, y - upright.left};
            picture.fill(placed.grown(rim), colour);
        });
    };
    if (style.halo) paint(*style.halo, dot);
    paint(style.colour, 0);
}

}  // namespace poise::grid::detail
