// SPDX-License-Identifier: MIT
#include "chip_thermal/coverage.hpp"

#include "chip_thermal/tilings.hpp"
#include "support/message_of.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace {

using namespace chip_thermal;
using poise::grid::cartesian;
using poise_test::message_of;

floorplan plan_of(std::vector<block> blocks, die_size given = {}) { return {"test", std::move(blocks), given}; }

double total_power(cartesian<2> const& grid, std::vector<double> const& cells) {
    return std::reduce(cells.begin(), cells.end()) * grid.cell_measure();
}

// 4 x 2 cells of 1 x 1; block a covers 1.5 columns, block b the rest.
struct two_blocks {
    floorplan plan = plan_of({{"a", 0.0, 0.0, 1.5, 2.0, 1}, {"b", 1.5, 0.0, 2.5, 2.0, 2}});
    cartesian<2> grid = die_grid(plan, 4);
    coverage cover{plan, grid};
};

TEST(DieGrid, HasNearlySquareCells) {
    auto const wide = die_grid(plan_of({{"a", 0, 0, 0.012, 0.010, 1}}), 256);
    EXPECT_EQ(wide.cells()[0], 256);
    EXPECT_EQ(wide.cells()[1], 213);  // 256 x 10 / 12 = 213.3
    EXPECT_EQ(wide.upper()[0], 0.012);
    auto const square = die_grid(plan_of({{"a", 0, 0, 0.016, 0.016, 1}}), 77);
    EXPECT_EQ(square.cells()[0], 77);
    EXPECT_EQ(square.cells()[1], 77);
    auto const tall = die_grid(plan_of({{"a", 0, 0, 1e-5, 1.0, 1}}), 10);
    EXPECT_EQ(tall.cells()[0], 1);
    EXPECT_EQ(tall.cells()[1], 10);
}

TEST(DieGrid, RefusesZeroCells) {
    EXPECT_EQ(message_of<std::invalid_argument>([] {
                  static_cast<void>(die_grid(plan_of({{"a", 0, 0, 1, 1, 1}}), 0));
              }),
              "die grid: 0 cells along the longer side; at least 1 is needed");
}

TEST(Coverage, SpreadsPowerOverTheAreaOfABlock) {
    two_blocks const t;
    std::vector<double> cells(8, 0.0);
    t.cover.add_power(std::vector{3.0, 10.0}, 1.0, cells);
    // a: 3 W over 3 m²; b: 10 W over 5 m². Column 1 is half a, half b.
    EXPECT_EQ(cells, (std::vector{1.0, 1.5, 2.0, 2.0, 1.0, 1.5, 2.0, 2.0}));
    t.cover.add_power(std::vector{3.0, 0.0}, -0.5, cells);
    EXPECT_EQ(cells, (std::vector{0.5, 1.25, 2.0, 2.0, 0.5, 1.25, 2.0, 2.0}));
}

TEST(Coverage, MeanWeighsByAreaAndMaximumSeesEveryCell) {
    two_blocks const t;
    std::vector const cells{1.0, 4.0, 0.0, 0.0, 1.0, 7.0, 2.0, 0.0};
    EXPECT_DOUBLE_EQ(t.cover.mean(0, cells), (1.0 + 0.5 * 4.0 + 1.0 + 0.5 * 7.0) / 3.0);
    EXPECT_DOUBLE_EQ(t.cover.mean(1, cells), (0.5 * 4.0 + 0.5 * 7.0 + 2.0) / 5.0);
    EXPECT_EQ(t.cover.maximum(0, cells), 7.0);
    EXPECT_EQ(t.cover.maximum(1, cells), 7.0);
}

TEST(Coverage, MaximumIgnoresSliversOfCells) {
    // The border is 1e-7 of a cell past a cell's edge: column 2 is not under a.
    auto const plan = plan_of({{"a", 0.0, 0.0, 2.0 + 1e-7, 1.0, 1}, {"b", 2.0 + 1e-7, 0.0, 2.0 - 1e-7, 1.0, 2}});
    coverage const cover{plan, die_grid(plan, 4)};
    std::vector const cells{1.0, 2.0, 3.0, 4.0};
    EXPECT_EQ(cover.maximum(0, cells), 2.0);
    EXPECT_EQ(cover.maximum(1, cells), 4.0);
    // With 1e-5 of a cell it is.
    auto const more = plan_of({{"a", 0.0, 0.0, 2.0 + 1e-5, 1.0, 1}, {"b", 2.0 + 1e-5, 0.0, 2.0 - 1e-5, 1.0, 2}});
    EXPECT_EQ(coverage(more, die_grid(more, 4)).maximum(0, cells), 3.0);
}

