// SPDX-License-Identifier: MIT
#include <poise/core/buffer.hpp>

#include <gtest/gtest.h>

#include <limits>
#include <new>
#include <numeric>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

namespace {

using poise::buffer;

template <class T>
concept can_be_buffered = requires {
    typename buffer<T>;
};
static_assert(can_be_buffered<double> && !can_be_buffered<std::string>);
static_assert(!std::is_copy_constructible_v<buffer<int>> && !std::is_copy_assignable_v<buffer<int>>);
static_assert(std::is_nothrow_move_constructible_v<buffer<int>> && std::is_nothrow_move_assignable_v<buffer<int>>);

TEST(Buffer, IsEmptyByDefault) {
    buffer<double> const b;
    EXPECT_EQ(b.size(), 0U);
    EXPECT_EQ(b.bytes(), 0U);
    EXPECT_TRUE(b.empty());
    EXPECT_EQ(b.begin(), b.end());
    EXPECT_TRUE(buffer<double>(0).empty());
}

TEST(Buffer, HoldsWhatIsWritten) {
    buffer<int> b(100);
    EXPECT_EQ(b.bytes(), 400U);
    EXPECT_FALSE(b.empty());
    std::iota(b.begin(), b.end(), 0);
    EXPECT_EQ(b[99], 99);
    EXPECT_EQ(std::accumulate(std::as_const(b).begin(), std::as_const(b).end(), 0), 4950);
    EXPECT_EQ(std::span<int const>{b}.size(), 100U);
}

TEST(Buffer, MovesWithoutCopyingAndLeavesNothingBehind) {
    buffer<int> from(3);
    int const* const data = from.data();
    buffer<int> to{std::move(from)};
    EXPECT_EQ(to.data(), data);
    EXPECT_EQ(to.size(), 3U);
    EXPECT_TRUE(from.empty());  // NOLINT(bugprone-use-after-move): that it is empty is the promise
    EXPECT_EQ(from.data(), nullptr);

    buffer<int> other(5);
    other = std::move(to);
    EXPECT_EQ(other.data(), data);
    EXPECT_EQ(other.size(), 3U);
    EXPECT_EQ(to.size(), 0U);  // NOLINT(bugprone-use-after-move)
    EXPECT_EQ(to.begin(), to.end());
}

TEST(Buffer, RefusesMoreThanThereIs) {
    auto const too_many = std::numeric_limits<std::size_t>::max() / 2;
    EXPECT_THROW(buffer<double>{too_many}, std::bad_alloc);
}

}  // namespace
