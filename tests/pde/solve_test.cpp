// SPDX-License-Identifier: MIT
#include "support/message_of.hpp"

#include <poise/core/memory.hpp>
#include <poise/core/reductions.hpp>
#include <poise/pde/solve.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <thread>

using namespace poise;
using poise_test::message_of;

namespace {

grid::cartesian<2> const square{{.cells = {24, 24}}};
pde::poisson<2> const charge{.domain = square,
                             .source = [](double x, double y) { return std::exp(-x * x - y); },
                             .boundary = grid::dirichlet{0.0}};

std::string refusal(pde::helmholtz<2> const& problem, pde::solve_options const& options = {}) {
    return message_of<std::invalid_argument>([&] { (void)pde::solve(problem, options); });
}
bool has(std::string const& text, char const* part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST(Solve, ReportsWhatItDid) {
    linear::operator_cache cache;
    auto const cold = pde::solve(charge, {.rtol = 1e-10, .cache = &cache});
    EXPECT_TRUE(cold.report);
    EXPECT_FALSE(cold.report.operator_reused);
    EXPECT_GT(cold.report.assembly_s, 0.0);
    EXPECT_EQ(cold.report.method, "fast transform");
    EXPECT_EQ(cold.report.chosen, "constant coefficients on a box");
    EXPECT_LE(cold.report.residual_norm, cold.report.tolerance);
    auto const warm = pde::solve(charge, {.rtol = 1e-10, .cache = &cache});
    EXPECT_TRUE(warm.report.operator_reused);
    EXPECT_EQ(warm.report.assembly_s, 0.0);
    EXPECT_TRUE(std::ranges::equal(warm.u.values(), cold.u.values()));
    EXPECT_EQ(cache.statistics().hits, 1u);
}

TEST(Solve, DoesWhatTheCallerNames) {
    linear::operator_cache cache;
    auto const factored = pde::solve(charge, {.method = pde::method::direct, .cache = &cache}).report;
    EXPECT_TRUE(has(factored.method, "Cholesky")) << factored.method;
    EXPECT_EQ(factored.chosen, "");
    EXPECT_GT(factored.factorisation_s, 0.0);
    auto const named = pde::solve(charge, {.backend = linear::cholesky_backend::eigen, .cache = &cache}).report;
    EXPECT_EQ(named.method, "Cholesky (Eigen)");
    EXPECT_EQ(named.chosen, "a backend of the factorisation is named");
    EXPECT_EQ(pde::solve(charge, {.method = pde::method::fast_transform, .cache = &cache}).report.chosen, "");
    pde::helmholtz<2> const problem{.domain = square, .source = 1.0};
    EXPECT_TRUE(
        has(refusal(problem, {.method = pde::method::fast_transform, .backend = linear::cholesky_backend::eigen}),
            "method is fast_transform and backend Eigen"));
}

TEST(Solve, AgreesBetweenTheMethods) {
    for (auto const where : {grid::centering::cell, grid::centering::node}) {
        grid::cartesian<3> const box{{.upper = {1.0, 2.0, 0.7}, .cells = {12, 9, 10}, .centering = where}};
        auto const wave = [](double x, double y, double z) { return std::sin(5 * x + y) * std::exp(z); };
        auto const sides = grid::boundary<3>{grid::dirichlet{wave}}
                               .on(grid::side::x_lower, grid::neumann{wave})
                               .on(grid::side::z_upper, grid::neumann{0.3});
        pde::helmholtz<3> const problem{.domain = box, .shift = 1.5, .source = wave, .boundary = sides};
        auto const a = pde::solve(problem, {.rtol = 1e-12, .method = pde::method::direct}).u;
        auto const b = pde::solve(problem, {.rtol = 1e-12, .method = pde::method::fast_transform}).u;
        double const largest = norm_max(a.values());
        for (std::size_t i = 0; i < box.size(); ++i) EXPECT_NEAR(a.values()[i], b.values()[i], 1e-12 * largest);
    }
}

TEST(Solve, UsesTheDefaultCacheUnlessToldOtherwise) {
    grid::cartesian<2> const odd{{.cells = {23, 29}}};
    pde::poisson<2> const problem{.domain = odd, .source = 1.0, .boundary = grid::dirichlet{0.0}};
    (void)pde::solve(problem);
    EXPECT_TRUE(pde::solve(problem).report.operator_reused);
}

// Each thread factors for itself: the factorisation has to repeat to the last bit too.
TEST(Solve, GivesTheSameBitsOnManyThreads) {
    linear::operator_cache first_cache;
    auto const alone = pde::solve(charge, {.cache = &first_cache}).u;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&] {
            for (int repeat = 0; repeat < 10; ++repeat) {
                linear::operator_cache cache;
                EXPECT_TRUE(std::ranges::equal(pde::solve(charge, {.cache = &cache}).u.values(), alone.values()));
            }
        });
    for (auto& thread : threads) thread.join();
}

