// SPDX-License-Identifier: MIT
#include "support/expect_message.hpp"
#include "support/message_of.hpp"

#include <poise/grid/cartesian.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <stdexcept>

namespace poise::grid {
namespace {

using poise_test::expect_message;
using poise_test::message_of;

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

// Directions of cells that differ in width beside one whose cells do not.
TEST(Cartesian, PlacesStretchedCells) {
    cartesian<2> const grid{{.upper = {1, 3}, .cells = {0, 3}, .faces = {{{-1.0, 0.0, 0.5, 3.0}, {}}}}};
    EXPECT_EQ(grid.points(), (extents<2>{3, 3}));
    EXPECT_EQ(grid.lower(), (point<2>{-1, 0}));
    EXPECT_EQ(grid.upper(), (point<2>{3, 3}));
    EXPECT_FALSE(grid.is_uniform(0));
    EXPECT_TRUE(grid.is_uniform(1));
    EXPECT_FALSE(grid.is_uniform());
    EXPECT_EQ(grid.spacing(0), 4.0 / 3.0);
    EXPECT_EQ(grid.width(0, 1), 0.5);
    EXPECT_EQ(grid.width(1, 1), 1.0);
    EXPECT_EQ(grid.coordinate(0, 0), -0.5);
    EXPECT_EQ(grid.coordinate(0, 2), 1.75);
    EXPECT_EQ(grid.length_of_point(0, 2), 2.5);
}

TEST(Cartesian, PlacesStretchedNodes) {
    cartesian<1> const grid{{.cells = {3}, .centering = centering::node, .faces = {{{-1.0, 0.0, 0.5, 3.0}}}}};
    EXPECT_EQ(grid.size(), 4U);
    EXPECT_EQ(grid.coordinate(0, 2), 0.5);
    EXPECT_EQ(grid.length_of_point(0, 0), 0.5);
    EXPECT_EQ(grid.length_of_point(0, 1), 0.75);
    EXPECT_EQ(grid.length_of_point(0, 3), 1.25);
}

TEST(Cartesian, FacesThatAreEquidistantToRoundingAreUniform) {
    std::vector<double> faces;
    for (int i = 0; i <= 70; ++i) faces.push_back(0.1 + 0.01 * i);
    cartesian<1> const grid{{.faces = {faces}}};
    EXPECT_TRUE(grid.is_uniform());
    EXPECT_TRUE(grid.faces(0).empty());
    EXPECT_EQ(grid, (cartesian<1>{{.lower = {faces.front()}, .upper = {faces.back()}, .cells = {70}}}));
    faces[30] += 1e-12;
    EXPECT_FALSE((cartesian<1>{{.faces = {faces}}}).is_uniform());
}

TEST(Cartesian, ComparesFaces) {
    cartesian<1> const grid{{.faces = {{{0.0, 0.3, 1.0}}}}};
    EXPECT_EQ(grid, (cartesian<1>{{.faces = {{{0.0, 0.3, 1.0}}}}}));
    EXPECT_NE(grid, (cartesian<1>{{.faces = {{{0.0, 0.4, 1.0}}}}}));
    EXPECT_NE(grid, (cartesian<1>{{.cells = {2}}}));
}

TEST(Cartesian, RefusesFacesThatMakeNoCells) {
    auto const expect_refused = [](cartesian_options<1> const& options, char const* message) {
        expect_message<std::invalid_argument>([&] { cartesian<1>{options}; }, message);
    };
    double const not_a_number = std::numeric_limits<double>::quiet_NaN();
    expect_refused({.faces = {{{0.0}}}}, "faces in x has 1 place; a cell lies between two");
    expect_refused({.faces = {{{0.0, 1.0, 1.0}}}},
                   "face 2 in x is 1, not above the one before, 1; faces must increase");
    expect_refused({.faces = {{{0.0, not_a_number, 1.0}}}}, "face 1 in x is nan; faces must be finite");
    expect_refused({.cells = {3}, .faces = {{{0.0, 0.2, 1.0}}}},
                   "cells is 3 in x and the faces say 2; leave it out where there are faces");
    expect_refused({.upper = {2.0}, .faces = {{{0.0, 0.2, 1.0}}}},
                   "upper is 2 in x and the faces say 1; leave it out where there are faces");
    expect_refused({.faces = {{{-1e308, 0.0, 1e308}}}}, "the spacing in x is");
}

TEST(Cartesian, RefusesCellsThatRoundingLeavesTooLittleOf) {
    auto const message_of_faces = [](std::vector<double> const& faces) {
        return message_of<std::invalid_argument>([&] {
            cartesian_options<1> options;
            options.faces[0] = faces;
            (void)cartesian<1>{options};
        });
    };
    EXPECT_NE(message_of_faces({1e16, 1e16 + 2, 1e16 + 6}).find("a cell in x is 2 wide at 1"), std::string::npos);
    double const ulp = std::numeric_limits<double>::epsilon();
    EXPECT_NE(message_of_faces({1.0, 1.0 + ulp, 1.5, 2.0}).find("rounding leaves too little of it"), std::string::npos);
    EXPECT_THROW((cartesian<1>{{.lower = {1e14}, .upper = {1e14 + 0.0625}, .cells = {16}}}), std::invalid_argument);
    EXPECT_NO_THROW((cartesian<1>{{.lower = {1e6}, .upper = {1e6 + 0.0625}, .cells = {16}}}));
}

}  // namespace
}  // namespace poise::grid
