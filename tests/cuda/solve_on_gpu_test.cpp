// SPDX-License-Identifier: MIT
// pde::solve on a GPU.
#include "cuda/gpu_needed.hpp"
#include "support/message_of.hpp"

#include <poise/grid/field_arithmetic.hpp>
#include <poise/linear/operator_cache.hpp>
#include <poise/pde/solve.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

using namespace poise;
using poise_test::message_of;

namespace {

grid::cartesian<2> square(std::ptrdiff_t n) {
    return grid::cartesian<2>{{.lower = {0.0, 0.0}, .upper = {1.0, 1.0}, .cells = {n, n}}};
}

pde::poisson<2> plate(std::ptrdiff_t n) {
    return {.domain = square(n),
            .source = [](double x, double y) { return std::exp(x) * std::cos(2.0 * y); },
            .boundary = grid::boundary<2>{grid::dirichlet{[](double x, double y) { return x * y; }}}.on(
                grid::side::x_upper, grid::neumann{1.0})};
}

std::string text_of(linear::solve_report const& report) {
    std::ostringstream text;
    text << report;
    return text.str();
}

template <class Problem>
void expect_as_on_the_processor(Problem const& problem, double rtol = 1e-11) {
    auto const there = pde::solve(problem, {.rtol = rtol, .device = device::cuda(0)});
    auto const here = pde::solve(problem, {.rtol = rtol});
    EXPECT_TRUE(there.report.device.is_cuda());
    EXPECT_TRUE(here.report.device.is_cpu());
    EXPECT_LE(norm_max(there.u - here.u), 1e-8 * norm_max(here.u)) << there.report << '\n' << here.report;
    EXPECT_NEAR(there.report.removed_mean, here.report.removed_mean, 1e-12);
}

}  // namespace

TEST(SolveOnGpu, GivesWhatTheProcessorGives) {
    POISE_NEED_GPU();
    expect_as_on_the_processor(plate(60));
    expect_as_on_the_processor(pde::helmholtz<2>{
        .domain = plate(51).domain, .shift = 20.0, .source = plate(51).source, .boundary = plate(51).boundary});
    for (auto const centering : {grid::centering::cell, grid::centering::node}) {
        grid::cartesian<3> const domain{
            {.lower = {0, 0, 0}, .upper = {1.0, 2.0, 0.5}, .cells = {20, 24, 18}, .centering = centering}};
        pde::poisson<3> box{
            .domain = domain,
            .source = [](double x, double y, double z) { return std::sin(x + y) * z; },
            .boundary = grid::boundary<3>{grid::dirichlet{0.5}}.on(grid::side::x_lower, grid::periodic{})};
        expect_as_on_the_processor(box);
        box.boundary = grid::neumann{0.25};
        expect_as_on_the_processor(box);
    }
    grid::cartesian<1> const line{{.lower = {0.0}, .upper = {1.0}, .cells = {500}}};
    expect_as_on_the_processor(pde::diffusion<1>{.domain = line,
                                                 .kappa = 3.0,
                                                 .sigma = 2.0,
                                                 .source = [](double x) { return x; },
                                                 .boundary = grid::dirichlet{1.0}});
    expect_as_on_the_processor(pde::diffusion<2>{.domain = plate(40).domain,
                                                 .kappa = pde::orthotropic{1.0, 30.0},
                                                 .source = plate(40).source,
                                                 .boundary = plate(40).boundary});
}

