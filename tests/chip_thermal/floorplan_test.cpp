// SPDX-License-Identifier: MIT
#include "chip_thermal/floorplan.hpp"

#include "chip_thermal/options.hpp"
#include "chip_thermal/tilings.hpp"
#include "support/message_of.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <limits>
#include <numeric>
#include <string>

namespace {

using namespace chip_thermal;
using poise_test::message_of;
using poise_test::temporary_folder;

// Two blocks side by side above a third: a die of 4 mm x 3 mm.
constexpr char const* good =
    "# name width height left bottom\n"
    "base\t0.004\t0.001\t0\t0\n"
    "\n"
    "left\t0.001\t0.002\t0\t0.001\n"
    "right\t0.003\t0.002\t0.001\t0.001\n";

// The message for a file with this text, without the folder's name.
std::string refusal(std::string const& text, die_size given = {}) {
    temporary_folder const folder;
    auto const path = folder.write("die.flp", text);
    auto const message = message_of<input_error>([&] { static_cast<void>(read_floorplan(path, given)); });
    return message.starts_with(path) ? message.substr(path.size() - std::string{"die.flp"}.size()) : message;
}

floorplan plan_of(std::vector<block> blocks, die_size given = {}) { return {"test", std::move(blocks), given}; }
std::string refusal_of(std::vector<block> const& blocks, die_size given = {}) {
    return message_of<input_error>([&] { plan_of(blocks, given); });
}

TEST(Floorplan, ReadsBlocksInTheOrderOfTheFile) {
    temporary_folder const folder;
    auto const plan = read_floorplan(folder.write("die.flp", good));
    ASSERT_EQ(plan.blocks().size(), 3U);
    block const& right = plan.blocks()[2];
    EXPECT_EQ(right.name, "right");
    EXPECT_EQ(right.width, 0.003);
    EXPECT_EQ(right.height, 0.002);
    EXPECT_EQ(right.left, 0.001);
    EXPECT_EQ(right.bottom, 0.001);
    EXPECT_EQ(right.line, 5U);
    EXPECT_EQ(plan.width(), 0.004);
    EXPECT_EQ(plan.height(), 0.003);
    EXPECT_EQ(plan.find("left"), 1U);
    EXPECT_EQ(plan.find("nowhere"), std::nullopt);
}

TEST(Floorplan, TakesSpacesExtraColumnsAndWindowsLines) {
    temporary_folder const folder;
    auto const plan =
        read_floorplan(folder.write("die.flp", "a 1e-3 2e-3 0 0 1.6e6 0.01\r\nb  1e-3 2e-3 1e-3 0 1.6e6\r\n"));
    EXPECT_EQ(plan.blocks().size(), 2U);
    EXPECT_EQ(plan.width(), 2e-3);
}

TEST(Floorplan, RefusesAMissingFile) {
    temporary_folder const folder;
    auto const path = folder.path("none.flp");
    EXPECT_EQ(message_of<input_error>([&] { static_cast<void>(read_floorplan(path)); }),
              path + ": cannot be opened: No such file or directory; give an existing floorplan with --floorplan");
}

TEST(Floorplan, RefusesAFileWithoutBlocks) {
    for (char const* text : {"", "\n\n", "# only a comment\n"})
        EXPECT_EQ(refusal(text), "die.flp: has no blocks; add one line per block, or check the path");
}

TEST(Floorplan, RefusesRaggedLines) {
    EXPECT_EQ(refusal("a 1 1 0 0\nb 1 1 1\n"),
              "die.flp:2: 4 of at least 5 columns; write name, width, height, left and bottom, in metres, and at most "
              "two more");
    EXPECT_EQ(refusal("a 1 1 0 0 1 2 3\n"),
              "die.flp:1: 8 of at most 7 columns; write name, width, height, left and bottom, in metres, and at most "
              "two more");
}

TEST(Floorplan, RefusesWhatIsNotANumber) {
    EXPECT_EQ(refusal("# head\na 1 1 0 zero\n"),
              "die.flp:2: bottom of block a is 'zero', which is not a number; write metres, such as 0.0049");
    EXPECT_EQ(refusal("a 1,5 1 0 0\n"),
              "die.flp:1: width of block a is '1,5', which is not a number; write metres, such as 0.0049");
}

TEST(Floorplan, RefusesSizesThatAreNotPositiveAndFinite) {
    EXPECT_EQ(refusal("a 0 1 0 0\n"),
              "die.flp:1: width of block a is 0 m; a size must be positive and finite, in metres");
    EXPECT_EQ(refusal("a 1 -2 0 0\n"),
              "die.flp:1: height of block a is -2 m; a size must be positive and finite, in metres");
    EXPECT_EQ(refusal("a nan 1 0 0\n"),
              "die.flp:1: width of block a is nan m; a size must be positive and finite, in metres");
    EXPECT_EQ(refusal("a 1 inf 0 0\n"),
              "die.flp:1: height of block a is inf m; a size must be positive and finite, in metres");
}

TEST(Floorplan, RefusesBlocksOutsideTheDie) {
    std::string const remedy = "; positions count from the die's corner and must not be negative";
    EXPECT_EQ(refusal("a 1 1 0 0\nb 1 1 -1 0\n"),
              "die.flp:2: block b lies outside the die: its lower left corner is at (-1, 0) m" + remedy);
    EXPECT_EQ(refusal("a 1 1 0 nan\n"),
              "die.flp:1: block a lies outside the die: its lower left corner is at (0, nan) m" + remedy);
    EXPECT_EQ(refusal(good, {.width = 0.0035}),
              "die.flp:2: block base reaches to (0.004, 0.001) m, outside the die of 0.0035 m x 0.003 m; correct the "
              "block or --die-width");
    EXPECT_EQ(refusal(good, {.width = 0.004, .height = 0.002}),
              "die.flp:4: block left reaches to (0.001, 0.003) m, outside the die of 0.004 m x 0.002 m; correct the "
              "block or --die-width and --die-height");
    EXPECT_EQ(refusal("a 1e-20 1 1 0\n"),
              "die.flp:1: block a of 1e-20 m x 1 m is too thin for its position (1, 0) m; check the units, all are "
              "metres");
}

TEST(Floorplan, RefusesANameUsedTwice) {
    EXPECT_EQ(refusal("a 1 1 0 0\n# between\na 1 1 1 0\n"),
              "die.flp:3: block a is already in line 1; give every block a name of its own");
}

TEST(Floorplan, RefusesOverlapsAndNamesBothBlocks) {
    EXPECT_EQ(
        refusal("a 2 1 0 0\nb 2 1 1.5 0\n"),
        "die.flp:2: block b overlaps block a of line 1 by 0.5 m x 1 m; correct the position or the size of one of "
        "them");
    EXPECT_EQ(refusal("inner 1 1 1 1\nouter 3 3 0 0\n"),
              "die.flp:2: block outer overlaps block inner of line 1 by 1 m x 1 m; correct the position or the size of "
              "one of them");
}

TEST(Floorplan, RefusesGapsAndSaysWhereTheyAre) {
    // A ring of four blocks around a hole of 1 x 2 at (1, 1).
    EXPECT_EQ(
        refusal("s 2 1 0 0\ne 1 3 2 0\nn 2 1 1 3\nw 1 3 0 1\n"),
        "die.flp: no block covers the 1 m x 2 m at (1, 1) m of the die of 3 m x 4 m; add a block there or enlarge "
        "its neighbours");
    // The die given is larger than what the blocks cover.
    EXPECT_EQ(refusal(good, {.width = 0.005, .height = 0.003}),
              "die.flp: no block covers the 0.001 m x 0.003 m at (0.004, 0) m of the die of 0.005 m x 0.003 m; add a "
              "block there or enlarge its neighbours");
    EXPECT_EQ(refusal("a 1 1 0.5 0\n"),
              "die.flp: no block covers the 0.5 m x 1 m at (0, 0) m of the die of 1.5 m x 1 m; add a block there or "
              "enlarge its neighbours");
}

TEST(Floorplan, ReportsAGapAcrossManyStripsAsOne) {
    // Three blocks below and one above a gap of 3 x 1; the edges of those below cut it into strips.
    EXPECT_EQ(
        refusal("a 1 1 0 0\nb 1 1 1 0\nc 1 1 2 0\nabove 3 1 0 2\n"),
        "die.flp: no block covers the 3 m x 1 m at (0, 1) m of the die of 3 m x 3 m; add a block there or enlarge "
        "its neighbours");
}

TEST(Floorplan, ToleranceSeparatesRoundingFromMistakes) {
    // Die of 1 m x 1 m: the tolerance is 1e-4 m.
    auto const halves = [](double width_of_first, double left_of_second) {
        return std::vector<block>{{"a", 0.0, 0.0, width_of_first, 1.0, 1},
                                  {"b", left_of_second, 0.0, 1.0 - left_of_second, 1.0, 2}};
    };
    EXPECT_EQ(plan_of(halves(0.5, 0.5)).tolerance(), 1e-4);
    EXPECT_NO_THROW(plan_of(halves(0.5, 0.50009)));
    EXPECT_NO_THROW(plan_of(halves(0.50009, 0.5)));
    EXPECT_NE(refusal_of(halves(0.5, 0.50011)).find("no block covers the 0.00011 m x 1 m at (0.5, 0) m"),
              std::string::npos);
    EXPECT_NE(refusal_of(halves(0.50011, 0.5)).find("by 0.00011 m x 1 m"), std::string::npos);
    EXPECT_NO_THROW(plan_of(halves(0.5, 0.5), {.width = 0.99995}));
    EXPECT_NO_THROW(plan_of(halves(0.5, 0.5), {.width = 1.00005}));
    EXPECT_NE(refusal_of(halves(0.5, 0.5), {.width = 0.9998}).find("outside the die"), std::string::npos);
    EXPECT_NE(refusal_of(halves(0.5, 0.5), {.width = 1.0002}).find("no block covers"), std::string::npos);
}

TEST(Floorplan, ToleranceHoldsAlongBothSides) {
    auto const halves = [](double bottom_of_second) {
        return std::vector<block>{{"a", 0.0, 0.0, 1.0, 0.5, 1},
                                  {"b", 0.0, bottom_of_second, 1.0, 1.0 - bottom_of_second, 2}};
    };
    EXPECT_NO_THROW(plan_of(halves(0.50009)));
    EXPECT_NO_THROW(plan_of(halves(0.49991)));
    EXPECT_NE(refusal_of(halves(0.50011)).find("no block covers the 1 m x 0.00011 m at (0, 0.5) m"), std::string::npos);
    EXPECT_NE(refusal_of(halves(0.49989)).find("by 1 m x 0.00011 m"), std::string::npos);
    EXPECT_NO_THROW(plan_of(halves(0.5), {.height = 1.00009}));
    EXPECT_NO_THROW(plan_of(halves(0.5), {.height = 0.99991}));
    EXPECT_NE(refusal_of(halves(0.5), {.height = 1.00011}).find("no block covers the 1 m x 0.00011 m at (0, 1) m"),
              std::string::npos);
    EXPECT_NE(refusal_of(halves(0.5), {.height = 0.99989}).find("outside the die"), std::string::npos);
}

TEST(Floorplan, RefusesAThinBlockJustPastTheGivenDie) {
    // It reaches past the die by less than the tolerance, but no part of it lies inside.
    EXPECT_NE(refusal_of({{"a", 0.0, 0.0, 1.0, 1.0, 1}, {"rim", 1.0, 0.0, 5e-5, 1.0, 2}}, {.width = 1.0})
                  .find("test:2: block rim reaches to (1.00005, 1) m, outside the die of 1 m x 1 m"),
              std::string::npos);
}

TEST(Floorplan, SeesThinBlocksOnTopOfEachOther) {
    // Both thinner than the tolerance of 1e-4 m: one would hide under the other if only the tolerance counted.
    std::vector<block> const blocks{{"wide", 0.0, 0.0, 0.99995, 1.0, 1},
                                    {"thin", 0.99995, 0.0, 0.00005, 1.0, 2},
                                    {"twin", 0.99995, 0.0, 0.00005, 1.0, 3}};
    EXPECT_NE(refusal_of(blocks).find("test:3: block twin overlaps block thin of line 2"), std::string::npos);
    EXPECT_NO_THROW(plan_of({blocks[0], blocks[1]}));
}

TEST(Floorplan, ChecksADieThinnerThanATenThousandthOfItsLength) {
    EXPECT_EQ(plan_of({{"a", 0.0, 0.0, 1.0, 1e-5, 1}}).tolerance(), 0.25e-5);
    EXPECT_NO_THROW(plan_of({{"a", 0.0, 0.0, 1e-5, 1.0, 1}}));
    EXPECT_NE(
        refusal_of({{"a", 0.0, 0.0, 1e-5, 0.5, 1}}, {.height = 1.0}).find("covers the 1e-05 m x 0.5 m at (0, 0.5)"),
        std::string::npos);
}

TEST(Floorplan, AcceptsRandomTilings) {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        SCOPED_TRACE(testing::Message() << "seed " << seed);
        std::mt19937_64 random{seed};
        auto const blocks = test::random_tiling(random, 1 + random() % 80, 0.02, 0.012, 1e-4);
        EXPECT_NO_THROW(plan_of(blocks));
        // Rounded, neighbours part by at most 1.5 micrometres: half for each of left, width and the neighbour's left.
        // The tolerance is 1e-4 x 20 mm = 2 micrometres.
        EXPECT_NO_THROW(plan_of(test::rounded_to_micrometres(blocks)));
    }
}

