// SPDX-License-Identifier: MIT
#include <poise/profile/snapshot.hpp>

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace poise::profile {
namespace {

scope_statistics named(std::string name, std::vector<scope_statistics> children = {}) {
    scope_statistics made;
    made.name = std::move(name);
    made.children = std::move(children);
    return made;
}

TEST(Snapshot, ScopesAreFoundByPath) {
    scope_statistics const root =
        named("", {named("run", {named("solve"), named("a/b", {named("c")})}), named("run/solve")});
    EXPECT_EQ(root.find("run"), &root.children[0]);
    EXPECT_EQ(root.find("run/solve"), &root.children[0].children[0]);  // the first that fits
    EXPECT_EQ(root.find("run/a/b/c"), &root.children[0].children[1].children[0]);
    EXPECT_EQ(root.children[0].find("solve"), &root.children[0].children[0]);
    for (char const* absent : {"", "solve", "run/", "run/solve/x", "ru", "/run"})
        EXPECT_EQ(root.find(absent), nullptr) << absent;
}

TEST(Snapshot, AMeanIsOfAllCalls) {
    scope_statistics s;
    EXPECT_EQ(s.mean_s(), 0.0);
    s.calls = 4;
    s.inclusive_s = 2.0;
    EXPECT_EQ(s.mean_s(), 0.5);
}

TEST(Snapshot, IsEqualWhenAllOfItIs) {
    snapshot a, b;
    a.root = b.root = named("", {named("x")});
    EXPECT_EQ(a, b);
    b.root.children[0].flops = 1.0;
    EXPECT_NE(a, b);
}

}  // namespace
}  // namespace poise::profile