TEST(Coverage, SeesBlocksMuchThinnerThanACell) {
    // 2 cells; the thin block is 1e-9 of a cell wide and lies within the first one, or across the border of both.
    for (double const left : {0.3, 1.0 - 0.25e-9}) {
        SCOPED_TRACE(left);
        double const right = left + 1e-9;
        auto const plan = plan_of({{"a", 0.0, 0.0, left, 1.0, 1},
                                   {"thin", left, 0.0, right - left, 1.0, 2},
                                   {"b", right, 0.0, 2.0 - right, 1.0, 3}});
        auto const grid = die_grid(plan, 2);
        coverage const cover{plan, grid};
        std::vector<double> cells(2, 0.0);
        cover.add_power(std::vector{0.0, 5.0, 0.0}, 1.0, cells);
        EXPECT_DOUBLE_EQ(total_power(grid, cells), 5.0);
        double const share_of_first = left < 0.5 ? 1.0 : 0.25;
        // Coordinates near 1 are good to 1e-16, which is 1e-7 of the width.
        EXPECT_NEAR(cover.mean(1, std::vector{1.0, 0.0}), share_of_first, 1e-6);
        EXPECT_EQ(cover.maximum(1, std::vector{10.0, 20.0}), left < 0.5 ? 10.0 : 20.0);
    }
}

TEST(Coverage, SeesTheThinnestBlocksAtEveryEdgeOfACell) {
    // Blocks one unit in the last place wide, just before, at and just past an edge: whichever way the division that
    // finds the first cell rounds, the block lies somewhere.
    double const width = 0.016;
    for (std::ptrdiff_t const n : {3, 7, 10, 49, 77, 100, 256})
        for (std::ptrdiff_t i = 1; i < n; ++i) {
            double const edge = static_cast<double>(i) * (width / static_cast<double>(n));
            double const before = std::nextafter(edge, 0.0);
            double const after = std::nextafter(edge, 1.0);
            for (double const left : {std::nextafter(before, 0.0), before, edge, after}) {
                double const right = std::nextafter(left, 1.0);
                auto const plan = plan_of({{"a", 0.0, 0.0, left, width, 1},
                                           {"thin", left, 0.0, right - left, width, 2},
                                           {"b", right, 0.0, width - right, width, 3}},
                                          {.width = width});
                auto const grid = die_grid(plan, n);
                coverage const cover{plan, grid};
                std::vector<double> cells(grid.size(), 0.0);
                cover.add_power(std::vector{0.0, 1.0, 0.0}, 1.0, cells);
                // At most 2 x 256 cells have power, so less than 512 u for the sum and 300 u for the shares: 9e-14.
                ASSERT_NEAR(total_power(grid, cells), 1.0, 1e-13) << n << " cells, block at edge " << i;
                ASSERT_GE(*std::ranges::min_element(cells), 0.0) << n << " cells, block at edge " << i;
                double const peak = cover.maximum(1, cells);
                ASSERT_EQ(peak, *std::ranges::max_element(cells)) << n << " cells, block at edge " << i;
            }
        }
}

TEST(Coverage, KeepsThePowerOfBlocksThatReachPastTheDie) {
    // 5e-5 of the die's width lies outside, less than the tolerance.
    auto const plan = plan_of({{"a", 0.0, 0.0, 0.5, 1.0, 1}, {"b", 0.5, 0.0, 0.50005, 1.0, 2}}, {.width = 1.0});
    auto const grid = die_grid(plan, 7);
    std::vector<double> cells(grid.size(), 0.0);
    coverage(plan, grid).add_power(std::vector{1.0, 2.0}, 1.0, cells);
    EXPECT_NEAR(total_power(grid, cells), 3.0, 49 * 3.0 * std::numeric_limits<double>::epsilon());
}

