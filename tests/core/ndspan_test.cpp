// SPDX-License-Identifier: MIT
#include <poise/core/ndspan.hpp>

#include <gtest/gtest.h>

#include <array>
#include <concepts>
#include <numeric>
#include <type_traits>

namespace {

using poise::ndspan;

template <class T, std::size_t Rank>
concept has_rank = requires {
    typename ndspan<T, Rank>;
};
static_assert(!has_rank<double, 0> && has_rank<double, 1> && has_rank<double, 3> && !has_rank<double, 4>);

// Constness goes one way; a view takes as many indices as it has.
static_assert(std::convertible_to<ndspan<double, 2>, ndspan<double const, 2>>);
static_assert(!std::convertible_to<ndspan<double const, 2>, ndspan<double, 2>>);
static_assert(!std::invocable<ndspan<double, 2>, int>);
static_assert(!std::invocable<ndspan<double, 1>, int, int>);
static_assert(std::same_as<std::invoke_result_t<ndspan<double const, 1>, int>, double const&>);
static_assert(std::is_trivially_copyable_v<ndspan<double, 3>>);

template <std::size_t N>
constexpr std::array<int, N> numbered() {
    std::array<int, N> values{};
    std::iota(values.begin(), values.end(), 0);
    return values;
}

TEST(Ndspan, RankOneIsTheArray) {
    auto values = numbered<5>();
    ndspan<int, 1> const view{values.data(), {5}};
    EXPECT_EQ(view.rank(), 1U);
    EXPECT_EQ(view.size(), 5);
    for (std::ptrdiff_t i = 0; i < 5; ++i) EXPECT_EQ(view(i), i);
}

TEST(Ndspan, FirstIndexIsContiguousInRankTwo) {
    auto values = numbered<6>();
    ndspan<int, 2> const view{values.data(), {3, 2}};
    EXPECT_EQ(view.size(), 6);
    EXPECT_EQ(view.extent(0), 3);
    EXPECT_EQ(view.extent(1), 2);
    EXPECT_EQ(view.stride(0), 1);
    EXPECT_EQ(view.stride(1), 3);
    for (std::ptrdiff_t j = 0; j < 2; ++j)
        for (std::ptrdiff_t i = 0; i < 3; ++i) EXPECT_EQ(view(i, j), i + 3 * j);
}

TEST(Ndspan, FirstIndexIsContiguousInRankThree) {
    auto values = numbered<24>();
    ndspan<int, 3> const view{values.data(), {4, 3, 2}};
    EXPECT_EQ(view.size(), 24);
    EXPECT_EQ(view.stride(2), 12);
    EXPECT_EQ(view.extents(), (std::array<std::ptrdiff_t, 3>{4, 3, 2}));
    for (std::ptrdiff_t k = 0; k < 2; ++k)
        for (std::ptrdiff_t j = 0; j < 3; ++j)
            for (std::ptrdiff_t i = 0; i < 4; ++i) EXPECT_EQ(view(i, j, k), i + 4 * (j + 3 * k));
}

TEST(Ndspan, WritesThroughAndCopiesTheViewOnly) {
    auto values = numbered<6>();
    ndspan<int, 2> const view{values.data(), {2, 3}};
    auto const copy = view;
    copy(1, 2) = 42;
    EXPECT_EQ(values[5], 42);
    EXPECT_EQ(view(1, 2), 42);
    ndspan<int const, 2> const read_only = view;
    EXPECT_EQ(read_only.data_handle(), values.data());
    EXPECT_EQ(read_only.extents(), view.extents());
}

TEST(Ndspan, MayBeEmpty) {
    ndspan<double, 3> const view{nullptr, {4, 0, 2}};
    EXPECT_EQ(view.size(), 0);
    EXPECT_EQ(view.data_handle(), nullptr);
}

TEST(Ndspan, WorksInConstantExpressions) {
    static constexpr auto values = numbered<6>();
    constexpr ndspan<int const, 2> view{values.data(), {2, 3}};
    static_assert(view(1, 2) == 5 && view.size() == 6);
}

}  // namespace
