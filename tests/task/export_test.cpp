// SPDX-License-Identifier: MIT
#include <poise/task/executor.hpp>
#include <poise/task/export.hpp>

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace task = poise::task;

namespace {

task::graph study() {
    task::graph g;
    auto const mesh = g.add("the \"mesh\"\\", [] { return 1; });
    auto const solve = g.map(
        "solve", 3,
        [](std::size_t i, int) {
            if (i == 1) throw std::runtime_error{"<singular>"};
            return i;
        },
        mesh);
    auto const table = g.add(
        "table", [](task::collection<std::size_t> const&) {}, solve);
    auto const clean = g.add("clean", [] {});
    g.after(clean, task::settled(table));
    return g;
}

bool has(std::string const& text, std::string const& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST(Dot, DrawsFamiliesAndEdges) {
    auto const text = to_dot(study());
    EXPECT_TRUE(has(text, "n0 [label=\"the \\\"mesh\\\"\\\\\"")) << text;
    EXPECT_TRUE(has(text, "label=\"solve \xC3\x97 3\"")) << text;
    EXPECT_TRUE(has(text, "n0 -> n1;")) << text;
    EXPECT_TRUE(has(text, "n1 -> n2;")) << text;
    EXPECT_TRUE(has(text, "n2 -> n3 [style=dashed];")) << text;
    EXPECT_EQ(to_dot(task::graph{}).rfind("digraph tasks {", 0), 0u);
}

TEST(Dot, OfARunTellsWhatCameOfThem) {
    auto const g = study();
    auto const text = to_dot(task::executor{{.threads = 2}}.run(g));
    EXPECT_TRUE(has(text, "label=\"solve \xC3\x97 3\\n2 of 3 succeeded, ")) << text;
    EXPECT_TRUE(has(text, "label=\"table\\nskipped\"")) << text;
    EXPECT_TRUE(has(text, "#f2b8b5")) << text;
    auto const untimed = to_dot(task::executor{{.timed = false}}.run(g));
    EXPECT_TRUE(has(untimed, "label=\"solve \xC3\x97 3\\n2 of 3 succeeded\"")) << untimed;
}

TEST(Json, ListsTasksAndTheirInputs) {
    EXPECT_EQ(to_json(study()),
              "{\"version\":1,\"tasks\":[\n"
              "{\"id\":0,\"name\":\"the \\\"mesh\\\"\\\\\",\"inputs\":[],\"level\":0},\n"
              "{\"id\":1,\"name\":\"solve[0]\",\"inputs\":[0],\"level\":1},\n"
              "{\"id\":2,\"name\":\"solve[1]\",\"inputs\":[0],\"level\":1},\n"
              "{\"id\":3,\"name\":\"solve[2]\",\"inputs\":[0],\"level\":1},\n"
              "{\"id\":4,\"name\":\"table\",\"inputs\":[1,2,3],\"level\":2},\n"
              "{\"id\":5,\"name\":\"clean\",\"inputs\":[4],\"level\":3}]}\n");
    EXPECT_EQ(to_json(task::graph{}), "{\"version\":1,\"tasks\":[]}\n");
}

TEST(Json, OfARunHasOutcomesAndASummary) {
    auto const g = study();
    auto const text = to_json(task::executor{{.threads = 1}}.run(g));
    EXPECT_TRUE(has(text, "\"state\":\"failed\",\"attempts\":1,\"message\":\"\\u003csingular>\",\"ready_s\":")) << text;
    EXPECT_TRUE(has(text, "\"state\":\"skipped\",\"attempts\":0,\"message\":\"because solve[1] failed: ")) << text;
    EXPECT_TRUE(has(text, "\"summary\":{\"succeeded\":4,\"failed\":1,\"skipped\":1,")) << text;
    EXPECT_FALSE(has(to_json(task::executor{{.timed = false}}.run(g)), "start_s"));
}

// What is added after a run is none of its business.
TEST(Json, OfARunShowsTheGraphAsItWas) {
    task::graph g;
    auto const a = g.add("a", [] {});
    auto const run = task::executor{}.run(g);
    auto const b = g.add("b", [] {});
    g.after(a, b);
    EXPECT_FALSE(has(to_json(run), "\"b\""));
    EXPECT_FALSE(has(to_dot(run), "->"));
    EXPECT_TRUE(has(to_dot(g), "n1 -> n0 [style=dashed];"));
}
