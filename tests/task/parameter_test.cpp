// SPDX-License-Identifier: MIT
#include <poise/task/executor.hpp>

#include <gtest/gtest.h>

#include <string>

namespace task = poise::task;

TEST(Parameter, ChangesWhatTheNextRunStartsFrom) {
    task::graph g;
    auto const tol = g.parameter("tol", 1e-6);
    auto const name = g.parameter("name", std::string{"wing"});
    auto const text = g.add(
        "text", [](double t, std::string const& n) { return n + (t < 1e-3 ? " fine" : " coarse"); }, tol, name);
    task::executor const executor{{.threads = 2}};
    auto const first = executor.run(g);
    tol.set(1.0);
    name.set("hull");
    auto const second = executor.run(g);
    EXPECT_EQ(first[text].value(), "wing fine");
    EXPECT_EQ(second[text].value(), "hull coarse");
    EXPECT_EQ(first[tol].value(), 1e-6) << "a run keeps what it started from";
    EXPECT_EQ(tol.get(), 1.0);
    EXPECT_EQ(g.size(), 3u);
}

TEST(Parameter, OfALiteralIsAString) {
    task::graph g;
    auto const file = g.parameter("file", "wing.msh");
    auto const other = g.parameter("other", "hull.msh");
    auto const both = g.add(
        "both", [](task::collection<std::string> const& all) { return all[0] + all[1]; }, task::all(file, other));
    file.set(std::string{"fin.msh"});
    EXPECT_EQ(task::serial().run(g)[both].value(), "fin.mshhull.msh");
}
