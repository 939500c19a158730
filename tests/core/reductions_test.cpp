// SPDX-License-Identifier: MIT
#include "core/block_reductions.hpp"
#include "support/message_of.hpp"

#include <poise/core/reductions.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <random>
#include <span>
#include <stdexcept>
#include <vector>

namespace {

using poise_test::message_of;

constexpr double epsilon = std::numeric_limits<double>::epsilon();
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double largest = std::numeric_limits<double>::max();
constexpr double smallest = std::numeric_limits<double>::denorm_min();

constexpr std::size_t lengths[] = {0, 1, 2, 7, 8, 9, 15, 16, 17, 1023, 1024, 1025, 2047, 2049, 5000, 100'001};

std::vector<double> random_values(std::uint64_t seed, std::size_t n) {
    std::mt19937_64 random{seed};
    std::uniform_real_distribution<> value{-1.0, 1.0};
    std::vector<double> x(n);
    for (double& entry : x) entry = value(random);
    return x;
}

// Every term passes through at most 127 additions in its lane, 3 that join the lanes and log2 of the number of blocks;
// a product adds one rounding. The bound of Higham (2002), Accuracy and Stability, eq. 4.4, with k additions:
// |error| <= k u / (1 - k u) sum |terms|, u = epsilon / 2.
double bound(std::size_t n, long double sum_of_magnitudes) {
    double const additions = 127 + 3 + 1 + std::ceil(std::log2(1.0 + static_cast<double>(n) / 1024.0));
    return 1.01 * additions * 0.5 * epsilon * static_cast<double>(sum_of_magnitudes);
}

TEST(Reductions, SumsOfWholeNumbersAreExact) {
    for (std::size_t const n : lengths) {
        std::vector<double> x(n);
        std::iota(x.begin(), x.end(), 1.0);
        auto const exact = static_cast<double>(n * (n + 1) / 2);
        EXPECT_EQ(poise::sum(x), exact) << n;
        EXPECT_EQ(poise::dot(x, std::vector<double>(n, 2.0)), 2.0 * exact) << n;
    }
}

TEST(Reductions, SumAndDotStayWithinThePairwiseBound) {
    for (std::size_t const n : lengths) {
        SCOPED_TRACE(testing::Message() << n << " entries, seeds 1 and 2");
        auto const x = random_values(1, n);
        auto const y = random_values(2, n);
        long double sum = 0, sum_of_magnitudes = 0, dot = 0, dot_of_magnitudes = 0;
        for (std::size_t i = 0; i < n; ++i) {
            sum += x[i];
            sum_of_magnitudes += std::abs(x[i]);
            dot += static_cast<long double>(x[i]) * y[i];
            dot_of_magnitudes += std::abs(static_cast<long double>(x[i]) * y[i]);
        }
        EXPECT_NEAR(poise::sum(x), static_cast<double>(sum), bound(n, sum_of_magnitudes));
        EXPECT_NEAR(poise::dot(x, y), static_cast<double>(dot), bound(n, dot_of_magnitudes));
    }
}

TEST(Reductions, AMillionTenthsLoseFewerDigitsThanOneAfterTheOther) {
    std::vector<double> const x(1'000'000, 0.1);
    double const exact = 0.1 * 1e6;  // the double nearest 0.1, times a million, to one rounding
    double const allowed = bound(x.size(), 1e5) + epsilon * exact;
    EXPECT_NEAR(poise::sum(x), exact, allowed);
    EXPECT_GT(std::abs(std::accumulate(x.begin(), x.end(), 0.0) - exact), allowed);
}

TEST(Reductions, IllConditionedSumsStayWithinTheBound) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        SCOPED_TRACE(testing::Message() << "seed " << seed);
        std::mt19937_64 random{seed};
        // Whole numbers up to 2^52 and their negatives, shuffled, and a few ones: the sum is that of the ones.
        std::vector<double> x;
        long double sum_of_magnitudes = 0;
        for (int i = 0; i < 3000; ++i) {
            auto const value = static_cast<double>(random() >> 12);
            x.insert(x.end(), {value, -value});
            sum_of_magnitudes += 2 * static_cast<long double>(value);
        }
        x.insert(x.end(), 5, 1.0);
        std::shuffle(x.begin(), x.end(), random);
        EXPECT_NEAR(poise::sum(x), 5.0, bound(x.size(), sum_of_magnitudes));
    }
}

