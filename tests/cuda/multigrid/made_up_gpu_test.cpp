// SPDX-License-Identifier: MIT
// What can be seen of a multigrid solver on a GPU that is a processor, and not on a real one.
#include "cuda/made_up_gpu.hpp"

#include "cuda/multigrid/on_gpu.hpp"
#include "linear/kinds.hpp"
#include "linear/random_vector.hpp"
#include "support/mixes_of_sides.hpp"

#include <poise/linear/operator_cache.hpp>
#include <poise/pde/solve.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <thread>
#include <vector>

using namespace poise;
using poise_test::box;
using poise_test::everywhere;
using poise_test::on_gpu;
using poise_test::random_vector;
using poise_test::the_gpu;
using poise_test::thread_order;
using poise_test::wall;

TEST(MadeUpGpu, HasTheSameBitsInBothOrdersOfThreads) {
    for (auto const precision :
         {linear::multigrid_precision::single_precision, linear::multigrid_precision::double_precision}) {
        std::vector<double> solutions[2];
        for (auto const order : {thread_order::forward, thread_order::backward}) {
            the_gpu().order = order;
            auto const levels = on_gpu(box<3>({37, 20, 70}), poise_test::mix_of<3>(31), 0.0, precision);
            auto const b = random_vector(levels.n_unknowns());
            auto& x = solutions[static_cast<int>(order)];
            x.assign(b.size(), 0.0);
            EXPECT_TRUE(levels.solve(b, x));
        }
        EXPECT_EQ(solutions[0], solutions[1]);
    }
    the_gpu() = {};
}

// On the way down b, x and the residual that is kept, on the way up that and x, and a part of the coarser grids'
// numbers; on these, on the way down b, on the way up b and x.
TEST(MadeUpGpu, MovesEachNumberOnceForEachLegOfACycle) {
    auto const bytes_of_cycles = [](auto const& levels, int n_cycles) {
        auto const b = random_vector(levels.n_unknowns());
        std::vector<double> x(b.size(), 0.0);
        the_gpu().n_bytes_moved = 0.0;
        (void)levels.solve(b, x, {.rtol = 0.0, .max_cycles = n_cycles});
        return the_gpu().n_bytes_moved / static_cast<double>(b.size());
    };
    auto const square = on_gpu(box<2>({256, 256}), everywhere<2>(wall));
    // 256² and 128² by programs of their own, 64² and all below it by one that reads its b and writes its x.
    double const of_square = (16 + 4 + 1 + 4 + 16 + 1) + (4 + 1 + 4 + 4 + 1) / 4.0 + 8 / 16.0;
    EXPECT_NEAR((bytes_of_cycles(square, 5) - bytes_of_cycles(square, 3)) / 2.0, of_square, 0.02);
    auto const cube = on_gpu(box<3>({64, 64, 64}), everywhere<3>(wall));
    double const of_cube = (16 + 4 + 0.5 + 4 + 16 + 0.5) + (4 + 0.5 + 4 + 4 + 0.5) / 8.0 + 8 / 64.0;
    EXPECT_NEAR((bytes_of_cycles(cube, 5) - bytes_of_cycles(cube, 3)) / 2.0, of_cube, 0.02);
}

// Of conjugate gradients: the direction, the matrix, the step, both legs of a cycle in single precision, two products;
// on coarser grids, of 10³ points and fewer by one program, the legs alone.
TEST(MadeUpGpu, MovesEachNumberOnceInAnIteration) {
    grid::cartesian<3> const domain{{.lower = {0, 0, 0}, .upper = {1, 1, 1}, .cells = {40, 40, 40}}};
    pde::diffusion<3> const problem{
        .domain = domain, .kappa = [](double x, double y, double z) { return std::exp(x - y * z); }, .source = 1.0};
    auto const bytes_of_iterations = [&](int n) {
        the_gpu().n_bytes_moved = 0.0;
        (void)pde::solve(problem, {.on_failure = pde::on_failure::return_report,
                                   .device = device::cuda(0),
                                   .on_iteration = [n](int iteration, double) { return iteration < n; }});
        return the_gpu().n_bytes_moved / (40.0 * 40.0 * 40.0);
    };
    double const vectors = 24 + (16 + 32) + 48 + 24, legs = (8 + 4 + 16 + 0.5) + (4 + 16 + 8 + 0.5);
    double const coarser = ((4 + 16 + 0.5) + (4 + 16 + 4 + 0.5)) / 8.0 + 8 / 64.0;
    EXPECT_NEAR((bytes_of_iterations(5) - bytes_of_iterations(3)) / 2.0, vectors + legs + coarser, 0.1);
}