TEST(Floorplan, RefusesARandomTilingWithOneBlockMoved) {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        SCOPED_TRACE(testing::Message() << "seed " << seed);
        std::mt19937_64 random{seed};
        auto blocks = test::random_tiling(random, 2 + random() % 60, 0.02, 0.012, 1e-4);
        double const tolerance = plan_of(blocks).tolerance();
        // At the far edge the die grows with the block, and the tolerance by 1e-4 of that: 1.1 stays above it.
        double const shift =
            (random() % 2 == 0 ? 1.0 : -1.0) * tolerance * std::uniform_real_distribution<>{1.1, 3.0}(random);
        block& moved = blocks[random() % blocks.size()];
        (random() % 2 == 0 ? moved.left : moved.bottom) += shift;
        EXPECT_NE(refusal_of(blocks), "(nothing was thrown)") << moved.name << " by " << shift;
    }
}

TEST(Floorplan, RefusesARandomTilingThatLacksABlock) {
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        SCOPED_TRACE(testing::Message() << "seed " << seed);
        std::mt19937_64 random{seed};
        auto blocks = test::random_tiling(random, 2 + random() % 60, 0.02, 0.012, 1e-4);
        blocks.erase(blocks.begin() + static_cast<std::ptrdiff_t>(random() % blocks.size()));
        EXPECT_NE(refusal_of(blocks, {.width = 0.02, .height = 0.012}).find("no block covers"), std::string::npos);
    }
}

