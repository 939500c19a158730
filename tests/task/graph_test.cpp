// SPDX-License-Identifier: MIT
#include "support/message_of.hpp"

#include <poise/task/graph.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>
#include <string>

namespace task = poise::task;
using poise_test::message_of;

TEST(Graph, NamesTasksAndMembersOfMaps) {
    task::graph g;
    (void)g.add("read", [] { return 1; });
    (void)g.map("solve", 2, [](std::size_t i) { return i; });
    ASSERT_EQ(g.size(), 3u);
    EXPECT_EQ(g.name(0), "read");
    EXPECT_EQ(g.name(1), "solve[0]");
    EXPECT_EQ(g.name(2), "solve[1]");
    EXPECT_THROW((void)g.name(3), std::invalid_argument);
}

TEST(Graph, RefusesAnEmptyOrARepeatedName) {
    task::graph g;
    (void)g.add("read", [] { return 1; });
    EXPECT_NE(message_of<std::invalid_argument>([&] { (void)g.add("read", [] { return 2; }); }).find("'read' already"),
              std::string::npos);
    EXPECT_NE(message_of<std::invalid_argument>([&] { (void)g.map("read", 2, [](std::size_t) {}); }).find("unique"),
              std::string::npos);
    EXPECT_NE(message_of<std::invalid_argument>([&] { (void)g.add("", [] {}); }).find("needs a name"),
              std::string::npos);
    EXPECT_EQ(g.size(), 1u);
}

TEST(Graph, RefusesAHandleOfAnotherGraph) {
    task::graph a, b;
    auto const x = a.add("x", [] { return 1; });
    auto const message = message_of<std::invalid_argument>([&] {
        (void)b.add(
            "y", [](int v) { return v; }, x);
    });
    EXPECT_NE(message.find("an input of 'y' belongs to another graph"), std::string::npos) << message;
}

TEST(Graph, RefusesAnEmptyCallable) {
    task::graph g;
    std::function<int()> const empty;
    int (*const null)() = nullptr;
    EXPECT_NE(message_of<std::invalid_argument>([&] { (void)g.add("empty", empty); }).find("'empty' is empty"),
              std::string::npos);
    EXPECT_THROW((void)g.add("null", null), std::invalid_argument);
    EXPECT_EQ(g.size(), 0u);
}

TEST(Graph, MovesWithItsHandles) {
    task::graph g;
    auto const x = g.add("x", [] { return 1; });
    task::graph moved = std::move(g);
    (void)moved.add(
        "y", [](int v) { return v; }, x);
    EXPECT_EQ(moved.size(), 2u);
}

TEST(Graph, IsEmptyAndUsableAfterAMove) {
    task::graph g;
    auto const x = g.add("x", [] { return 1; });
    task::graph const moved = std::move(g);
    EXPECT_EQ(g.size(), 0u);  // NOLINT(bugprone-use-after-move): what is left is specified
    EXPECT_NE(g.id(), moved.id());
    EXPECT_THROW((void)g.add(
                     "y", [](int v) { return v; }, x),
                 std::invalid_argument)
        << "the handle went with the tasks";
    (void)g.add("x", [] { return 2; });
    EXPECT_EQ(g.size(), 1u);
}

TEST(Graph, RefusesNamesOfMembersOfMaps) {
    task::graph g;
    (void)g.map("solve", 5, [](std::size_t) {});
    EXPECT_THROW((void)g.add("solve[3]", [] {}), std::invalid_argument);
    (void)g.add("solve[5]", [] {});
    (void)g.add("mesh[1]", [] {});
    EXPECT_NE(message_of<std::invalid_argument>([&] {
                  (void)g.map("mesh", 2, [](std::size_t) {});
              }).find("'mesh[1]' already"),
              std::string::npos);
    (void)g.map("mesh", 1, [](std::size_t) {});
    EXPECT_TRUE(g.contains("mesh[0]"));
    EXPECT_TRUE(g.contains("solve"));
    EXPECT_FALSE(g.contains("mesh[2]"));
}

TEST(Graph, IsAsBeforeWhenACallableCannotBeCopied) {
    struct fragile {
        fragile() = default;
        fragile(fragile const&) { throw std::runtime_error{"copy"}; }
        int operator()() const { return 1; }
        std::string text;
    };
    task::graph g;
    auto const x = g.add("x", [text = std::string(100, 'x')] { return text; });
    fragile const f;
    EXPECT_THROW((void)g.add("y", f), std::runtime_error);
    EXPECT_EQ(g.size(), 1u);
    EXPECT_FALSE(g.contains("y"));
    (void)g.add(
        "y", [text = std::string(100, 'y')](std::string const& s) { return s + text; }, x);
    EXPECT_EQ(g.size(), 2u);
}

TEST(Graph, TakesCallablesThatLookLikeABool) {
    struct odd {
        explicit operator bool() const { return false; }
        int operator()() const { return 1; }
    };
    task::graph g;
    (void)g.add("odd", odd{});
    struct thing {
        int get() const { return 1; }
    };
    auto const t = g.add("thing", [] { return thing{}; });
    (void)g.add("get", &thing::get, t);
    int (thing::*const null)() const = nullptr;
    EXPECT_THROW((void)g.add("null", null, t), std::invalid_argument);
    EXPECT_EQ(g.size(), 3u);
}
