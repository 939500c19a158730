// SPDX-License-Identifier: MIT
// Colours for numbers: maps whose lightness grows evenly, so that the eye and a black-and-white print both read them.
#pragma once

#include <cstdint>

namespace poise::grid {

/// A colour of sRGB, 8 bits per channel.
struct rgb {
    std::uint8_t red = 0;
    std::uint8_t green = 0;
    std::uint8_t blue = 0;
    friend bool operator==(rgb const&, rgb const&) = default;
};

/// inferno: black, purple, orange, pale yellow. viridis: violet, teal, yellow; readable with every common form of
/// colour blindness. grey: black to white.
enum class colour_map { inferno, viridis, grey };

/// What stands for a value that is not finite: a grey-blue in none of the maps inferno and viridis.
inline constexpr rgb not_finite_colour{0x9a, 0xa4, 0xb0};

/// The colour of t in [0, 1]; beyond the ends, the end's colour. NaN gives not_finite_colour.
/// Lightness (CIE L*) never decreases in t by more than the rounding to 8 bits. Thread-safe.
/// Source: the maps of matplotlib 1.5 (S. van der Walt, N. Smith; CC0) in the polynomial fit by M. Zucker (CC0),
/// https://www.shadertoy.com/view/WlfXRN.
[[nodiscard]] rgb colour_of(colour_map map, double t) noexcept;

}  // namespace poise::grid
