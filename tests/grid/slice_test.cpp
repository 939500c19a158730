// SPDX-License-Identifier: MIT
#include "support/expect_message.hpp"

#include <poise/grid/slice.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>

namespace poise::grid {
namespace {

using poise_test::expect_message;

// Exact for what is linear, in every direction, centring and on stretched grids.
TEST(Slice, HasTheValuesOfThePlane) {
    for (auto const where : {centering::cell, centering::node}) {
        cartesian<3> const box{{.lower = {-1, 0, 0},
                                .upper = {1, 2, 3},
                                .cells = {4, 0, 6},
                                .centering = where,
                                .faces = {{{}, {0.0, 0.1, 0.7, 2.0}, {}}}}};
        auto const u = sample(box, [](double x, double y, double z) { return x + 10 * y + 100 * z; });
        std::array const place{0.3, 1.1, 2.9};
        for (std::size_t d = 0; d < 3; ++d) {
            auto const plane = slice(u, d, place[d]);
            std::size_t const a = d == 0 ? 1 : 0, b = d == 2 ? 1 : 2;
            EXPECT_EQ(plane.grid().points(), (extents<2>{box.points()[a], box.points()[b]}));
            EXPECT_EQ(plane.grid().centering(), where);
            for_each_point(plane.grid(), [&](std::size_t i, point<2> const& x) {
                point<3> at{};
                at[d] = place[d], at[a] = x[0], at[b] = x[1];
                EXPECT_NEAR(plane.values()[i], at[0] + 10 * at[1] + 100 * at[2], 1e-11);
            });
        }
    }
}

TEST(Slice, OnAPointIsThePoints) {
    cartesian<2> const square{{.cells = {3, 5}}};
    auto const u = sample(square, [](double x, double y) { return x * x + y; });
    auto const line = slice(u, 1, square.coordinate(1, 2));
    for (std::ptrdiff_t i = 0; i < 3; ++i) EXPECT_EQ(line(i), u(i, 2));
}

TEST(Slice, OnAPointDoesNotHearOfTheOthers) {
    field<2> u{cartesian<2>{{.cells = {4, 4}}}, 1.0};
    u(2, 1) = std::numeric_limits<double>::quiet_NaN();
    auto const below = slice(u, 1, u.grid().coordinate(1, 0)), through = slice(u, 1, u.grid().coordinate(1, 1));
    for (std::ptrdiff_t i = 0; i < 4; ++i) {
        EXPECT_EQ(below(i), 1.0);
        EXPECT_EQ(std::isnan(through(i)), i == 2);
    }
}

TEST(Slice, RefusesWhatIsNotInTheBox) {
    field<2> const u{cartesian<2>{{.cells = {3, 5}}}};
    expect_message<std::invalid_argument>([&] { (void)slice(u, 2, 0.5); }, "slice: direction 2 of 2");
    expect_message<std::invalid_argument>([&] { (void)slice(u, 1, 1.5); },
                                          "slice: y = 1.5 is not in the box, from 0 to 1");
    expect_message<std::invalid_argument>([&] { (void)slice(u, 0, std::numeric_limits<double>::quiet_NaN()); },
                                          "x = nan is not in the box");
}

}  // namespace
}  // namespace poise::grid
