// SPDX-License-Identifier: MIT
#include "support/message_of.hpp"

#include <poise/core/index.hpp>

#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using poise::checked_product;
using poise_test::message_of;

constexpr auto unlimited = std::numeric_limits<std::size_t>::max();

std::size_t product(std::vector<std::ptrdiff_t> const& factors, std::size_t limit = unlimited) {
    return checked_product(factors, limit, "number of cells");
}
std::string refusal(std::vector<std::ptrdiff_t> const& factors, std::size_t limit = unlimited) {
    return message_of<std::invalid_argument>([&] { product(factors, limit); });
}

TEST(Index, MaxIndexIsTheLargestThatFits) {
    EXPECT_EQ(static_cast<poise::index_t>(poise::max_index), std::numeric_limits<poise::index_t>::max());
    EXPECT_EQ(poise::max_index, 2147483647U);
}

TEST(Index, ProductOfFactors) {
    EXPECT_EQ(product({}), 1U);
    EXPECT_EQ(product({7}), 7U);
    EXPECT_EQ(product({256, 256, 3}), 196608U);
    EXPECT_EQ(product({std::ptrdiff_t{1} << 62, 3}), std::size_t{3} << 62);
}

TEST(Index, LimitIsAllowedAndNothingAbove) {
    EXPECT_EQ(product({4, 5}, 20), 20U);
    EXPECT_EQ(refusal({4, 5}, 19), "number of cells 4 x 5 exceeds 19; choose a smaller size");
    EXPECT_EQ(refusal({46341, 46341}, poise::max_index),
              "number of cells 46341 x 46341 exceeds 2147483647; choose a smaller size");
    EXPECT_EQ(product({46340, 46340}, poise::max_index), 2147395600U);
    EXPECT_THROW(product({}, 0), std::invalid_argument);
}

TEST(Index, OverflowIsSeenWhateverItWrapsTo) {
    auto const big = std::ptrdiff_t{1} << 32;
    // 2^64 wraps to 0, and 0 times 5 or 1 more stays below every limit.
    EXPECT_EQ(refusal({big, big, 5}),
              "number of cells 4294967296 x 4294967296 x 5 exceeds 18446744073709551615; choose a smaller size");
    EXPECT_EQ(refusal({big, big}, 100), "number of cells 4294967296 x 4294967296 exceeds 100; choose a smaller size");
}

TEST(Index, ZeroMakesTheProductZeroWhereverItStands) {
    auto const big = std::ptrdiff_t{1} << 62;
    EXPECT_EQ(product({0}), 0U);
    EXPECT_EQ(product({0, big, big}), 0U);
    EXPECT_EQ(product({big, big, 0}, 10), 0U);
}

TEST(Index, NegativeFactorsAreRefusedAndNamed) {
    EXPECT_EQ(refusal({4, -2}), "number of cells: factor -2 is negative");
    EXPECT_EQ(refusal({-1, -1}), "number of cells: factor -1 is negative");
    EXPECT_EQ(refusal({0, -3}), "number of cells: factor -3 is negative");
}

}  // namespace
