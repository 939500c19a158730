// SPDX-License-Identifier: MIT
#include "linear/matrices.hpp"
#include "linear/random_vector.hpp"
#include "support/message_of.hpp"

#include <poise/core/reductions.hpp>
#include <poise/grid/cartesian.hpp>
#include <poise/linear/cg.hpp>
#include <poise/linear/direct_solve.hpp>
#include <poise/linear/neg_laplacian.hpp>
#include <poise/profile/memory.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <stdexcept>
#include <vector>

using namespace poise;
using linear::stop_reason;
using poise_test::from_dense;
using poise_test::message_of;
using poise_test::random_vector;

namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();

linear::csr_matrix square(std::ptrdiff_t n) { return linear::neg_laplacian(grid::cartesian<2>{{.cells = {n, n}}}, {}); }

double residual_norm(linear::csr_view A, std::vector<double> const& x, std::vector<double> const& b) {
    std::vector<double> r(b.size());
    linear::residual(A, x, b, r);
    return norm2(r);
}

}  // namespace

TEST(Cg, AgreesWithAFactorisation) {
    auto const A = square(40);
    linear::cholesky const factor{A};
    auto const b = random_vector(1600, 1);
    std::vector<double> direct(b.size()), x(b.size());
    ASSERT_TRUE(linear::direct_solve(factor, A, b, direct, {.rtol = 1e-13}));
    auto const report = linear::cg(A, b, x, {.rtol = 1e-12});
    EXPECT_EQ(report.reason, stop_reason::converged) << report;
    EXPECT_LE(residual_norm(A, x, b), 1e-12 * norm2(b));
    EXPECT_NEAR(report.residual_norm, residual_norm(A, x, b), 100 * epsilon * norm2(b)) << "computed, not assumed";
    // ‖x - direct‖ ≤ ‖A⁻¹‖ (sum of both residuals); rows of A are scaled by h², so its least eigenvalue is about 2 π²
    // h².
    double const inverse = 40.0 * 40.0 / (2.0 * 9.0);
    std::vector<double> difference(b.size());
    for (std::size_t i = 0; i < b.size(); ++i) difference[i] = x[i] - direct[i];
    EXPECT_LE(norm2(difference), inverse * 1.1e-12 * norm2(b));
}

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

