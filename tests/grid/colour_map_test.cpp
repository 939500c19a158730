// SPDX-License-Identifier: MIT
#include <poise/grid/colour_map.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>

namespace poise::grid {
namespace {

constexpr colour_map all_maps[] = {colour_map::inferno, colour_map::viridis, colour_map::grey};

// CIE 1976 L* of an sRGB colour (IEC 61966-2-1, white D65).
double lightness(rgb colour) {
    auto const linear = [](std::uint8_t channel) {
        double const c = channel / 255.0;
        return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
    };
    double const y = 0.2126 * linear(colour.red) + 0.7152 * linear(colour.green) + 0.0722 * linear(colour.blue);
    return y <= std::pow(6.0 / 29.0, 3.0) ? y * std::pow(29.0 / 3.0, 3.0) : 116.0 * std::cbrt(y) - 16.0;
}

// Each channel is rounded by up to half a step of 1/255. Where L* is linear in Y, that is, in the dark, a step in all
// three channels changes it by 903.3/12.92/255 = 0.27, and nowhere by more than 0.5; half of that on either side.
TEST(ColourMap, LightnessGrows) {
    for (colour_map const map : all_maps)
        for (int i = 1; i <= 1000; ++i)
            EXPECT_GE(lightness(colour_of(map, i / 1000.0)), lightness(colour_of(map, (i - 1) / 1000.0)) - 0.5)
                << "map " << static_cast<int>(map) << " at " << i / 1000.0;
}

TEST(ColourMap, LightnessGrowsEvenly) {
    // In sixteenths, no step is below a third or above three times the mean one: neither a flat stretch nor an edge
    // that the data do not have.
    for (colour_map const map : {colour_map::inferno, colour_map::viridis}) {
        double const mean = (lightness(colour_of(map, 1.0)) - lightness(colour_of(map, 0.0))) / 16.0;
        EXPECT_GT(mean, 4.0);
        for (int i = 0; i < 16; ++i) {
            double const step = lightness(colour_of(map, (i + 1) / 16.0)) - lightness(colour_of(map, i / 16.0));
            EXPECT_GT(step, mean / 3.0) << "map " << static_cast<int>(map) << " at " << i / 16.0;
            EXPECT_LT(step, mean * 3.0) << "map " << static_cast<int>(map) << " at " << i / 16.0;
        }
    }
}

// matplotlib's tables at 0, 1/2 and 1 (entries 0, 127 or 128 and 255 of _inferno_data and _viridis_data, times 255).
TEST(ColourMap, AgreesWithTheOriginals) {
    struct sample {
        colour_map map;
        double t;
        rgb original;
    };
    sample const samples[] = {{colour_map::inferno, 0.0, {0, 0, 4}},       {colour_map::inferno, 0.5, {188, 55, 84}},
                              {colour_map::inferno, 1.0, {252, 255, 164}}, {colour_map::viridis, 0.0, {68, 1, 84}},
                              {colour_map::viridis, 0.5, {33, 145, 140}},  {colour_map::viridis, 1.0, {253, 231, 37}}};
    for (auto const& [map, t, original] : samples) {
        rgb const ours = colour_of(map, t);
        EXPECT_LE(std::abs(ours.red - original.red), 6) << "map " << static_cast<int>(map) << " at " << t;
        EXPECT_LE(std::abs(ours.green - original.green), 6) << "map " << static_cast<int>(map) << " at " << t;
        EXPECT_LE(std::abs(ours.blue - original.blue), 6) << "map " << static_cast<int>(map) << " at " << t;
    }
}

TEST(ColourMap, GreyIsGrey) {
    EXPECT_EQ(colour_of(colour_map::grey, 0.0), (rgb{0, 0, 0}));
    EXPECT_EQ(colour_of(colour_map::grey, 0.2), (rgb{51, 51, 51}));
    EXPECT_EQ(colour_of(colour_map::grey, 1.0), (rgb{255, 255, 255}));
}

TEST(ColourMap, KeepsToItsEnds) {
    double const infinity = std::numeric_limits<double>::infinity();
    for (colour_map const map : all_maps) {
        EXPECT_EQ(colour_of(map, -0.1), colour_of(map, 0.0));
        EXPECT_EQ(colour_of(map, -infinity), colour_of(map, 0.0));
        EXPECT_EQ(colour_of(map, 1.1), colour_of(map, 1.0));
        EXPECT_EQ(colour_of(map, infinity), colour_of(map, 1.0));
    }
}

TEST(ColourMap, NaNHasAColourOfItsOwn) {
    for (colour_map const map : all_maps) {
        EXPECT_EQ(colour_of(map, std::numeric_limits<double>::quiet_NaN()), not_finite_colour);
        for (int i = 0; i <= 1000; ++i) EXPECT_NE(colour_of(map, i / 1000.0), not_finite_colour);
    }
}

}  // namespace
}  // namespace poise::grid
