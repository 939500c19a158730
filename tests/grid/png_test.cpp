// SPDX-License-Identifier: MIT
#include "grid/picture.hpp"
#include "support/expect_message.hpp"

#include <poise/grid/png.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

namespace poise::grid {
namespace {

using poise_test::expect_message;
using test::drawn;
using test::inside;
using test::picture;
using test::png_bytes;

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr colour_map viridis = colour_map::viridis;

cartesian<2> const unit_square{{.cells = {64, 64}}};

TEST(Png, HasTheWidthAskedFor) {
    field<2> const u{unit_square};
    EXPECT_EQ(drawn(u).width, 900);
    for (int const width : {240, 333, 1700}) EXPECT_EQ(drawn(u, {.width_pixels = width}).width, width);
}

TEST(Png, ShowsXAndYToOneScale) {
    for (point<2> const upper : {point<2>{1, 1}, {2, 1}, {1, 1.2}, {1, 5}, {9, 1}}) {
        auto const box = drawn(field<2>{cartesian<2>{{.upper = upper, .cells = {20, 20}}}, 1.0}).plot();
        double const expected = upper[1] / upper[0] * (box.right - box.left);
        EXPECT_NEAR(box.bottom - box.top, expected, 0.5 + 0.5 * upper[1] / upper[0]) << upper[0] << " x " << upper[1];
    }
}

TEST(Png, ShowsEveryCellInItsPlace) {
    // 0 1
    // 2 3 with y upwards, so 2 and 3 are the lower row of the picture's upside-down order in memory.
    field<2> const u{cartesian<2>{{.cells = {2, 2}}}, {2, 3, 0, 1}};
    picture const shown = drawn(u, {.width_pixels = 400, .map = viridis});
    inside const plot = shown.plot();
    int const n = plot.right - plot.left;
    for (int y = plot.top; y < plot.bottom; ++y)
        for (int x = plot.left; x < plot.right; ++x) {
            // In an odd number of pixels the middle one's middle is on the border of two cells.
            if (2 * (x - plot.left) + 1 == n || 2 * (y - plot.top) + 1 == n) continue;
            int const cell = (2 * (x - plot.left) < n ? 0 : 1) + (2 * (y - plot.top) < n ? 0 : 2);
            ASSERT_EQ(shown.at(x, y), colour_of(viridis, cell / 3.0)) << x << ' ' << y;
        }
}

TEST(Png, ShowsNodesWithTheirSurroundings) {
    // Three nodes across: half of a cell at the ends, a whole one in the middle.
    cartesian<2> const grid{{.cells = {2, 1}, .centering = centering::node}};
    picture const shown =
        drawn(sample(grid, [](double x, double) { return x; }), {.width_pixels = 500, .map = viridis});
    inside const plot = shown.plot();
    double const n = plot.right - plot.left;
    for (int x = plot.left; x < plot.right; ++x) {
        double const at = (x - plot.left + 0.5) / n;
        double const node = at < 0.25 ? 0.0 : at < 0.75 ? 0.5 : 1.0;
        ASSERT_EQ(shown.at(x, plot.top), colour_of(viridis, node)) << at;
    }
}

TEST(Png, IsBrighterWhereTheFieldIsLarger) {
    picture const upwards = drawn(sample(unit_square, [](double, double y) { return y; }));
    inside const plot = upwards.plot();
    EXPECT_GT(upwards.brightness(plot.left, plot.top), 200);
    EXPECT_LT(upwards.brightness(plot.left, plot.bottom - 1), 20);
    picture const rightwards = drawn(sample(unit_square, [](double x, double) { return x; }));
    EXPECT_GT(rightwards.brightness(plot.right - 1, plot.top), 200);
    EXPECT_LT(rightwards.brightness(plot.left, plot.top), 20);
}

TEST(Png, ScaleHasEveryColourOnce) {
    for (colour_map const map : {colour_map::inferno, viridis}) {
        picture const shown = drawn(sample(unit_square, [](double x, double) { return x; }), {.map = map});
        inside const bar = shown.scale();
        EXPECT_EQ(bar.top, shown.plot().top);
        EXPECT_EQ(bar.bottom, shown.plot().bottom);
        double const height = bar.bottom - bar.top;
        for (int y = bar.top; y < bar.bottom; ++y)
            ASSERT_EQ(shown.at((bar.left + bar.right) / 2, y), colour_of(map, (bar.bottom - 0.5 - y) / height));
    }
}

TEST(Png, GivenRangeHolds) {
    field<2> const u{cartesian<2>{{.cells = {2, 2}}}, {-5, 2, 4, 99}};
    picture const shown = drawn(u, {.width_pixels = 400, .map = viridis, .min = 0, .max = 8});
    inside const plot = shown.plot();
    EXPECT_EQ(shown.at(plot.left, plot.bottom - 1), colour_of(viridis, 0.0));
    EXPECT_EQ(shown.at(plot.right - 1, plot.bottom - 1), colour_of(viridis, 0.25));
    EXPECT_EQ(shown.at(plot.left, plot.top), colour_of(viridis, 0.5));
    EXPECT_EQ(shown.at(plot.right - 1, plot.top), colour_of(viridis, 1.0));
}

std::set<std::array<int, 3>> colours_in(picture const& shown, inside const& area) {
    std::set<std::array<int, 3>> colours;
    for (int y = area.top; y < area.bottom; ++y)
        for (int x = area.left; x < area.right; ++x) {
            rgb const colour = shown.at(x, y);
            colours.insert({colour.red, colour.green, colour.blue});
        }
    return colours;
}
std::array<int, 3> three(rgb colour) { return {colour.red, colour.green, colour.blue}; }

TEST(Png, ConstantFieldsHaveTheMiddleColour) {
    for (double const value : {0.0, 300.0, -1e-9, 1e200, 5e-324}) {
        picture const shown = drawn(field<2>{unit_square, value}, {.width_pixels = 300});
        EXPECT_EQ(colours_in(shown, shown.plot()), (std::set{three(colour_of(colour_map::inferno, 0.5))})) << value;
    }
}

TEST(Png, RoundingIsNoStructure) {
    field<2> u{unit_square, 300.0};
    u(3, 4) = std::nextafter(300.0, 301.0);
    picture const shown = drawn(u, {.width_pixels = 300});
    EXPECT_EQ(colours_in(shown, shown.plot()).size(), 1U);
}

TEST(Png, ValuesBeyondOneGivenEndHaveThatEndsColour) {
    picture const below = drawn(field<2>{unit_square, 3.0}, {.width_pixels = 300, .min = 5});
    EXPECT_EQ(colours_in(below, below.plot()), (std::set{three(colour_of(colour_map::inferno, 0.0))}));
    EXPECT_NO_THROW((void)drawn(field<2>{unit_square, 0.0}, {.width_pixels = 300, .min = 5e-324}));
    picture const above = drawn(field<2>{unit_square, 3.0}, {.width_pixels = 300, .max = -5});
    EXPECT_EQ(colours_in(above, above.plot()), (std::set{three(colour_of(colour_map::inferno, 1.0))}));
}

TEST(Png, WhatIsNotFiniteHasItsOwnColour) {
    field<2> const u{cartesian<2>{{.cells = {2, 2}}}, {not_a_number, 1, infinity, 2}};
    picture const shown = drawn(u, {.width_pixels = 400});
    inside const plot = shown.plot();
    EXPECT_EQ(shown.at(plot.left, plot.top), not_finite_colour);
    EXPECT_EQ(shown.at(plot.left, plot.bottom - 1), not_finite_colour);
    EXPECT_EQ(shown.at(plot.right - 1, plot.bottom - 1), colour_of(colour_map::inferno, 0.0));
    EXPECT_EQ(shown.at(plot.right - 1, plot.top), colour_of(colour_map::inferno, 1.0));
    picture const nothing = drawn(field<2>{unit_square, not_a_number}, {.width_pixels = 300});
    EXPECT_EQ(colours_in(nothing, nothing.plot()), std::set{three(not_finite_colour)});
}

TEST(Png, AveragesWhatIsFinerThanThePicture) {
    // A chessboard. The mean of k × m of its cells differs from 1/2 by at most 1/(2·k·m), and there are more than 8
    // cells to each side of a pixel; taking one cell for all of them would show 0 or 1.
    for (centering const where : {centering::cell, centering::node}) {
        cartesian<2> const fine{{.cells = {2001, 1999}, .centering = where}};
        field<2> chess{fine};
        for (std::ptrdiff_t j = 0; j < fine.points()[1]; ++j)
            for (std::ptrdiff_t i = 0; i < fine.points()[0]; ++i) chess(i, j) = static_cast<double>((i + j) % 2);
        picture const shown = drawn(chess, {.width_pixels = 300, .map = colour_map::grey});
        inside const plot = shown.plot();
        ASSERT_LT(plot.right - plot.left, 1999 / 8);
        // Nodes at the ends stand alone for half a cell, so an outermost pixel has half as many: 1/(2·8·4).
        for (auto const& colour : colours_in(shown, plot)) EXPECT_NEAR(colour[0], 127.5, 255.0 / 64 + 1);
    }
}

TEST(Png, ShowsASingleNaNAmongMillions) {
    field<2> u = sample(cartesian<2>{{.cells = {1500, 1500}}}, [](double x, double y) { return x + y; });
    u(700, 300) = not_a_number;
    picture const shown = drawn(u, {.width_pixels = 300});
    inside const plot = shown.plot();
    int n_grey = 0;
    for (int y = plot.top; y < plot.bottom; ++y)
        for (int x = plot.left; x < plot.right; ++x) {
            if (shown.at(x, y) != not_finite_colour) continue;
            ++n_grey;
            EXPECT_EQ(x - plot.left, 700 * (plot.right - plot.left) / 1500);
            EXPECT_EQ(plot.bottom - 1 - y, 300 * (plot.bottom - plot.top) / 1500);
        }
    EXPECT_EQ(n_grey, 1);
}

TEST(Png, ShowsOneRowOfCells) {
    for (extents<2> const cells : {extents<2>{1, 50}, {50, 1}, {1, 1}, {3000, 1}}) {
        picture const shown = drawn(sample(cartesian<2>{{.cells = cells}}, [](double x, double y) { return x - y; }));
        EXPECT_GE(shown.plot().right - shown.plot().left, 500) << cells[0] << " x " << cells[1];
    }
    picture const strip = drawn(field<2>{cartesian<2>{{.upper = {1e4, 1}, .cells = {9, 1}}}, 1.0});
    EXPECT_GE(strip.plot().bottom - strip.plot().top, 900 / 40);
    picture const tower = drawn(field<2>{cartesian<2>{{.upper = {1, 1e4}, .cells = {1, 9}}}, 1.0});
    EXPECT_GE(tower.plot().right - tower.plot().left, 900 / 40);
}

TEST(Png, DrawsOutlinesWhereTheyAre) {
    field<2> const dark = sample(unit_square, [](double x, double) { return x < 0.01 ? 1.0 : 0.0; });
    png_options options{.width_pixels = 500, .outlines = {{.lower = {0.25, 0.5}, .upper = {0.75, 1.0}}}};
    picture const shown = drawn(dark, options);
    inside const plot = shown.plot();
    auto const column = [&](double x) {
        return plot.left + static_cast<int>(std::lround(x * (plot.right - 1 - plot.left)));
    };
    auto const row = [&](double y) {
        return plot.bottom - 1 - static_cast<int>(std::lround(y * (plot.bottom - 1 - plot.top)));
    };
    for (point<2> const on_line : {point<2>{0.25, 0.7}, {0.75, 0.7}, {0.6, 0.5}, {0.4, 1.0}, {0.25, 0.5}, {0.75, 1.0}})
        EXPECT_GT(shown.brightness(column(on_line[0]), row(on_line[1])), 220) << on_line[0] << ' ' << on_line[1];
    for (point<2> const off_line : {point<2>{0.5, 0.7}, {0.2, 0.7}, {0.5, 0.4}, {0.25, 0.4}})
        EXPECT_LT(shown.brightness(column(off_line[0]), row(off_line[1])), 20) << off_line[0] << ' ' << off_line[1];
}

TEST(Png, OutlinesShowOnEveryColour) {
    for (double const t : {0.0, 0.25, 0.5, 0.75, 1.0}) {
        png_options options{.width_pixels = 500, .map = colour_map::grey, .min = 0, .max = 1};
        options.outlines = {{.lower = {0.25, 0.25}, .upper = {0.75, 0.75}}};
        picture const shown = drawn(field<2>{unit_square, t}, options);
        inside const plot = shown.plot();
        int const y = (plot.top + plot.bottom) / 2;
        double lowest = 255;
        double highest = 0;
        for (int x = plot.left; x < (plot.left + plot.right) / 2; ++x) {
            lowest = std::min(lowest, shown.brightness(x, y));
            highest = std::max(highest, shown.brightness(x, y));
        }
        EXPECT_GT(highest - lowest, 60) << "on grey " << t;
    }
}

TEST(Png, DrawsLabelsThatFit) {
    field<2> const u{unit_square, 1.0};
    auto const with_label = [&](std::string const& label, point<2> size) {
        return png_bytes(u, {.width_pixels = 500, .outlines = {{.lower = {0, 0}, .upper = size, .label = label}}});
    };
    std::string const small = "core 0";               // 6 letters of 9 × 18 pixels, in about 350 pixels
    std::string const large = std::string(100, 'm');  // 900 pixels wide
    EXPECT_NE(with_label(small, {1, 1}), with_label("", {1, 1}));
    EXPECT_NE(with_label(small, {0.1, 1}), with_label("", {0.1, 1}));  // upright
    EXPECT_EQ(with_label(small, {0.1, 0.1}), with_label("", {0.1, 0.1}));
    EXPECT_EQ(with_label(large, {1, 1}), with_label("", {1, 1}));
}

TEST(Png, KeepsOutlinesInsideThePlot) {
    field<2> const u{unit_square, 1.0};
    outline const beyond{.lower = {-5, -5}, .upper = {7, 7}, .label = "all"};
    outline const whole{.lower = {0, 0}, .upper = {1, 1}, .label = "all"};
    EXPECT_EQ(png_bytes(u, {.outlines = {beyond}}), png_bytes(u, {.outlines = {whole}}));
    outline const elsewhere{.lower = {2, 0}, .upper = {3, 1}};
    EXPECT_EQ(png_bytes(u, {.outlines = {elsewhere}}), png_bytes(u));
}

TEST(Png, ClipsNoText) {
    field<2> const square = sample(unit_square, [](double x, double y) { return 1e7 * (x - y) + 12345678; });
    field<2> const wide =
        sample(cartesian<2>{{.upper = {1e5, 1}, .cells = {30, 3}}}, [](double x, double) { return -1e-9 * x; });
    field<2> const tall = sample(cartesian<2>{{.lower = {-123456, 0}, .upper = {-123455, 900}, .cells = {3, 30}}},
                                 [](double, double y) { return y; });
    for (field<2> const* u : {&square, &wide, &tall})
        for (int const width : {300, 900, 1700})
            for (std::string const& text : {std::string{}, std::string{"K"}, std::string(300, 'W')}) {
                picture const shown = drawn(
                    *u, {.title = text, .unit = text, .width_pixels = width, .length_unit = "mm", .length_scale = 1e3});
                EXPECT_TRUE(test::has_white_edge(shown, 8)) << text << ' ' << width << ' ' << (u == &wide);
            }
}

TEST(Png, ReadsUtf8) {
    field<2> const u{cartesian<2>{{.cells = {2, 2}}}, 1.0};
    auto const titled = [&](std::string const& title) { return png_bytes(u, {.title = title}); };
    EXPECT_EQ(titled("\u03bcm"), titled("\u00b5m"));  // Greek mu and the micro sign
    EXPECT_NE(titled("\u00b0C"), titled("?C"));       // Latin-1
    EXPECT_EQ(titled("\u2206T"), titled("?T"));       // beyond it: one mark a letter, not one a byte
    EXPECT_EQ(titled("\xf0\x9f\x98\x80T"), titled("?T"));
    EXPECT_EQ(titled("a\nb"), titled("a?b"));
    // What is no UTF-8: one mark a byte, and the reader is back in step at the next letter.
    for (auto const& [broken, marks] : {std::pair{"\xff", "?"},
                                        {"\xa1", "?"},
                                        {"\xc3", "?"},
                                        {"\xc3T", "?T"},
                                        {"\xe2\x88", "??"},
                                        {"\xf8\x88\x80\x80\x80", "?????"}})
        EXPECT_EQ(titled(broken), titled(marks)) << marks;
}

TEST(Png, GivesTheSameBytesAndNoDate) {
    field<2> const u = sample(unit_square, [](double x, double y) { return std::sin(7 * x) * y; });
    std::string const bytes = png_bytes(u, {.title = "T", .unit = "K"});
    EXPECT_EQ(bytes, png_bytes(u, {.title = "T", .unit = "K"}));
    std::set<std::string> chunks;
    for (std::size_t at = 8; at + 8 <= bytes.size();) {
        std::size_t length = 0;
        for (std::size_t i = 0; i < 4; ++i) length = length << 8 | static_cast<unsigned char>(bytes[at + i]);
        chunks.insert(bytes.substr(at + 4, 4));
        at += length + 12;
    }
    EXPECT_EQ(chunks, (std::set<std::string>{"IHDR", "sRGB", "IDAT", "IEND"}));
}

TEST(Png, RefusesOptionsOutOfRange) {
    poise_test::temporary_folder const folder;
    field<2> const u{unit_square, 1.0};
    auto const expect_refused = [&](png_options const& options, std::string const& message) {
        expect_message<std::invalid_argument>([&] { write_png(folder.path("u.png"), u, options); }, message);
    };
    expect_refused({.width_pixels = 239}, "width_pixels is 239; 240 to 10000 are possible");
    expect_refused({.width_pixels = 10001}, "width_pixels is 10001");
    expect_refused({.min = 2, .max = 2}, "min 2 is not below max 2");
    expect_refused({.min = not_a_number}, "min is nan");
    expect_refused({.max = infinity}, "max is inf");
    expect_refused({.min = -1.7e308, .max = 1.7e308}, "no scale from -1.7e+308 to 1.7e+308 can be drawn");
    expect_refused({.contours = -1}, "contours is -1; 0 to 100 are possible");
    expect_refused({.contours = 101}, "contours is 101; 0 to 100 are possible");
    expect_refused({.length_scale = 0}, "length_scale is 0; it must be positive and finite");
    expect_refused({.outlines = {{.lower = {0, 2}, .upper = {1, 1}, .label = "fpu"}}},
                   "the outline \"fpu\" goes from 2 to 1 in y");
    expect_refused({.outlines = {{.lower = {not_a_number, 0}, .upper = {1, 1}}}}, "goes from nan to 1 in x");
    expect_refused({.max = 1.7e308}, "no scale from 1 to 1.7e+308 can be drawn");
    expect_refused({.length_scale = 1e-305}, "no axis from 0 to 1e-305 can be drawn; length_scale is 1e-305");
    expect_refused({.width_pixels = 240, .min = 1e6, .max = 1e6 + 1}, "240 pixels for the picture; choose a larger");
    EXPECT_EQ(folder.n_entries(), 0);
}

// Three cells, the middle one of half the width.
TEST(Png, ShowsStretchedCellsInTheirPlaces) {
    cartesian<2> const grid{{.cells = {0, 1}, .faces = {{{0.0, 0.25, 0.75, 1.0}, {}}}}};
    field<2> u{grid};
    u(1, 0) = 1.0;
    picture const shown = drawn(u, {.width_pixels = 500, .map = colour_map::grey});
    inside const plot = shown.plot();
    auto const at = [&](double share) {
        return shown.at(plot.left + static_cast<int>(share * (plot.right - plot.left)), (plot.top + plot.bottom) / 2);
    };
    EXPECT_EQ(at(0.2), at(0.8));
    EXPECT_EQ(at(0.3), at(0.7));
    EXPECT_NE(at(0.2), at(0.3));
}

// A thousand cells in a tenth of the width: less than a pixel each, and none is lost.
TEST(Png, ShowsASingleNaNAmongNarrowCells) {
    std::vector<double> faces;
    for (int i = 0; i <= 1000; ++i) faces.push_back(0.1 * i / 1000.0);
    for (int i = 1; i <= 3; ++i) faces.push_back(0.1 + 0.3 * i);
    for (std::ptrdiff_t const cell : {0, 1, 499, 500, 501, 999}) {
        field<2> u{cartesian<2>{{.cells = {0, 1}, .faces = {{faces, {}}}}}};
        u(cell, 0) = std::numeric_limits<double>::quiet_NaN();
        picture const shown = drawn(u, {.width_pixels = 500});
        inside const plot = shown.plot();
        int n_shown = 0;
        for (int x = plot.left; x < plot.right; ++x)
            n_shown += shown.at(x, (plot.top + plot.bottom) / 2) == not_finite_colour ? 1 : 0;
        EXPECT_EQ(n_shown, 1) << cell;
    }
}

// Of u = x three upright lines, in the pixels before quarters of the width; of a constant and around what is not finite
// none.
TEST(Png, DrawsContours) {
    field<2> u =
        sample(cartesian<2>{{.cells = {40, 40}, .centering = centering::node}}, [](double x, double) { return x; });
    picture const plain = drawn(u, {.width_pixels = 500});
    picture const lined = drawn(u, {.width_pixels = 500, .contours = 3});
    inside const plot = lined.plot();
    int const y = plot.top + 7, width = plot.right - plot.left;
    std::vector<int> lines;
    for (int x = plot.left; x < plot.right; ++x)
        if (lined.at(x, y) != plain.at(x, y)) lines.push_back(x - plot.left);
    ASSERT_EQ(lines.size(), 3U);
    for (std::size_t k = 0; k < 3; ++k) EXPECT_NEAR(lines[k], static_cast<double>(k + 1) * width / 4.0 - 1.0, 1.0);
    EXPECT_EQ(png_bytes(field<2>{u.grid(), 2.0}, {.contours = 9}), png_bytes(field<2>{u.grid(), 2.0}));
    std::ranges::fill(u.values(), std::numeric_limits<double>::quiet_NaN());
    u(3, 3) = 1.0;
    EXPECT_EQ(png_bytes(u, {.contours = 9}), png_bytes(u));
}

// Of cells that end in one pixel each counts by its width: 0 in wide ones, 1 in narrow ones of a thousandth in all.
TEST(Png, AveragesStretchedCellsByTheirWidths) {
    std::vector<double> faces{0.0};
    for (int unit = 0; unit < 2000; ++unit) {
        faces.push_back(unit + 0.999);
        for (int i = 1; i <= 20; ++i) faces.push_back(unit + 0.999 + 0.001 * i / 20.0);
    }
    field<2> u{cartesian<2>{{.upper = {1, 2000}, .cells = {0, 1}, .faces = {{faces, {}}}}}, 1.0};
    for (std::ptrdiff_t i = 0; i < u.grid().cells()[0]; i += 21) u(i, 0) = 0.0;
    picture const shown = drawn(u, {.width_pixels = 500, .map = colour_map::grey, .min = 0, .max = 1});
    inside const plot = shown.plot();
    for (int x = plot.left; x < plot.right; ++x) EXPECT_LT(shown.brightness(x, plot.top + 9), 20.0) << x;
}

}  // namespace
}  // namespace poise::grid
