// SPDX-License-Identifier: MIT
#include <poise/profile/log_linear.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace poise::profile {
namespace {

using whole = log_linear<16>;
using real = log_linear_real<16, -40, 64>;

static_assert(whole::n_buckets == 976);
static_assert(log_linear<8>::n_buckets == 496);
static_assert(whole::index(~std::uint64_t{0}) == whole::n_buckets - 1);
static_assert(whole::upper(whole::n_buckets - 1) == ~std::uint64_t{0});
static_assert(whole::index(31) == 31 && whole::index(32) == 32 && whole::index(33) == 32 && whole::index(34) == 33);
static_assert(real::index(1.0) + 1 == real::index(1.0 + 1.0 / 16.0));

template <class Buckets>
class LogLinear : public testing::Test {};
using whole_layouts = testing::Types<log_linear<2>, log_linear<8>, log_linear<16>, log_linear<64>>;
TYPED_TEST_SUITE(LogLinear, whole_layouts);

TYPED_TEST(LogLinear, CoversAllNumbersWithoutGapOrOverlap) {
    EXPECT_EQ(TypeParam::lower(0), 0U);
    for (std::size_t i = 0; i < TypeParam::n_buckets; ++i) {
        ASSERT_EQ(TypeParam::index(TypeParam::lower(i)), i);
        ASSERT_EQ(TypeParam::index(TypeParam::upper(i)), i);
        ASSERT_EQ(TypeParam::index(TypeParam::middle(i)), i);
        if (i != 0) {
            ASSERT_EQ(TypeParam::upper(i - 1) + 1, TypeParam::lower(i));
        }
    }
}

TYPED_TEST(LogLinear, BucketsAreAsNarrowAsPromised) {
    double const sub_buckets = 1U << TypeParam::sub_bits;
    for (std::size_t i = 1; i < TypeParam::n_buckets; ++i) {
        auto const width = static_cast<double>(TypeParam::upper(i) - TypeParam::lower(i));
        ASSERT_LE(width, static_cast<double>(TypeParam::lower(i)) / sub_buckets) << i;
    }
    for (std::uint64_t v = 0; v < 2 * (1U << TypeParam::sub_bits); ++v)
        EXPECT_EQ(TypeParam::lower(TypeParam::index(v)), TypeParam::upper(TypeParam::index(v)));
}

TEST(LogLinearReal, CoversFromZeroToTheLargestDouble) {
    EXPECT_EQ(real::index(0.0), 0U);
    EXPECT_EQ(real::index(-0.0), 0U);
    EXPECT_EQ(real::index(std::numeric_limits<double>::denorm_min()), 1U);
    EXPECT_EQ(real::index(std::ldexp(1.0, -40)), 1U);
    EXPECT_EQ(real::index(std::ldexp(1.0, 64)), real::n_buckets - 2);
    EXPECT_EQ(real::index(std::numeric_limits<double>::max()), real::n_buckets - 1);
    EXPECT_EQ(real::index(std::numeric_limits<double>::infinity()), real::n_buckets - 1);
    EXPECT_EQ(real::upper(1), std::ldexp(1.0, -40));
    EXPECT_EQ(real::upper(real::n_buckets - 2), std::ldexp(1.0, 64));
}

TEST(LogLinearReal, UpperBoundsBelongToTheirBucketAndNothingAboveDoes) {
    for (std::size_t i = 1; i + 1 < real::n_buckets; ++i) {
        double const bound = real::upper(i);
        ASSERT_EQ(real::index(bound), i);
        ASSERT_EQ(real::index(std::nextafter(bound, 1e300)), i + 1);
        ASSERT_EQ(real::lower(i + 1), bound);
        if (i > 1) {
            ASSERT_LE(bound - real::lower(i), real::lower(i) / 16.0) << i;
            ASSERT_EQ(real::index(real::middle(i)), i);
        }
    }
}

// Against the sorted values themselves. Half a bucket is 1/32 of its lower end.
TEST(LogLinearQuantile, IsWithinHalfABucketOfTheExactRank) {
    for (unsigned const seed : {1U, 2U, 3U}) {
        SCOPED_TRACE(testing::Message() << "seed " << seed);
        std::mt19937_64 random{seed};
        std::lognormal_distribution<double> spread{10.0, 3.0};
        std::vector<double> values(5000);
        for (double& v : values) v = spread(random);
        std::vector<std::uint64_t> counts(real::n_buckets), whole_counts(whole::n_buckets);
        for (double const v : values) {
            ++counts[real::index(v)];
            ++whole_counts[whole::index(static_cast<std::uint64_t>(v))];
        }
        std::ranges::sort(values);
        for (double const q : {0.001, 0.1, 0.5, 0.9, 0.99, 0.999}) {
            double const exact = values[static_cast<std::size_t>(std::ceil(q * 5000.0)) - 1];
            EXPECT_NEAR(quantile<real>(counts, q), exact, exact / 32.0) << q;
            double const floored = std::floor(exact);
            EXPECT_NEAR(static_cast<double>(quantile<whole>(whole_counts, q)), floored, floored / 32.0) << q;
        }
    }
}

TEST(LogLinearQuantile, IsExactAtTheEdges) {
    std::array<std::uint32_t, whole::n_buckets> counts{};
    EXPECT_EQ(quantile<whole>(counts, 0.5), 0U);
    EXPECT_EQ(quantile_bucket<whole>(counts, 0.5), whole::n_buckets);
    counts[whole::index(3)] = 1;
    counts[whole::index(7)] = 1;
    counts[whole::index(20)] = 2;
    EXPECT_EQ(quantile<whole>(counts, -1.0), 3U);
    EXPECT_EQ(quantile<whole>(counts, 0.0), 3U);
    EXPECT_EQ(quantile<whole>(counts, 0.25), 3U);
    EXPECT_EQ(quantile<whole>(counts, 0.26), 7U);
    EXPECT_EQ(quantile<whole>(counts, 0.5), 7U);
    EXPECT_EQ(quantile<whole>(counts, 0.51), 20U);
    EXPECT_EQ(quantile<whole>(counts, 1.0), 20U);
    EXPECT_EQ(quantile<whole>(counts, 2.0), 20U);
}

}  // namespace
}  // namespace poise::profile