TEST(SolveOnGpu, GivesWhatTheProcessorGivesOfCoefficientsThatVary) {
    POISE_NEED_GPU();
    auto const source = plate(20).source;
    auto const smooth = [](double x, double y) { return 1.0 + 0.9 * std::sin(9.0 * x) * std::cos(7.0 * y); };
    auto const chequers = [](double x, double y) {
        return (static_cast<int>(8.0 * x) + static_cast<int>(8.0 * y)) % 2 == 0 ? 1.0 : 100.0;
    };
    for (auto const& sides : {grid::boundary<2>{grid::dirichlet{0.5}}, grid::boundary<2>{grid::neumann{0.1}},
                              grid::boundary<2>{grid::periodic{}}, grid::boundary<2>{grid::robin{2.0, 1.0}},
                              grid::boundary<2>{grid::dirichlet{0.0}}.on(grid::side::x_lower, grid::periodic{})}) {
        expect_as_on_the_processor(
            pde::diffusion<2>{.domain = square(64), .kappa = smooth, .source = source, .boundary = sides});
        expect_as_on_the_processor(
            pde::diffusion<2>{.domain = square(47), .kappa = chequers, .source = source, .boundary = sides}, 1e-10);
    }
    expect_as_on_the_processor(pde::diffusion<2>{.domain = square(50),
                                                 .kappa = pde::orthotropic{smooth, 3.0},
                                                 .sigma = [](double x, double) { return 5.0 * x; },
                                                 .source = source,
                                                 .boundary = grid::neumann{0.0}});
    grid::cartesian<3> const box{{.lower = {0, 0, 0}, .upper = {1.0, 0.8, 1.2}, .cells = {17, 20, 14}}};
    pde::diffusion<3> in_3d{
        .domain = box,
        .kappa = [](double x, double y, double z) { return std::exp(x - y + 2.0 * z); },
        .source = [](double x, double y, double z) { return std::sin(x + y) * z; },
        .boundary = grid::boundary<3>{grid::robin{1.0, 0.5}}.on(grid::side::z_upper, grid::dirichlet{1.0})};
    expect_as_on_the_processor(in_3d);
    in_3d.boundary = grid::boundary<3>{grid::neumann{0.0}}.on(grid::side::y_lower, grid::periodic{});
    expect_as_on_the_processor(in_3d);
    grid::cartesian<1> const line{{.lower = {0.0}, .upper = {1.0}, .cells = {300}}};
    expect_as_on_the_processor(pde::diffusion<1>{.domain = line,
                                                 .kappa = [](double x) { return 1.0 + x; },
                                                 .source = [](double x) { return x; },
                                                 .boundary = grid::robin{0.3, 1.0}});
}

TEST(SolveOnGpu, SolvesWhereRowSumsOrCouplingsNeedDoublePrecision) {
    POISE_NEED_GPU();
    auto const smooth = [](double x, double y) { return 1.0 + 0.5 * std::sin(9.0 * x) * std::cos(7.0 * y); };
    for (double const sigma : {1e-3, 1e-7}) {
        pde::diffusion<2> const held_weakly{.domain = square(60),
                                            .kappa = smooth,
                                            .sigma = sigma,
                                            .source = [](double x, double y) { return x - y; },
                                            .boundary = grid::neumann{0.0}};
        expect_as_on_the_processor(held_weakly, 1e-9);
    }
    pde::diffusion<2> const disc{
        .domain = square(100),
        .kappa = [](double x, double y) { return std::hypot(x - 0.4, y - 0.6) < 0.25 ? 1e6 : 1.0; },
        .source = 1.0};
    expect_as_on_the_processor(disc, 1e-7);
}

TEST(SolveOnGpu, SolvesAroundOddNumbersOfPointsInThreeDimensions) {
    POISE_NEED_GPU();
    grid::cartesian<3> const box{{.lower = {0, 0, 0}, .upper = {1, 1, 1}, .cells = {15, 13, 11}}};
    // Best conducting where the ring closes.
    expect_as_on_the_processor(pde::diffusion<3>{
        .domain = box,
        .kappa = [](double x, double y, double) { return x < 0.1 || x > 0.9 ? 50.0 : 1.0 + y; },
        .source = [](double x, double y, double z) { return std::sin(2.0 * std::numbers::pi * x) + y * z; },
        .boundary = grid::periodic{}});
}

TEST(SolveOnGpu, SolvesWithoutUnknowns) {
    POISE_NEED_GPU();
    grid::cartesian<2> const strip{
        {.lower = {0, 0}, .upper = {1, 1}, .cells = {1, 10}, .centering = grid::centering::node}};
    pde::diffusion<2> const problem{
        .domain = strip, .kappa = [](double x, double) { return 1.0 + x; }, .boundary = grid::dirichlet{2.0}};
    auto const solution = pde::solve(problem, {.device = device::cuda(0)});
    EXPECT_TRUE(solution.report);
    EXPECT_EQ(norm_max(solution.u), 2.0);
    EXPECT_TRUE(pde::solve(pde::poisson<2>{.domain = strip, .source = 1.0, .boundary = grid::dirichlet{2.0}},
                           {.device = device::cuda(0)})
                    .report);
}

