// SPDX-License-Identifier: MIT
#include "linear/krylov_problems.hpp"
#include "linear/matrices.hpp"
#include "linear/random_vector.hpp"

#include <poise/core/reductions.hpp>
#include <poise/grid/boundary.hpp>
#include <poise/grid/cartesian.hpp>
#include <poise/linear/cg.hpp>
#include <poise/linear/neg_diffusion.hpp>
#include <poise/linear/stencil_matrix.hpp>
#include <poise/task/executor.hpp>
#include <poise/task/graph.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

using namespace poise;
using linear::stop_reason;
using poise_test::from_dense;
using poise_test::random_vector;
using poise_test::square;

// In exact arithmetic after at most as many steps as there are different eigenvalues.
TEST(Cg, EndsAfterAsManyStepsAsThereAreEigenvalues) {
    auto const A = from_dense({{4, 0, 0, 0, 0}, {0, 4, 0, 0, 0}, {0, 0, 1, 0, 0}, {0, 0, 0, 9, 0}, {0, 0, 0, 0, 9}});
    std::vector<double> const b{1, 2, 3, 4, 5};
    std::vector<double> x(5);
    auto const report = linear::cg(A, b, x, {.rtol = 1e-13});
    EXPECT_TRUE(report) << report;
    EXPECT_LE(report.iterations, 3);
    EXPECT_NEAR(x[4], 5.0 / 9.0, 1e-13);
}

// ‖e_k‖_A ≤ 2 ((√κ - 1)/(√κ + 1))^k ‖e_0‖_A (Saad 2003, eq. 6.128), and ‖r‖ within √κ of ‖e‖_A.
TEST(Cg, TakesNoMoreStepsThanItsBound) {
    for (std::ptrdiff_t const n : {16, 32, 64}) {
        auto const A = square(n);
        auto const b = random_vector(static_cast<std::size_t>(n * n), 2);
        std::vector<double> x(b.size());
        double const root = 1.0 / std::tan(std::numbers::pi / (2.0 * static_cast<double>(n)));
        double const rate = (root - 1.0) / (root + 1.0);
        auto const report = linear::cg(A, b, x, {.rtol = 1e-8});
        ASSERT_TRUE(report) << report;
        EXPECT_LE(report.iterations, std::ceil(std::log(1e-8 / (2.0 * root)) / std::log(rate))) << n;
        EXPECT_GE(report.iterations, n / 2) << "information travels one cell a step";
    }
}

TEST(Cg, JacobiHealsBadlyScaledRows) {
    auto const well = square(24);
    auto dense = poise_test::to_dense(well);
    for (std::size_t i = 0; i < dense.size(); ++i)
        for (std::size_t j = 0; j < dense.size(); ++j)
            dense[i][j] *=
                std::pow(10.0, static_cast<double>(i % 7) / 2) * std::pow(10.0, static_cast<double>(j % 7) / 2);
    auto const A = from_dense(dense);
    auto const b = random_vector(dense.size(), 3);
    std::vector<double> x(b.size()), y(b.size());
    auto const plain = linear::cg(A, b, x, {.rtol = 1e-8, .max_iterations = 100'000});
    auto const scaled = linear::cg(A, b, y, {.rtol = 1e-8, .max_iterations = 100'000}, linear::jacobi{A});
    EXPECT_TRUE(scaled) << scaled;
    EXPECT_LT(5 * scaled.iterations, plain.iterations);
}

TEST(Cg, ReportsMatricesAndPreconditionersThatAreNotPositiveDefinite) {
    std::vector<double> const b{1, 1};
    std::vector<double> x(2);
    EXPECT_EQ(linear::cg(from_dense({{1, 0}, {0, -1}}), b, x).reason, stop_reason::breakdown);
    x = {0, 0};
    EXPECT_EQ(linear::cg(from_dense({{0, 1}, {1, 0}}), std::vector<double>{1, -1}, x).reason, stop_reason::breakdown);
    x = {0, 0};
    auto const negative = [](std::span<double const> r, std::span<double> z) {
        for (std::size_t i = 0; i < r.size(); ++i) z[i] = -r[i];
    };
    EXPECT_EQ(linear::cg(from_dense({{2, 0}, {0, 1}}), b, x, {}, negative).reason, stop_reason::breakdown);
}

// Where A is singular, what is left at the end is in its nullspace, and steps along it may be of any length. x was as
// good as rounding allows before these.
TEST(Cg, KeepsWhatItHadWhenOnlyRoundingIsLeft) {
    constexpr std::size_t n = 20;
    grid::cartesian<1> const rod{{.cells = {n}}};
    grid::condition_kinds<1> const insulated{grid::condition_kind::neumann, grid::condition_kind::neumann};
    for (unsigned seed = 0; seed < 200; ++seed) {
        auto kappa = random_vector(n, seed);
        for (double& k : kappa) k = std::pow(10.0, 3.0 * k);
        auto const A = linear::neg_diffusion<1>(rod, insulated, kappa, std::vector<double>(n, 0.0));
        auto b = random_vector(n, seed + 1000);
        double const mean = sum(b) / n;
        for (double& value : b) value -= mean;
        std::vector<double> x(n), r(n);
        auto const report = linear::cg(A, b, x, {.rtol = 1e-13, .max_iterations = 2000});
        EXPECT_LE(report.residual_norm, std::max(report.tolerance, 10.0 * report.attainable_residual)) << report;
        EXPECT_LE(report.residual_norm, 1e-8 * norm2(b)) << report;
        A(x, r);
        for (std::size_t i = 0; i < n; ++i) r[i] -= b[i];
        EXPECT_NEAR(norm2(r), report.residual_norm, 1e-3 * report.residual_norm) << "of the x that is returned";
    }
}

// Two parts without walls: what no x can meet drives x along both constants, and no bound on rounding is left.
TEST(Cg, SaysNotThatItStagnatesWhereXIsBeyondAllBounds) {
    linear::stencil_matrix<1> A{{4}};
    A.coupling(0)[0] = A.coupling(0)[2] = 1.0;
    for (double& d : A.diagonal()) d = 1.0;
    for (unsigned seed = 0; seed < 20; ++seed) {
        auto const b = random_vector(4, seed);
        std::vector<double> x(4);
        auto const report = linear::cg(A, b, x, {.max_iterations = 200});
        EXPECT_FALSE(report);
        EXPECT_FALSE(report.reason == stop_reason::stagnated && report.residual_norm > norm2(b)) << report;
    }
}

TEST(Cg, GivesTheSameBitsOnAnyNumberOfThreads) {
    auto const A = square(300);
    auto const b = random_vector(90'000, 5);
    std::vector<double> alone(b.size()), several(b.size());
    auto const solve_on = [&](int n_threads, std::vector<double>& x) {
        task::graph only;
        only.add("solve", [&] { return linear::cg(A, b, x, {.max_iterations = 50}).residual_norm; });
        ASSERT_TRUE((task::executor{{.threads = n_threads}}.run(only)));
    };
    solve_on(1, alone);
    solve_on(4, several);
    EXPECT_EQ(alone, several);
}