TEST(Reductions, BitsDoNotDependOnTheAlignment) {
    for (std::size_t const n : lengths) {
        auto const x = random_values(3, n);
        auto const y = random_values(4, n);
        for (std::size_t offset = 0; offset < 9; ++offset) {
            SCOPED_TRACE(testing::Message() << n << " entries from " << offset << ", seeds 3 and 4");
            std::vector<double> shifted_x(offset, nan);
            std::vector<double> shifted_y(9 - offset, nan);
            shifted_x.insert(shifted_x.end(), x.begin(), x.end());
            shifted_y.insert(shifted_y.end(), y.begin(), y.end());
            auto const a = std::span{shifted_x}.subspan(offset);
            auto const b = std::span{shifted_y}.subspan(9 - offset);
            EXPECT_EQ(std::bit_cast<std::uint64_t>(poise::sum(a)), std::bit_cast<std::uint64_t>(poise::sum(x)));
            EXPECT_EQ(std::bit_cast<std::uint64_t>(poise::dot(a, b)), std::bit_cast<std::uint64_t>(poise::dot(x, y)));
            EXPECT_EQ(std::bit_cast<std::uint64_t>(poise::norm2(a)), std::bit_cast<std::uint64_t>(poise::norm2(x)));
            EXPECT_EQ(poise::norm_max(a), poise::norm_max(x));
        }
    }
}