TEST(MadeUpGpu, CopiesTheRightHandSideThereAndTheSolutionBack) {
    auto const levels = on_gpu(box<2>({200, 200}), everywhere<2>(wall));
    auto const b = random_vector(levels.n_unknowns());
    std::vector<double> x(b.size(), 0.0);
    the_gpu().n_bytes_copied = 0;
    auto const report = levels.solve(b, x);
    std::uint64_t const vectors = 2 * b.size() * sizeof(double);
    EXPECT_GE(the_gpu().n_bytes_copied, vectors);
    EXPECT_LE(the_gpu().n_bytes_copied, vectors + 64 * static_cast<std::uint64_t>(report.iterations + 2));
}

TEST(MadeUpGpu, IteratesToTheSameBitsInBothOrdersOfThreads) {
    grid::cartesian<3> const domain{{.lower = {0, 0, 0}, .upper = {1, 1, 1}, .cells = {40, 12, 70}}};
    pde::diffusion<3> const problem{.domain = domain,
                                    .kappa = [](double x, double y, double z) { return std::exp(x - 2.0 * y * z); },
                                    .source = 1.0,
                                    .boundary = grid::robin{1.0, 0.5}};
    std::vector<double> solutions[2];
    for (auto const order : {thread_order::forward, thread_order::backward}) {
        the_gpu().order = order;
        linear::operator_cache cache;
        auto const solution = pde::solve(problem, {.cache = &cache, .device = device::cuda(0)});
        solutions[static_cast<int>(order)].assign(solution.u.values().begin(), solution.u.values().end());
    }
    EXPECT_EQ(solutions[0], solutions[1]);
    the_gpu() = {};
}

TEST(MadeUpGpu, SolvesOnSeveralThreadsAtATime) {
    auto const levels = on_gpu(box<2>({60, 70}), everywhere<2>(wall));
    auto const b = random_vector(levels.n_unknowns());
    std::vector<double> expected(b.size(), 0.0);
    EXPECT_TRUE(levels.solve(b, expected));
    linear::operator_cache cache;
    auto const domain = box<2>({40, 50});
    auto const solve = [&](double kappa) {
        pde::diffusion<2> const problem{
            .domain = domain, .kappa = [kappa](double x, double) { return kappa + x; }, .source = 1.0};
        auto const solution = pde::solve(problem, {.cache = &cache, .device = device::cuda(0)});
        return std::vector<double>(solution.u.values().begin(), solution.u.values().end());
    };
    auto const of_one = solve(1.0);
    auto const body = [&](double kappa) {
        std::vector<double> x(b.size(), 0.0);
        EXPECT_TRUE(levels.solve(b, x));
        EXPECT_EQ(x, expected);
        (void)solve(kappa);
        EXPECT_EQ(solve(1.0), of_one);
    };
    std::vector<std::thread> threads;
    for (double const kappa : {2.0, 3.0, 2.0, 3.0}) threads.emplace_back(body, kappa);
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(cache.statistics(device::cuda(0)).misses, 3U);
}

// What the cache keeps there and nobody uses gives way.
TEST(MadeUpGpu, MakesRoomByWhatTheCacheKeeps) {
    linear::operator_cache cache;
    auto const gpu = device::cuda(0);
    auto const problem = [](std::ptrdiff_t n, bool varies) {
        grid::cartesian<2> const domain{{.lower = {0, 0}, .upper = {1, 1}, .cells = {n, n}}};
        pde::diffusion<2> made{.domain = domain, .source = 1.0};
        if (varies) made.kappa = [](double x, double) { return 1.0 + x; };
        return made;
    };
    for (bool const varies : {false, true}) {
        for (std::ptrdiff_t const n : {50, 60}) (void)pde::solve(problem(n, varies), {.cache = &cache, .device = gpu});
        the_gpu().free_bytes = 1000;
        EXPECT_THROW((void)pde::solve(problem(70, varies), {.cache = &cache, .device = gpu}), not_enough_device_memory);
        the_gpu() = {};
        EXPECT_FALSE(pde::solve(problem(50, varies), {.cache = &cache, .device = gpu}).report.operator_reused);
        EXPECT_TRUE(pde::solve(problem(70, varies), {.cache = &cache, .device = gpu}).report);
    }
}

TEST(MadeUpGpu, RefusesWhatDoesNotFitBeforeItBegins) {
    auto const levels = on_gpu(box<2>({100, 100}), everywhere<2>(wall));
    std::vector<double> const b(levels.n_unknowns(), 1.0);
    std::vector<double> x(b.size(), 0.0);
    the_gpu().free_bytes = 100'000;
    try {
        (void)levels.solve(b, x);
        ADD_FAILURE() << "nothing was thrown";
    } catch (not_enough_device_memory const& thrown) {
        EXPECT_EQ(thrown.free_bytes(), 100'000U);
        EXPECT_GE(thrown.needed_bytes(), 20 * b.size());
        EXPECT_EQ(std::string{thrown.what()}.rfind("cuda:0: a multigrid solve needs ", 0), 0U) << thrown.what();
    }
    the_gpu() = {};
    EXPECT_TRUE(levels.solve(b, x));
}