// A sum of n terms of one sign is good to n u, with u = epsilon/2. The die of 20 mm x 12 mm has at most 80 x 48 cells,
// and each cell is a product of two shares, themselves good to the 80 u of the sum that makes them 1, added up over at
// most 60 blocks: 3840 u + 2·80 u + 60 u and a few more for products and the watts make less than 4200 u = 4.7e-13.
constexpr double rounding = 4200 * std::numeric_limits<double>::epsilon() / 2;

TEST(Coverage, ConservesThePowerOfRandomTilings) {
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        SCOPED_TRACE(testing::Message() << "seed " << seed);
        std::mt19937_64 random{seed};
        auto const blocks = test::random_tiling(random, 1 + random() % 60, 0.02, 0.012, 1e-4);
        auto const plan = plan_of(seed % 2 == 0 ? blocks : test::rounded_to_micrometres(blocks));
        auto const grid = die_grid(plan, static_cast<std::ptrdiff_t>(1 + random() % 80));
        coverage const cover{plan, grid};
        std::vector<double> watts;
        for (std::size_t b = 0; b < plan.blocks().size(); ++b)
            watts.push_back(std::uniform_real_distribution<>{0.0, 10.0}(random));
        std::vector<double> cells(grid.size(), 0.0);
        cover.add_power(watts, 1.0, cells);
        double const expected = std::reduce(watts.begin(), watts.end());
        EXPECT_NEAR(total_power(grid, cells), expected, rounding * expected);
    }
}

TEST(Coverage, MeanAndMaximumOfAConstantAreTheConstant) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        SCOPED_TRACE(testing::Message() << "seed " << seed);
        std::mt19937_64 random{seed};
        auto const plan = plan_of(test::random_tiling(random, 1 + random() % 40, 0.02, 0.012, 1e-4));
        auto const grid = die_grid(plan, static_cast<std::ptrdiff_t>(1 + random() % 80));
        coverage const cover{plan, grid};
        std::vector<double> const cells(grid.size(), 318.15);
        for (std::size_t b = 0; b < plan.blocks().size(); ++b) {
            EXPECT_NEAR(cover.mean(b, cells), 318.15, rounding * 318.15) << b;
            EXPECT_EQ(cover.maximum(b, cells), 318.15) << b;
        }
    }
}

TEST(Coverage, MeanIsTheIntegralOverTheBlock) {
    // Each cell holds its x: a block's mean is the integral of the staircase, summed here by brute force.
    auto const plan = plan_of({{"a", 0.0, 0.0, 0.37, 1.0, 1}, {"b", 0.37, 0.0, 0.63, 1.0, 2}});
    auto const grid = die_grid(plan, 10);
    std::vector<double> cells;
    for (std::size_t i = 0; i < grid.size(); ++i)
        cells.push_back(grid.coordinate(0, static_cast<std::ptrdiff_t>(i) % grid.cells()[0]));
    // Cells 0.05, 0.15, 0.25 whole and 0.7 of the one at 0.35: (0.005 + 0.015 + 0.025 + 0.07 x 0.35) / 0.37.
    EXPECT_NEAR(coverage(plan, grid).mean(0, cells), 0.0695 / 0.37, 1e-15);
}

TEST(Coverage, RefusesOtherGridsAndWrongSizes) {
    two_blocks const t;
    auto const grid_message = [&](poise::grid::cartesian_options<2> const& options) {
        return message_of<std::invalid_argument>([&] { coverage(t.plan, cartesian<2>{options}); });
    };
    EXPECT_EQ(grid_message({.upper = {4.0, 3.0}, .cells = {4, 2}}),
              "coverage: the grid ends at 4, 3 and the die at 4, 2; both must be the same rectangle from 0, 0");
    EXPECT_EQ(grid_message({.upper = {4.0, 2.0}, .cells = {4, 2}, .centering = poise::grid::centering::node}),
              "coverage: the grid must be cell-centred");
    std::vector<double> cells(7);
    EXPECT_EQ(message_of<std::invalid_argument>([&] { static_cast<void>(t.cover.mean(0, cells)); }),
              "coverage: 7 values for 8 cells");
    cells.resize(8);
    EXPECT_EQ(message_of<std::invalid_argument>([&] { static_cast<void>(t.cover.maximum(2, cells)); }),
              "coverage: block 2 of 2");
    EXPECT_EQ(message_of<std::invalid_argument>([&] { t.cover.add_power(std::vector{1.0}, 1.0, cells); }),
              "coverage: 1 powers for 2 blocks");
}

}  // namespace