// The order that the header promises, in the plainest code: eight lanes in blocks of 1024, blocks as a balanced tree.
double dot_in_promised_order(double const* x, double const* y, std::size_t n) {
    if (n > 1024) {
        std::size_t const middle = (n + 1023) / 1024 / 2 * 1024;
        return dot_in_promised_order(x, y, middle) + dot_in_promised_order(x + middle, y + middle, n - middle);
    }
    double lane[8] = {};
    for (std::size_t i = 0; i < n; ++i) {
        double const volatile product = x[i] * y[i];  // rounded, whatever the compiler may fuse
        lane[i % 8] += product;
    }
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

TEST(Reductions, BitsDoNotDependOnTheInstructionSet) {
    for (std::size_t const n : lengths) {
        auto const x = random_values(5, n);
        auto const y = random_values(6, n);
        double const expected = dot_in_promised_order(x.data(), y.data(), n);
        EXPECT_EQ(std::bit_cast<std::uint64_t>(poise::dot(x, y)), std::bit_cast<std::uint64_t>(expected))
            << n << " entries, seeds 5 and 6";
    }
}

TEST(Reductions, DotRefusesDifferentLengths) {
    EXPECT_EQ(message_of<std::invalid_argument>([] {
                  static_cast<void>(poise::dot(std::vector{1.0}, std::vector{1.0, 2.0}));
              }),
              "dot: x has 1 entries and y has 2");
}

TEST(Reductions, NormOfSimpleVectorsIsExact) {
    EXPECT_EQ(poise::norm2({}), 0.0);
    EXPECT_EQ(poise::norm2(std::vector{0.0, -0.0}), 0.0);
    EXPECT_EQ(poise::norm2(std::vector{-3.0, 4.0}), 5.0);
    EXPECT_EQ(poise::norm2(std::vector(10'000, -2.0)), 200.0);
}

TEST(Reductions, NormNeitherOverflowsNorUnderflows) {
    for (double const scale : {1e-320, 1e-300, 1e-200, 1e-160, 1e-150, 1.0, 1e150, 1e154, 1e200, 1e300}) {
        // 3 and 4 times a power of two are exact as long as they are normal numbers, and so is 5.
        double const unit = std::ldexp(1.0, std::ilogb(scale));
        EXPECT_EQ(poise::norm2(std::vector{3.0 * unit, -4.0 * unit}), 5.0 * unit) << scale;
    }
    EXPECT_EQ(poise::norm2(std::vector{largest}), largest);
    EXPECT_EQ(poise::norm2(std::vector{smallest}), smallest);
    EXPECT_EQ(poise::norm2(std::vector{3.0 * smallest, 4.0 * smallest}), 5.0 * smallest);
    EXPECT_EQ(poise::norm2(std::vector{largest, largest}), infinity);
    // A million equal entries: 1000 times one of them, to the rounding of the pairwise sum under the root.
    for (double const value : {1e-200, 1e200})
        EXPECT_NEAR(poise::norm2(std::vector(1'000'000, value)) / (1000.0 * value), 1.0, bound(1'000'000, 1.0));
}

TEST(Reductions, NormOfMixedMagnitudesKeepsTheLargeOnes) {
    EXPECT_EQ(poise::norm2(std::vector{1e-200, 3.0, 1e-300, 4.0}), 5.0);
    EXPECT_EQ(poise::norm2(std::vector{1e200, 1.0}), 1e200);
}

TEST(Reductions, NormsOfWhatIsNotFinite) {
    EXPECT_EQ(poise::norm2(std::vector{1.0, -infinity}), infinity);
    EXPECT_TRUE(std::isnan(poise::norm2(std::vector{1.0, nan})));
    EXPECT_TRUE(std::isnan(poise::norm2(std::vector{infinity, nan})));
    EXPECT_EQ(poise::norm_max(std::vector{1.0, -infinity}), infinity);
    EXPECT_TRUE(std::isnan(poise::norm_max(std::vector{nan, 1.0})));
    EXPECT_TRUE(std::isnan(poise::norm_max(std::vector{infinity, -nan, 1.0})));
}

TEST(Reductions, LargestMagnitude) {
    EXPECT_EQ(poise::norm_max({}), 0.0);
    EXPECT_EQ(poise::norm_max(std::vector{-0.0}), 0.0);
    for (std::size_t n = 1; n <= 40; ++n)
        for (std::size_t at = 0; at < n; ++at) {
            std::vector<double> x(n, 1.0);
            x[at] = -2.0;
            EXPECT_EQ(poise::norm_max(x), 2.0) << n << ' ' << at;
        }
}

TEST(Reductions, FindsTheFirstValueThatIsNotFiniteAnywhere) {
    for (double const bad : {nan, -nan, infinity, -infinity})
        for (std::size_t n = 0; n <= 40; ++n) {
            std::vector<double> x(n, largest);
            EXPECT_EQ(poise::first_not_finite(x), std::nullopt) << n;
            for (std::size_t at = n; at-- > 0;) {  // from the end: what was put before stays behind
                x[at] = bad;
                EXPECT_EQ(poise::first_not_finite(x), at) << n << ' ' << bad;
            }
        }
    std::vector<double> many(100'000, -smallest);
    EXPECT_EQ(poise::first_not_finite(many), std::nullopt);
    many[77'777] = nan;
    EXPECT_EQ(poise::first_not_finite(many), 77'777U);
}

TEST(Reductions, RequireFiniteNamesTheFirstBadEntry) {
    EXPECT_NO_THROW(poise::require_finite({}, "b"));
    EXPECT_NO_THROW(poise::require_finite(std::vector{1.0, largest}, "b"));
    EXPECT_EQ(message_of<std::invalid_argument>([] {
                  poise::require_finite(std::vector{1.0, -infinity, nan}, "b");
              }),
              "b[1] is -inf; every value must be finite");
    EXPECT_EQ(message_of<std::invalid_argument>([] { poise::require_finite(std::vector{nan}, "load"); }),
              "load[0] is nan; every value must be finite");
}

}  // namespace

// Whoever computes the blocks, on however many threads, gets the bits of the whole.
TEST(Reductions, AreTheSameByBlocks) {
    for (std::size_t const n : lengths) {
        std::vector<double> x(n), y(n);
        for (std::size_t i = 0; i < n; ++i) {
            x[i] = std::sin(static_cast<double>(i));
            y[i] = std::cos(3.0 * static_cast<double>(i));
        }
        std::vector<double> sums(poise::detail::n_reduction_blocks(n));
        for (std::size_t block = 0; block < sums.size(); ++block)
            sums[block] = poise::detail::dot_of_block(x.data(), y.data(), block * poise::detail::reduction_block,
                                                      std::min(n, (block + 1) * poise::detail::reduction_block));
        EXPECT_EQ(poise::detail::combine_blocks(sums), poise::dot(x, y)) << n;
    }
}