// Cells fifty times as wide as others, which no cycle alone would solve.
TEST(SolveOnGpu, SolvesOnAStretchedGrid) {
    POISE_NEED_GPU();
    grid::cartesian_options<2> options{.upper = {1.0, 1.0}, .cells = {80, 60}};
    options.faces[0] = {0.0};
    for (int i = 0; i < 80; ++i) options.faces[0].push_back(options.faces[0].back() + std::pow(1.05, i));
    for (double& face : options.faces[0]) face /= 971.0;
    expect_as_on_the_processor(
        pde::poisson<2>{.domain = grid::cartesian<2>{options}, .source = 1.0, .boundary = grid::dirichlet{0.0}});
}

// A finer grid takes hardly more iterations.
TEST(SolveOnGpu, TakesFewIterationsWhereCoefficientsVary) {
    POISE_NEED_GPU();
    auto const iterations = [](std::ptrdiff_t n, double jump) {
        pde::diffusion<2> const problem{
            .domain = square(n),
            .kappa = [jump](double x, double y) { return std::hypot(x - 0.4, y - 0.6) < 0.25 ? jump : 1.0; },
            .source = 1.0};
        auto const solution = pde::solve(problem, {.device = device::cuda(0)});
        EXPECT_EQ(solution.report.chosen, "coefficients vary, on a GPU");
        return solution.report.iterations;
    };
    for (std::ptrdiff_t const n : {32, 64, 128, 200}) {
        EXPECT_LE(iterations(n, 3.0), 13) << n;
        EXPECT_LE(iterations(n, 1e3), 26) << n;
    }
}

TEST(SolveOnGpu, KeepsMatricesOfVaryingCoefficientsInTheCache) {
    POISE_NEED_GPU();
    linear::operator_cache cache;
    auto const gpu = device::cuda(0);
    pde::diffusion<2> const problem{
        .domain = square(40), .kappa = [](double x, double) { return 1.0 + x; }, .source = 1.0};
    EXPECT_FALSE(pde::solve(problem, {.cache = &cache, .device = gpu}).report.operator_reused);
    EXPECT_TRUE(pde::solve(problem, {.cache = &cache, .device = gpu}).report.operator_reused);
    EXPECT_EQ(cache.statistics(gpu).misses, 1U);
    EXPECT_EQ(cache.statistics().misses, 0U);
}

TEST(SolveOnGpu, NamesTheDevice) {
    POISE_NEED_GPU();
    auto const solution = pde::solve(plate(40), {.device = device::cuda(0)});
    EXPECT_EQ(solution.report.chosen, "on a GPU");
    EXPECT_EQ(text_of(solution.report).rfind("multigrid on cuda:0 converged: residual ", 0), 0U) << solution.report;
    EXPECT_FALSE(solution.report.history.empty());
    try {
        (void)pde::solve(plate(40), {.rtol = 1e-30, .device = device::cuda(0)});
        ADD_FAILURE() << "nothing was thrown";
    } catch (linear::not_converged const& thrown) {
        EXPECT_EQ(std::string{thrown.what()}.rfind("multigrid on cuda:0 stagnated", 0), 0U) << thrown.what();
        EXPECT_TRUE(thrown.report().device.is_cuda());
    }
}

TEST(SolveOnGpu, KeepsItsGridsInTheCacheApartFromOthers) {
    POISE_NEED_GPU();
    linear::operator_cache cache;
    auto const gpu = device::cuda(0);
    pde::solve_options const options{.cache = &cache, .device = gpu};
    EXPECT_FALSE(pde::solve(plate(64), options).report.operator_reused);
    EXPECT_TRUE(pde::solve(plate(64), options).report.operator_reused);
    EXPECT_FALSE(pde::solve(plate(65), options).report.operator_reused);
    EXPECT_EQ(cache.statistics(gpu).hits, 1U);
    EXPECT_EQ(cache.statistics(gpu).misses, 2U);
    EXPECT_GE(cache.statistics(gpu).bytes, 2 * 64 * 64 * 20U);
    EXPECT_EQ(cache.statistics().misses, 0U);
    EXPECT_FALSE(pde::solve(plate(64), {.cache = &cache}).report.operator_reused);
    EXPECT_EQ(cache.statistics().misses, 1U);
    cache.clear();
    EXPECT_EQ(cache.statistics(gpu).bytes, 0U);
    EXPECT_FALSE(pde::solve(plate(64), options).report.operator_reused);
}