TEST(Solve, AgreesBetweenTheBackends) {
    if (!linear::has_cholmod()) GTEST_SKIP() << "built without SuiteSparse";
    auto const a = pde::solve(charge, {.backend = linear::cholesky_backend::cholmod}).u;
    auto const b = pde::solve(charge, {.backend = linear::cholesky_backend::eigen}).u;
    double const largest = grid::extrema(a.values()).max;
    // Condition number 4·24²/π² = 233 for each of two backward stable solves.
    for (std::size_t i = 0; i < square.size(); ++i)
        EXPECT_NEAR(a.values()[i], b.values()[i], 233 * 2.3e-16 * 20 * largest);
}

TEST(Solve, ThrowsTheReportOfASolveThatMissesItsTolerance) {
    try {
        (void)pde::solve(charge, {.rtol = 1e-18});
        FAIL() << "a relative residual of 1e-18 is not to be had";
    } catch (linear::not_converged const& failure) {
        EXPECT_EQ(failure.report().reason, linear::stop_reason::stagnated);
        EXPECT_TRUE(has(failure.what(), "rounding allows about")) << failure.what();
    }
    auto const kept = pde::solve(charge, {.rtol = 1e-18, .on_failure = pde::on_failure::return_report});
    EXPECT_FALSE(kept.report);
    EXPECT_TRUE(std::isfinite(grid::extrema(kept.u.values()).max));
}

TEST(Solve, RefusesToFactorASingularProblem) {
    EXPECT_TRUE(
        has(refusal({.domain = square, .source = 1.0, .boundary = grid::neumann{0.0}}, {.method = pde::method::direct}),
            "known up to a constant only"));
}

// -Δu = 5 + x with fluxes that take in all that 5 + x gives but for the 2 that are removed.
TEST(Solve, GivesTheSolutionOfMeanZeroBetweenInsulatedSides) {
    auto const source = [](double x, double) { return 5.0 + (x - 0.5); };
    auto const sides = grid::boundary<2>{grid::neumann{0.0}}.on(grid::side::x_upper, grid::neumann{-3.0});
    auto const [u, report] = pde::solve(pde::poisson<2>{.domain = square, .source = source, .boundary = sides});
    EXPECT_TRUE(report);
    EXPECT_NEAR(report.removed_mean, 2.0, 1e-12);
    EXPECT_NEAR(grid::integral(u), 0.0, 1e-13);
}

TEST(Solve, RefusesABadShift) {
    double const nan = std::numeric_limits<double>::quiet_NaN();
    double const minus_infinity = -std::numeric_limits<double>::infinity();
    EXPECT_TRUE(has(refusal({.domain = square, .shift = minus_infinity, .boundary = grid::dirichlet{0.0}}),
                    "shift is -inf; -Laplacian + shift needs a finite shift"));
    EXPECT_TRUE(has(refusal({.domain = square, .shift = nan, .boundary = grid::dirichlet{0.0}}), "shift is nan"));
    for (auto const by : {pde::method::multigrid, pde::method::conjugate_gradients})
        EXPECT_TRUE(has(refusal({.domain = square, .shift = -1.0}, {.method = by}), "shift is -1;"));
}

