// SPDX-License-Identifier: MIT
#include "support/expect_message.hpp"

#include <poise/grid/cartesian.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace poise::grid {
namespace {

using poise_test::expect_message;

TEST(Cartesian, PlacesCells) {
    cartesian<2> const grid{{.lower = {-1, 2}, .upper = {1, 5}, .cells = {4, 3}}};
    EXPECT_EQ(grid.points(), (extents<2>{4, 3}));
    EXPECT_EQ(grid.size(), 12U);
    EXPECT_EQ(grid.spacing(0), 0.5);
    EXPECT_EQ(grid.spacing(1), 1.0);
    EXPECT_EQ(grid.cell_measure(), 0.5);
    EXPECT_EQ(grid.coordinate(0, 0), -0.75);
    EXPECT_EQ(grid.coordinate(0, 3), 0.75);
    EXPECT_EQ(grid.coordinate(1, 1), 3.5);
}

TEST(Cartesian, PlacesNodesOnTheBoundary) {
    cartesian<3> const grid{{.upper = {1, 2, 3}, .cells = {10, 1, 2}, .centering = centering::node}};
    EXPECT_EQ(grid.points(), (extents<3>{11, 2, 3}));
    EXPECT_EQ(grid.size(), 66U);
    EXPECT_EQ(grid.coordinate(0, 0), 0.0);
    EXPECT_EQ(grid.coordinate(1, 1), 2.0);
    EXPECT_EQ(grid.coordinate(2, 1), 1.5);
}

TEST(Cartesian, LastNodeIsExactlyTheUpperBound) {
    // 0.1 + n·h misses 0.7 in the last bits for most n.
    for (std::ptrdiff_t n = 1; n < 200; ++n) {
        cartesian<1> const grid{{.lower = {0.1}, .upper = {0.7}, .cells = {n}, .centering = centering::node}};
        EXPECT_EQ(grid.coordinate(0, n), 0.7) << n << " cells";
    }
}

TEST(Cartesian, ComparesEverything) {
    cartesian_options<1> const options{.lower = {0}, .upper = {1}, .cells = {4}};
    cartesian<1> const grid{options};
    EXPECT_EQ(grid, cartesian<1>{options});
    EXPECT_NE(grid, (cartesian<1>{{.lower = {0.5}, .upper = {1}, .cells = {4}}}));
    EXPECT_NE(grid, (cartesian<1>{{.lower = {0}, .upper = {2}, .cells = {4}}}));
    EXPECT_NE(grid, (cartesian<1>{{.lower = {0}, .upper = {1}, .cells = {5}}}));
    EXPECT_NE(grid, (cartesian<1>{{.lower = {0}, .upper = {1}, .cells = {4}, .centering = centering::node}}));
}

TEST(Cartesian, RefusesZeroCells) {
    expect_message<std::invalid_argument>(
        [] {
            cartesian<2>{{.cells = {3, 0}}};
        },
        "0 cells in y; at least 1 is needed");
    expect_message<std::invalid_argument>([] { cartesian<1>{{.cells = {-7}}}; }, "-7 cells in x");
}

TEST(Cartesian, RefusesBoundsThatSpanNothing) {
    expect_message<std::invalid_argument>([] { cartesian<1>{{.lower = {2}, .upper = {1}, .cells = {1}}}; },
                                          "lower 2 is not below upper 1 in x");
    expect_message<std::invalid_argument>(
        [] {
            cartesian<2>{{.lower = {0, 3}, .upper = {1, 3}, .cells = {1, 1}}};
        },
        "lower 3 is not below upper 3 in y");
    double const infinity = std::numeric_limits<double>::infinity();
    expect_message<std::invalid_argument>([&] { cartesian<1>{{.upper = {infinity}, .cells = {1}}}; },
                                          "bounds in x are 0 and inf; both must be finite");
    expect_message<std::invalid_argument>([] { cartesian<1>{{.lower = {-1e308}, .upper = {1e308}, .cells = {1}}}; },
                                          "spacing in x is inf");
}

TEST(Cartesian, RefusesMorePointsThanCanBeCounted) {
    std::ptrdiff_t const many = std::ptrdiff_t{1} << 32;
    expect_message<std::invalid_argument>(
        [&] {
            cartesian<2>{{.cells = {many, many}}};
        },
        "4294967296 x 4294967296 exceeds");
    expect_message<std::invalid_argument>([] { cartesian<1>{{.cells = {PTRDIFF_MAX}, .centering = centering::node}}; },
                                          "too many cells in x");
}

}  // namespace
}  // namespace poise::grid