// For one hierarchy, and not for two.
TEST(SolveOnGpu, KeepsNoMoreThereThanTheCacheMayHold) {
    POISE_NEED_GPU();
    linear::operator_cache cache{{.max_device_bytes = 200'000}};
    auto const gpu = device::cuda(0);
    for (int i = 0; i < 2; ++i)
        for (std::ptrdiff_t const n : {70, 71}) (void)pde::solve(plate(n), {.cache = &cache, .device = gpu});
    EXPECT_EQ(cache.statistics(gpu).hits, 0U);
    EXPECT_EQ(cache.statistics(gpu).evictions, 3U);
    EXPECT_LE(cache.statistics(gpu).bytes, 200'000U);
}

TEST(SolveOnGpu, EstimatesTheErrorThereToo) {
    POISE_NEED_GPU();
    pde::poisson<2> const problem{.domain = square(64),
                                  .source =
                                      [](double x, double y) {
                                          using std::numbers::pi;
                                          return 2.0 * pi * pi * std::sin(pi * x) * std::sin(pi * y);
                                      },
                                  .boundary = grid::dirichlet{0.0}};
    auto const there =
        pde::solve(problem, {.device = device::cuda(0), .error_estimate = pde::error_estimate::coarser_grid});
    auto const here = pde::solve(problem, {.error_estimate = pde::error_estimate::coarser_grid});
    EXPECT_NEAR(there.report.error_estimate, here.report.error_estimate, 1e-6);
}

TEST(SolveOnGpu, EndsWhereTheCallerAsksForIt) {
    POISE_NEED_GPU();
    int n_calls = 0;
    auto const solution = pde::solve(plate(60), {.on_failure = pde::on_failure::return_report,
                                                 .device = device::cuda(0),
                                                 .on_iteration = [&](int, double) { return ++n_calls < 2; }});
    EXPECT_EQ(solution.report.reason, linear::stop_reason::max_iterations);
    EXPECT_EQ(n_calls, 2);
}

TEST(SolveOnGpu, RefusesWhatItIsNotFor) {
    POISE_NEED_GPU();
    auto const refused = [](auto const& problem, pde::solve_options options = {}) {
        options.device = device::cuda(0);
        return message_of<std::invalid_argument>([&] { (void)pde::solve(problem, options); });
    };
    EXPECT_EQ(refused(plate(20), {.method = pde::method::fast_transform}),
              "method is fast_transform, and cuda:0 solves by method::multigrid; take that, or device::cpu()");
    EXPECT_EQ(refused(plate(20), {.scheme = pde::scheme::compact_fourth_order}),
              "the compact fourth-order scheme is for processors, and cuda:0 is a GPU; take scheme::second_order, or "
              "device::cpu()");
    EXPECT_EQ(refused(plate(20), {.backend = linear::cholesky_backend::eigen}),
              "backend is Eigen, which factors, and cuda:0 solves by method::multigrid; leave it out, or take "
              "device::cpu()");
    std::string const rest = ", and cuda:0 solves for a sigma >= 0; take device::cpu()";
    pde::diffusion<2> problem{.domain = square(20), .sigma = -2.0};
    EXPECT_EQ(refused(problem), "sigma is -2 at (0.025, 0.025)" + rest);
    problem.sigma = [](double x, double y) { return x > 0.5 && y > 0.9 ? -1.0 : 1.0; };
    EXPECT_EQ(refused(problem), "sigma is -1 at (0.525, 0.925)" + rest);
    EXPECT_EQ(refused(pde::helmholtz<2>{.domain = problem.domain, .shift = -2.0}),
              "shift is -2 at (0.025, 0.025), and cuda:0 solves for a shift >= 0; take device::cpu()");
}
