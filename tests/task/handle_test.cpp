// SPDX-License-Identifier: MIT
#include "support/message_of.hpp"

#include <poise/task/graph.hpp>
#include <poise/task/handle.hpp>

#include <gtest/gtest.h>

#include <stdexcept>
#include <type_traits>

namespace task = poise::task;

TEST(Handle, CarriesTheTypeOfTheResult) {
    task::graph g;
    auto const number = g.add("number", [] { return 1.5; });
    auto const nothing = g.add("nothing", [] {});
    auto const many = g.map("many", 3, [](std::size_t i) { return static_cast<float>(i); });
    static_assert(std::is_same_v<decltype(number), task::handle<double> const>);
    static_assert(std::is_same_v<decltype(nothing), task::handle<void> const>);
    static_assert(std::is_same_v<decltype(many), task::handles<float> const>);
    EXPECT_EQ(number.graph_id(), g.id());
    EXPECT_EQ(nothing.id(), 1u);
}

TEST(Handle, OfAMapIsTheTaskOfThatIndex) {
    task::graph g;
    auto const first = g.add("first", [] { return 0; });
    auto const many = g.map("many", 3, [](std::size_t i) { return i; });
    EXPECT_EQ(first.id(), 0u);
    ASSERT_EQ(many.size(), 3u);
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(many[i].id(), 1u + i);
}

TEST(Handle, OfAMapEndsWithItsTasks) {
    task::graph g;
    auto const many = g.map("many", 3, [](std::size_t i) { return i; });
    auto const message = poise_test::message_of<std::invalid_argument>([&] { (void)many[3]; });
    EXPECT_NE(message.find("task 3 of 3 does not exist"), std::string::npos) << message;
}

TEST(Handle, OfNothingIsRefused) {
    task::handle<int> none;
    task::graph g;
    EXPECT_THROW((void)g.add(
                     "x", [](int) {}, none),
                 std::invalid_argument);
    auto const x = g.add("y", [] { return 1; });
    EXPECT_NE(x, none);
    none = x;
    EXPECT_EQ(x, none);
    EXPECT_EQ(task::handles<int>{}.size(), 0u);
}
