// SPDX-License-Identifier: MIT
// write_png for fields in one dimension.
#include "grid/picture.hpp"
#include "support/expect_message.hpp"

#include <poise/grid/png.hpp>

#include <gtest/gtest.h>

#include <limits>

namespace poise::grid {
namespace {

using poise_test::expect_message;
using test::drawn;
using test::inside;
using test::picture;
using test::png_bytes;

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

bool is_line(rgb colour) { return colour.blue > colour.red + 60; }

TEST(LinePlot, RunsUpwardsWithTheField) {
    cartesian<1> const grid{{.cells = {100}, .centering = centering::node}};
    picture const shown = drawn(sample(grid, [](double x) { return x; }), {.min = 0, .max = 1});
    inside const plot = shown.plot();
    int const width = plot.right - plot.left;
    int const height = plot.bottom - plot.top;
    EXPECT_EQ(shown.width, 900);
    for (double const x : {0.1, 0.5, 0.9}) {
        int const column = plot.left + static_cast<int>(x * width);
        EXPECT_TRUE(is_line(shown.at(column, plot.bottom - 1 - static_cast<int>(x * height)))) << x;
        EXPECT_FALSE(is_line(shown.at(column, plot.bottom - 1 - static_cast<int>((x > 0.5 ? 0.2 : 0.8) * height))));
    }
}

bool column_has_line(picture const& shown, inside const& plot, double x) {
    int const column = plot.left + static_cast<int>(x * (plot.right - plot.left));
    for (int y = plot.top; y < plot.bottom; ++y)
        if (is_line(shown.at(column, y))) return true;
    return false;
}

TEST(LinePlot, HasGapsWhereNothingIsKnown) {
    cartesian<1> const grid{{.cells = {100}}};
    auto const u = sample(grid, [](double x) { return x < 0.2 || (x > 0.4 && x < 0.6) ? not_a_number : x; });
    picture const shown = drawn(u);
    inside const plot = shown.plot();
    for (double const x : {0.05, 0.15, 0.45, 0.55}) EXPECT_FALSE(column_has_line(shown, plot, x)) << x;
    for (double const x : {0.25, 0.35, 0.65, 0.95}) EXPECT_TRUE(column_has_line(shown, plot, x)) << x;
}

TEST(LinePlot, ShowsALonelyPoint) {
    field<1> const u{cartesian<1>{{.cells = {3}}}, {not_a_number, 1.0, not_a_number}};
    picture const shown = drawn(u);
    EXPECT_TRUE(column_has_line(shown, shown.plot(), 0.5));
    EXPECT_FALSE(column_has_line(shown, shown.plot(), 0.3));
    EXPECT_NO_THROW((void)drawn(field<1>{cartesian<1>{{.cells = {3}}}, not_a_number}));
    EXPECT_NO_THROW((void)drawn(field<1>{cartesian<1>{{.cells = {1}}}, 1.0}));
}

TEST(LinePlot, ShowsSinglePeaksAmongAMillion) {
    field<1> u{cartesian<1>{{.cells = {1'000'000}}}, 0.0};
    u(500'123) = 1.0;
    u(250'123) = -1.0;
    picture const shown = drawn(u, {.min = -1, .max = 1});
    inside const plot = shown.plot();
    auto const column = [&](double x) { return plot.left + static_cast<int>(x * (plot.right - plot.left)); };
    EXPECT_TRUE(is_line(shown.at(column(0.500123), plot.top + 2)));
    EXPECT_TRUE(is_line(shown.at(column(0.250123), plot.bottom - 3)));
    for (double const x : {0.1, 0.4, 0.6, 0.9}) {
        EXPECT_FALSE(is_line(shown.at(column(x), plot.top + 2)));
        EXPECT_FALSE(is_line(shown.at(column(x), plot.bottom - 3)));
    }
}

TEST(LinePlot, ClipsNoText) {
    auto const u = sample(cartesian<1>{{.lower = {-1e7}, .cells = {50}}}, [](double x) { return 1e-8 * x * x; });
    for (int const width : {300, 900, 1700})
        for (std::string const& text : {std::string{}, std::string(300, 'W')})
            EXPECT_TRUE(test::has_white_edge(
                drawn(u, {.title = text, .unit = text, .width_pixels = width, .length_unit = text}), 8))
                << width;
}

TEST(LinePlot, RefusesOutlines) {
    field<1> const u{cartesian<1>{{.cells = {3}}}};
    expect_message<std::invalid_argument>(
        [&] {
            (void)png_bytes(u, {.outlines = {{}, {}}});
        },
        "2 outlines for a field in one dimension");
}

}  // namespace
}  // namespace poise::grid
