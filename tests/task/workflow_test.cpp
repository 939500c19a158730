// SPDX-License-Identifier: MIT
#include "support/message_of.hpp"

#include <poise/task/workflow.hpp>

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace task = poise::task;
using poise_test::message_of;

namespace {

struct solver {
    double factor = 2.0;
    double solve(double mesh, std::string const& load) const {
        return factor * mesh + static_cast<double>(load.size());
    }
    double refine(double u) { return factor += u; }
    double energy(double scale) const { return scale * factor; }
};
double read_mesh() { return 10.0; }

}  // namespace

TEST(Workflow, PassesResultsByNameInAnyOrderOfSteps) {
    for (auto const how : {task::order::sequential, task::order::parallel}) {
        solver s;
        std::string log;
        task::workflow w;
        w.step("solve", s, &solver::solve, {"mesh", "load"})
            .step("load", [](double mesh) { return std::string(static_cast<std::size_t>(mesh), 'x'); }, {"mesh"})
            .step("mesh", read_mesh)
            .step("report", [&] { log += "report"; }, {}, {"refine"})
            .step("refine", s, &solver::refine, {"solve"});
        EXPECT_EQ(w.size(), 5u);
        auto const done = w.run(how);
        ASSERT_TRUE(done) << done.errors();
        EXPECT_EQ(done.get<double>("solve"), 30.0);
        EXPECT_EQ(s.factor, 32.0);
        EXPECT_EQ(log, "report");
        EXPECT_EQ(done.steps_completed(), (std::vector<std::string>{"mesh", "load", "solve", "refine", "report"}));
        EXPECT_GT(done.total_s(), 0.0);
        EXPECT_EQ(done.run().summary().n_succeeded, 5u);
    }
}

TEST(Workflow, SequentialStopsAtTheFirstErrorAndParallelDoesNot) {
    auto const make = [](int& n_other) {
        task::workflow w;
        w.step("bad", []() -> int { throw std::runtime_error{"singular"}; });
        w.step("below", [](int x) { return x; }, {"bad"});
        w.step("other", [&n_other] { return ++n_other; });
        return w;
    };
    int n_other = 0;
    auto const sequential = make(n_other).run(task::order::sequential);
    EXPECT_FALSE(sequential.success());
    EXPECT_EQ(n_other, 0);
    EXPECT_TRUE(sequential.steps_completed().empty());
    EXPECT_EQ(sequential.errors().records.front().message, "singular");
    EXPECT_EQ(sequential.errors().records.size(), 3u);
    EXPECT_THROW((void)sequential.get<int>("bad"), std::runtime_error);
    EXPECT_THROW((void)sequential.get<int>("other"), task::skipped_error);
    auto const parallel = make(n_other).run();
    EXPECT_FALSE(parallel);
    EXPECT_EQ(n_other, 1);
    EXPECT_EQ(parallel.steps_completed(), std::vector<std::string>{"other"});
}

TEST(Workflow, RunsOneMethodOverManyObjects) {
    std::vector<solver> solvers{{1.0}, {2.0}, {3.0}};
    auto const energies = task::workflow::run_all(solvers, &solver::energy, 10.0);
    ASSERT_TRUE(energies);
    EXPECT_EQ(energies[2].value(), 30.0);
    auto const serial = task::workflow::run_all_by(task::serial(), solvers, &solver::refine, 1.0);
    EXPECT_EQ(serial[0].value(), 2.0);
    EXPECT_EQ(solvers[2].factor, 4.0);
}

TEST(Workflow, PassesWhatHasNoDefault) {
    struct mesh {
        explicit mesh(int cells) : n{cells} {}
        int n;
    };
    task::workflow w;
    w.step("count", [](mesh const& m) { return m.n; }, {"mesh"}).step("mesh", [] { return mesh{7}; });
    EXPECT_EQ(w.run().get<int>("count"), 7);
}

TEST(Workflow, RefusesWhatDoesNotFit) {
    task::workflow w;
    w.step("a", [] { return 1; });
    auto const refused = [](auto&& f) { return message_of<std::invalid_argument>(f); };
    EXPECT_NE(refused([&] { w.step("a", [] { return 1; }); }).find("a step 'a' already"), std::string::npos);
    EXPECT_NE(refused([&] { w.step("", [] { return 1; }); }).find("needs a name"), std::string::npos);
    EXPECT_NE(refused([&] { w.step("b", [](int) {}, {}); }).find("takes 1 inputs, and 0 are named"), std::string::npos);
    w.step("b", [](std::string const&) {}, {"a"});
    EXPECT_NE(refused([&] { (void)w.run(); }).find("the result of 'a' is of another type"), std::string::npos);

    task::workflow missing;
    missing.step("x", [](int) {}, {"nobody"});
    EXPECT_NE(refused([&] { (void)missing.run(); }).find("step 'x' needs 'nobody'"), std::string::npos);

    task::workflow circle;
    circle.step("x", [](int v) { return v; }, {"y"}).step("y", [](int v) { return v; }, {"x"});
    EXPECT_NE(refused([&] { (void)circle.run(); }).find("x -> y -> x"), std::string::npos);
}
