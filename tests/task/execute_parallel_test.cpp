// SPDX-License-Identifier: MIT
#include <poise/task/execute_parallel.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace task = poise::task;

TEST(ExecuteParallel, CallsOneFunctionWithManyArguments) {
    std::vector<int> const arguments{4, 9, -1, 16};
    for (auto const& by : {task::serial(), task::executor{{.threads = 3}}, task::processes(2)}) {
        auto const roots = task::execute_parallel(
            [](int x) {
                if (x < 0) throw std::domain_error{"negative"};
                return x * x;
            },
            arguments, by);
        ASSERT_EQ(roots.size(), 4u);
        EXPECT_FALSE(roots);
        EXPECT_EQ(roots[3].value(), 256);
        EXPECT_THROW((void)roots[2].value(), std::domain_error);
        EXPECT_EQ(roots.outcomes().n_succeeded(), 3u);
        EXPECT_EQ(roots.failures().records.front().name, "call[2]");
        EXPECT_EQ(roots.summary().n_failed, 1u);
        EXPECT_THROW((void)roots[4], std::invalid_argument);
    }
}

TEST(ExecuteParallel, CallsManyFunctions) {
    std::vector<std::function<std::string()>> const functions{[] { return std::string{"a"}; },
                                                              [] { return std::string{"b"}; }};
    auto const done = task::execute_parallel(functions);
    ASSERT_TRUE(done);
    EXPECT_EQ(done[0].value() + done[1].value(), "ab");
    EXPECT_EQ(task::execute_parallel(std::vector<std::function<int()>>{}).size(), 0u);
}

TEST(ExecuteParallel, CallsPairs) {
    std::vector<double (*)(double)> const functions{[](double x) { return 2 * x; }, [](double x) { return x + 1; }};
    std::vector<double> const arguments{10, 20};
    auto const done = task::execute_parallel(functions, arguments, task::executor{{.threads = 2}});
    EXPECT_EQ(done[0].value(), 20.0);
    EXPECT_EQ(done[1].value(), 21.0);
    EXPECT_THROW((void)task::execute_parallel(functions, std::vector<double>{1}), std::invalid_argument);
}

TEST(ExecuteParallel, TakesFunctionsWithoutResult) {
    std::vector<int> values(100, 1);
    auto const done = task::execute_parallel([](int& v) { v = 2; }, values, task::executor{{.threads = 2}});
    EXPECT_TRUE(done);
    EXPECT_EQ(values, std::vector<int>(100, 2));
}