TEST(Solve, SaysWhereDataIsNotFinite) {
    double const inf = std::numeric_limits<double>::infinity();
    auto const pole = [](double x, double y) { return x < 0.05 && y < 0.05 ? 1.0 / 0.0 : 0.0; };
    EXPECT_TRUE(has(refusal({.domain = square, .source = pole, .boundary = grid::dirichlet{0.0}}),
                    "the source is inf at (0.0208333, 0.0208333)"));
    EXPECT_TRUE(has(refusal({.domain = square, .boundary = grid::dirichlet{inf}}),
                    "the boundary data is inf at (0, 0.0208333)"));
    EXPECT_TRUE(
        has(refusal({.domain = square,
                     .shift = 1.0,
                     .boundary = grid::boundary<2>{grid::neumann{0.0}}.on(grid::side::y_upper, grid::neumann{-inf})}),
            "the boundary data is -inf at (0.0208333, 1)"));
}

TEST(Solve, RefusesAFieldOnAnotherGrid) {
    grid::field<2> const elsewhere{grid::cartesian<2>{{.cells = {5, 5}}}, 1.0};
    EXPECT_TRUE(has(refusal({.domain = square, .source = elsewhere, .boundary = grid::dirichlet{0.0}}), "25 points"));
}

TEST(Solve, RefusesNegativeTolerances) {
    EXPECT_TRUE(has(refusal({.domain = square, .boundary = grid::dirichlet{0.0}}, {.rtol = -1.0}), "rtol is -1"));
}

// 20000² unknowns have 2.0e9 entries, which index_t counts; their factor needs 180 GB.
TEST(Solve, RefusesToFactorAGridTooLargeForItsIndicesOrForMemory) {
    auto const solve = [](std::ptrdiff_t n) {
        grid::cartesian<2> const huge{{.cells = {n, n}}};
        (void)pde::solve(pde::poisson<2>{.domain = huge, .source = 1.0, .boundary = grid::dirichlet{0.0}},
                         {.method = pde::method::direct});
    };
    EXPECT_TRUE(
        has(message_of<std::invalid_argument>([&] { solve(50000); }), "number of unknowns 50000 x 50000 exceeds"));
    if (available_memory_bytes() >= std::uint64_t{180} << 30) GTEST_SKIP() << "this machine could hold it";
    EXPECT_TRUE(
        has(message_of<not_enough_memory>([&] { solve(20000); }), "the factored operator of 400000000 unknowns needs"));
}

// 8 TB of unknowns: the system would lend the memory, and kill the process that uses it.
TEST(Solve, RefusesWhatMemoryDoesNotHold) {
    grid::cartesian<2> const huge{{.cells = {1 << 20, 1 << 20}}};
    EXPECT_TRUE(has(message_of<not_enough_memory>([&] { (void)pde::solve(pde::poisson<2>{.domain = huge}); }),
                    "the solve by fast transform on 1099511627776 points needs"));
    auto const kappa = [](double x, double) { return 1.0 + x; };
    EXPECT_TRUE(
        has(message_of<not_enough_memory>([&] { (void)pde::solve(pde::diffusion<2>{.domain = huge, .kappa = kappa}); }),
            "the diffusion problem on 1099511627776 points needs"));
}

TEST(Solve, RefusesBadInputBeforeItBuildsAnything) {
    linear::operator_cache cache;
    grid::field<2> const elsewhere{grid::cartesian<2>{{.cells = {5, 5}}}, 1.0};
    (void)refusal({.domain = square, .source = elsewhere, .boundary = grid::dirichlet{0.0}}, {.cache = &cache});
    (void)refusal({.domain = square, .boundary = grid::dirichlet{0.0}}, {.rtol = -1.0, .cache = &cache});
    double const inf = std::numeric_limits<double>::infinity();
    EXPECT_TRUE(has(refusal({.domain = square, .boundary = grid::dirichlet{0.0}}, {.rtol = inf, .cache = &cache}),
                    "rtol is inf"));
    EXPECT_EQ(cache.statistics().misses, 0u);
}