TEST(Cg, BeginsWithTheGuessAndReturnsAtOnceWhereItWillDo) {
    auto const A = square(10);
    auto const exact = random_vector(100, 4);
    std::vector<double> b(100);
    linear::multiply(A, exact, b);
    auto x = exact;
    auto const report = linear::cg(A, b, x, {.rtol = 1e-12});
    EXPECT_TRUE(report);
    EXPECT_EQ(report.iterations, 0);
    EXPECT_EQ(x, exact);

    std::vector<double> zero(100), y(100);
    EXPECT_TRUE(linear::cg(A, zero, y));
    EXPECT_EQ(y, zero);
    std::vector<double> none;
    EXPECT_TRUE(linear::cg(from_dense({}), none, none));
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

TEST(Cg, ReportsWhatIsNotFinite) {
    std::vector<double> const b{1, 1};
    std::vector<double> x(2);
    auto const overflows = from_dense({{1e308, 1e308}, {1e308, 1e308}});
    EXPECT_EQ(linear::cg(overflows, std::vector<double>{1e308, 1e308}, x).reason, stop_reason::not_finite);
    x = {0, 0};
    auto const nothing = [](std::span<double const>, std::span<double> y) {
        for (double& v : y) v = std::numeric_limits<double>::quiet_NaN();
    };
    EXPECT_EQ(linear::cg(nothing, b, x).reason, stop_reason::not_finite);
    x = {0, 0};
    EXPECT_EQ(linear::cg(from_dense({{2, 0}, {0, 1}}), b, x, {}, nothing).reason, stop_reason::not_finite);
}

TEST(Cg, ReportsThatItStagnatesAndWhatIsAttainable) {
    auto const A = square(32);
    auto const b = random_vector(1024, 5);
    std::vector<double> x(b.size());
    auto const report = linear::cg(A, b, x, {.rtol = 0.0});
    EXPECT_EQ(report.reason, stop_reason::stagnated) << report;
    EXPECT_LT(report.residual_norm, 1e-12 * norm2(b));
    EXPECT_GT(report.attainable_residual, epsilon * norm2(b));
    EXPECT_LT(report.residual_norm, 20 * report.attainable_residual);
    EXPECT_NE(message_of<linear::not_converged>([&] { report.or_throw(); }).find("loosen rtol"), std::string::npos);
}

TEST(Cg, StopsAtItsLimitOrWhenItIsAskedTo) {
    auto const A = square(32);
    auto const b = random_vector(1024, 6);
    std::vector<double> x(b.size()), y(b.size());
    auto const limited = linear::cg(A, b, x, {.max_iterations = 7});
    EXPECT_EQ(limited.reason, stop_reason::max_iterations);
    EXPECT_EQ(limited.iterations, 7);
    EXPECT_NEAR(limited.residual_norm, residual_norm(A, x, b), 100 * epsilon * norm2(b));

    std::vector<double> seen;
    auto const asked = linear::cg(A, b, y, {.on_iteration = [&](int k, double norm) {
                                      EXPECT_EQ(k, static_cast<int>(seen.size()) + 1);
                                      seen.push_back(norm);
                                      return k < 7;
                                  }});
    EXPECT_EQ(asked.reason, stop_reason::max_iterations);
    EXPECT_EQ(seen.size(), 7u);
    EXPECT_EQ(x, y) << "the same bits";
    EXPECT_NEAR(seen.back(), asked.residual_norm, 1e-12 * norm2(b));
    std::vector<double> z(b.size());
    EXPECT_EQ(linear::cg(A, b, z, {.max_iterations = 0}).iterations, 0);
    int n_calls = 0;
    auto const never = linear::cg(A, b, z, {.rtol = 0.0, .on_iteration = [&](int, double norm) {
                                                ++n_calls;
                                                return norm > 1e-15 * norm2(b);
                                            }});
    EXPECT_EQ(never.reason, stop_reason::max_iterations);
    EXPECT_EQ(never.iterations, n_calls) << "not asked again after it said no";
}

TEST(Cg, AllocatesNothingInAnIteration) {
    auto const A = square(32);
    auto const b = random_vector(1024, 7);
    linear::krylov_workspace workspace;
    auto const allocations = [&](int n_iterations) {
        std::vector<double> x(b.size());
        profile::memory const used;
        auto const report = linear::cg(A, b, x, {.max_iterations = n_iterations, .workspace = &workspace});
        EXPECT_EQ(report.iterations, n_iterations);
        return used.so_far().allocations;
    };
    (void)allocations(1);
    if (!profile::hooks_in_effect()) GTEST_SKIP() << "the sanitizers own the heap";
    EXPECT_EQ(allocations(50), allocations(2));
    EXPECT_LE(allocations(2), 2u) << "the name of the method";
}

TEST(Cg, IsNotMisledByWhatAWorkspaceHeld) {
    auto const A = square(8);
    auto const b = random_vector(64, 8);
    linear::krylov_workspace workspace;
    for (std::size_t k = 0; k < 4; ++k)
        for (double& v : workspace.vector(k, 64)) v = std::numeric_limits<double>::quiet_NaN();
    std::vector<double> x(64), y(64);
    EXPECT_TRUE(linear::cg(A, b, x, {.workspace = &workspace}));
    EXPECT_TRUE(linear::cg(A, b, y));
    EXPECT_EQ(x, y);
}

TEST(Cg, RefusesWhatMakesNoSense) {
    auto const A = square(2);
    std::vector<double> b(4, 1.0), x(4), shorter(3);
    EXPECT_EQ(message_of<std::invalid_argument>([&] { (void)linear::cg(A, b, shorter); }),
              "cg: b has 4 entries and x has 3");
    EXPECT_THROW((void)linear::cg(square(3), b, x), std::invalid_argument);
    EXPECT_THROW((void)linear::cg(A, b, x, {.rtol = -1.0}), std::invalid_argument);
    EXPECT_NE(message_of<std::invalid_argument>([&] { (void)linear::cg(A, b, x, {.max_iterations = -3}); }).find("-3"),
              std::string::npos);
    x[2] = std::numeric_limits<double>::infinity();
    EXPECT_NE(message_of<std::invalid_argument>([&] { (void)linear::cg(A, b, x); }).find("x[2] is inf"),
              std::string::npos);
    x[2] = 0.0;
    b[1] = std::numeric_limits<double>::quiet_NaN();
    EXPECT_NE(message_of<std::invalid_argument>([&] { (void)linear::cg(A, b, x); }).find("b[1] is nan"),
              std::string::npos);
}