TEST(Floorplan, ChecksAThousandBlocks) {
    std::vector<block> blocks;
    for (std::size_t i = 0; i < 1024; ++i) {
        auto const x = static_cast<double>(i % 32);
        auto const y = static_cast<double>(i / 32);
        blocks.push_back({"b" + std::to_string(i), x * 1e-3, y * 1e-3, 1e-3, 1e-3, i + 1});
    }
    EXPECT_NO_THROW(plan_of(blocks));
    blocks.erase(blocks.begin() + 500);
    EXPECT_NE(refusal_of(blocks).find("no block covers the 0.001 m x 0.001 m at (0.02, 0.015) m"), std::string::npos);
}

TEST(Floorplan, RefusesMoreBlocksThanItCanCheck) {
    std::vector<block> blocks;
    for (std::size_t i = 0; i <= floorplan::most_blocks; ++i)
        blocks.push_back({"b" + std::to_string(i), static_cast<double>(i) * 1e-6, 0.0, 1e-6, 1e-3, i + 1});
    EXPECT_EQ(refusal_of(blocks), "test: has 10001 blocks, more than 10000; merge neighbours into larger ones");
    blocks.pop_back();
    EXPECT_NO_THROW(plan_of(blocks));
}

TEST(Floorplan, RefusesADieInOtherUnits) {
    EXPECT_EQ(refusal("a 1e-200 1e-3 0 0\n"),
              "die.flp: the die of 1e-200 m x 0.001 m has a side outside 1e-09 m to 1000 m; check the units, all are "
              "metres");
    EXPECT_NE(refusal("a 12000 10 0 0\n").find("the die of 12000 m x 10 m"), std::string::npos);
    EXPECT_NE(refusal(good, {.width = 1e308}).find("the die of 1e+308 m"), std::string::npos);
    EXPECT_NO_THROW(plan_of({{"a", 0.0, 0.0, 1e-9, 1e3, 1}}));
}

TEST(Floorplan, OwnDieIsTiledExactly) {
    auto const plan = read_floorplan(example_data("quad_core.flp"));
    EXPECT_EQ(plan.blocks().size(), 24U);
    EXPECT_EQ(plan.width(), 0.012);
    EXPECT_EQ(plan.height(), 0.010);
    double area = 0.0;
    for (auto const& b : plan.blocks()) area += b.width * b.height;
    EXPECT_NEAR(area, 0.012 * 0.010, 24 * 1.2e-4 * std::numeric_limits<double>::epsilon());
}

TEST(Floorplan, ReadsTheRealDie) {
    std::filesystem::path const data{POISE_TEST_DATA};
    if (data.empty()) GTEST_SKIP() << "POISE_TEST_DATA is not set";
    auto const plan = read_floorplan(data / "ev6" / "ev6.flp");
    EXPECT_EQ(plan.blocks().size(), 30U);
    EXPECT_DOUBLE_EQ(plan.width(), 0.016);
    EXPECT_DOUBLE_EQ(plan.height(), 0.016);
    EXPECT_EQ(plan.blocks()[plan.find("IntReg_0").value()].line, 31U);
}

}  // namespace
