// SPDX-License-Identifier: MIT
#include <poise/profile/memo_key.hpp>

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <complex>
#include <limits>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace poise::detail {
namespace {

// Equal keys must have equal hashes; different ones should, and these few do.
template <class T>
bool same(T const& a, T const& b) {
    bool const equal = memo_equal{}(a, b);
    EXPECT_EQ(memo_hash{}(a) == memo_hash{}(b), equal);
    EXPECT_EQ(memo_equal{}(b, a), equal);
    return equal;
}

template <class Real>
class MemoKeyReal : public testing::Test {};
using reals = testing::Types<float, double, long double>;
TYPED_TEST_SUITE(MemoKeyReal, reals);

TYPED_TEST(MemoKeyReal, TellsZerosApartAndFindsNaN) {
    TypeParam const zero = 0, one = 1, nan = std::numeric_limits<TypeParam>::quiet_NaN();
    EXPECT_TRUE(same(one, one));
    EXPECT_FALSE(same(zero, one));
    EXPECT_FALSE(same(zero, -zero));
    EXPECT_TRUE(same(-zero, -zero));
    EXPECT_TRUE(same(nan, nan));
    EXPECT_FALSE(same(nan, zero));
}

TEST(MemoKey, TellsNaNsApartByTheirBits) {
    double const nan = std::numeric_limits<double>::quiet_NaN();
    double const other = std::bit_cast<double>(std::bit_cast<std::uint64_t>(nan) + 1);
    EXPECT_FALSE(same(nan, other));
}

TEST(MemoKey, LooksIntoWhatIsMadeOfParts) {
    double const nan = std::numeric_limits<double>::quiet_NaN();
    using nested = std::tuple<std::vector<double>, std::pair<int, std::string>, std::array<double, 2>>;
    nested const a{{1.0, nan}, {2, "two"}, {0.0, 3.0}};
    EXPECT_TRUE(same(a, a));
    EXPECT_FALSE(same(a, nested{{1.0, nan}, {2, "two"}, {-0.0, 3.0}}));
    EXPECT_FALSE(same(a, nested{{1.0}, {2, "two"}, {0.0, 3.0}}));
    EXPECT_FALSE(same(a, nested{{1.0, nan}, {2, "tw"}, {0.0, 3.0}}));
    using lists = std::vector<std::vector<int>>;
    EXPECT_FALSE(same(lists{{1}, {2}}, lists{{1, 2}, {}}));
    EXPECT_FALSE(same(std::vector<bool>{true, false}, std::vector<bool>{false, true}));
}

TEST(MemoKey, KnowsOptionalsVariantsAndComplex) {
    double const nan = std::numeric_limits<double>::quiet_NaN();
    using optional = std::optional<double>;
    EXPECT_TRUE(same(optional{}, optional{}));
    EXPECT_FALSE(same(optional{}, optional{0.0}));
    EXPECT_TRUE(same(optional{nan}, optional{nan}));
    using variant = std::variant<int, double, std::string>;
    EXPECT_FALSE(same(variant{1}, variant{1.0}));
    EXPECT_TRUE(same(variant{nan}, variant{nan}));
    using complex = std::complex<double>;
    EXPECT_TRUE(same(complex{nan, 1.0}, complex{nan, 1.0}));
    EXPECT_FALSE(same(complex{0.0, 0.0}, complex{0.0, -0.0}));
    EXPECT_FALSE(same(complex{1.0, 2.0}, complex{2.0, 1.0}));
}

TEST(MemoKey, KnowsEnumsAndWhateverHasAStandardHash) {
    enum class colour { red, green };
    EXPECT_TRUE(same(colour::red, colour::red));
    EXPECT_FALSE(same(colour::red, colour::green));
    auto const p = std::make_shared<int>(1);
    EXPECT_TRUE(same(p, p));
    EXPECT_FALSE(same(p, std::make_shared<int>(1)));
}

TEST(MemoKey, KeepsStringsForViews) {
    static_assert(std::is_same_v<memo_argument<std::string_view>::type, std::string>);
    static_assert(std::is_same_v<memo_argument<std::string_view const&>::type, std::string>);
    static_assert(std::is_same_v<memo_argument<std::vector<int> const&>::type, std::vector<int>>);
    static_assert(std::is_same_v<memo_argument<double>::type, double>);
}

// Of 90 000 random hashes of 64 bits two would be equal once in 5 billion tries.
TEST(MemoKey, HashesSmallNumbersApart) {
    std::set<std::size_t> seen;
    for (int i = 0; i < 300; ++i)
        for (int j = 0; j < 300; ++j) seen.insert(memo_hash{}(std::tuple{i, 0.5 * j}));
    EXPECT_EQ(seen.size(), 90000U);
}

TEST(MemoBytes, SeeIntoContainers) {
    EXPECT_EQ(memo_bytes(1.0), 8U);
    std::vector<double> const v(100);
    EXPECT_EQ(memo_bytes(v), sizeof v + 800);
    std::vector<std::vector<double>> const vv(3, v);
    EXPECT_EQ(memo_bytes(vv), sizeof vv + 3 * (sizeof v + 800));
    EXPECT_EQ(memo_bytes(std::array<double, 4>{}), 32U);
    EXPECT_EQ(memo_bytes(std::pair{1, v}), sizeof(std::pair<int, std::vector<double>>) + 800);
    EXPECT_EQ(memo_bytes(std::optional{v}), sizeof(std::optional{v}) + 800);
    struct matrix {
        std::size_t bytes() const { return 1000; }
    };
    EXPECT_EQ(memo_bytes(matrix{}), sizeof(matrix) + 1000);
}

}  // namespace
}  // namespace poise::detail
