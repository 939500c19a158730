// SPDX-License-Identifier: MIT
#include "linear/krylov_problems.hpp"
#include "linear/matrices.hpp"
#include "linear/random_vector.hpp"
#include "support/message_of.hpp"

#include <poise/core/reductions.hpp>
#include <poise/linear/bicgstab.hpp>
#include <poise/linear/cholesky.hpp>
#include <poise/linear/eigen.hpp>

#include <Eigen/IterativeLinearSolvers>
#include <Eigen/SparseLU>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

using namespace poise;
using linear::stop_reason;
using poise_test::convection_diffusion;
using poise_test::distance;
using poise_test::from_dense;
using poise_test::message_of;
using poise_test::of_minimal_degree_three;
using poise_test::random_vector;
using poise_test::residual_norm;
using poise_test::square;

TEST(Bicgstab, SolvesASmallSystemExactly) {
    std::vector<double> x(2);
    auto const report = linear::bicgstab(from_dense({{2, 1}, {0, 4}}), std::vector<double>{4, 8}, x, {.rtol = 1e-14});
    EXPECT_TRUE(report) << report;
    EXPECT_LE(report.iterations, 2);
    EXPECT_NEAR(x[0], 1.0, 1e-13);
    EXPECT_NEAR(x[1], 2.0, 1e-13);
}

TEST(Bicgstab, EndsAfterAsManyStepsAsTheMinimalPolynomialHas) {
    auto const A = of_minimal_degree_three();
    std::vector<double> const b{1, 2, 3, 4, 5};
    std::vector<double> x(5);
    auto const report = linear::bicgstab(A, b, x, {.rtol = 1e-12});
    EXPECT_TRUE(report) << report;
    EXPECT_LE(report.iterations, 3);
}

TEST(Bicgstab, AgreesWithAFactorisationWhereConvectionIsStrong) {
    for (double const peclet : {0.1, 0.5, 0.9}) {
        auto const A = convection_diffusion(24, peclet);
        auto const b = random_vector(576, 1);
        Eigen::SparseLU<Eigen::SparseMatrix<double>> const factor{Eigen::SparseMatrix<double>{linear::as_eigen(A)}};
        Eigen::VectorXd const direct = factor.solve(Eigen::Map<Eigen::VectorXd const>{b.data(), 576});
        std::vector<double> x(b.size());
        auto const report = linear::bicgstab(A, b, x, {.rtol = 1e-10});
        ASSERT_TRUE(report) << peclet << ' ' << report;
        EXPECT_LE(residual_norm(A, x, b), 1e-10 * norm2(b));
        // ‖A⁻¹‖ ≤ 1 / the least eigenvalue of the symmetric part, 8 sin²(π/48) > 18 / 24².
        EXPECT_LE(distance(x, linear::as_span(direct)), 24.0 * 24.0 / 18.0 * 1.01e-10 * norm2(b)) << peclet;
    }
}

TEST(Bicgstab, StopsByTheResidualItselfWithAPreconditioner) {
    auto const A = convection_diffusion(32, 0.3);
    linear::cholesky const factor{square(32)};
    auto const inverse = [&](std::span<double const> r, std::span<double> z) { factor.solve(r, z); };
    auto const b = random_vector(1024, 2);
    std::vector<double> x(b.size()), y(b.size());
    auto const with = linear::bicgstab(A, b, x, {.rtol = 1e-9}, inverse);
    auto const without = linear::bicgstab(A, b, y, {.rtol = 1e-9});
    ASSERT_TRUE(with) << with;
    ASSERT_TRUE(without) << without;
    EXPECT_LT(3 * with.iterations, 2 * without.iterations);
    EXPECT_LE(residual_norm(A, x, b), 1e-9 * norm2(b));
}

// The same method by another hand, but for the residual that theirs compares.
TEST(Bicgstab, TakesAboutAsManyStepsAsEigens) {
    auto const A = convection_diffusion(32, 0.4);
    auto const b = random_vector(1024, 3);
    std::vector<double> x(b.size());
    auto const report = linear::bicgstab(A, b, x, {.rtol = 1e-8});
    ASSERT_TRUE(report) << report;
    Eigen::SparseMatrix<double> const same = linear::as_eigen(A);
    Eigen::BiCGSTAB<Eigen::SparseMatrix<double>, Eigen::IdentityPreconditioner> theirs{same};
    theirs.setTolerance(1e-8);
    Eigen::VectorXd const y = theirs.solve(Eigen::Map<Eigen::VectorXd const>{b.data(), 1024});
    // Residuals go up and down by an order between steps, and rounding differs: a fifth.
    EXPECT_NEAR(report.iterations, static_cast<double>(theirs.iterations()), 0.2 * report.iterations);
    EXPECT_LE(distance(x, linear::as_span(y)), 32.0 * 32.0 / 18.0 * 2.02e-8 * norm2(b));
}

TEST(Bicgstab, ReportsEveryWayToBreakDown) {
    std::vector<double> x(2);
    auto const turned = linear::bicgstab(from_dense({{0, 1}, {-1, 0}}), std::vector<double>{1, 0}, x);
    EXPECT_EQ(turned.reason, stop_reason::breakdown) << "A r is orthogonal to r";
    EXPECT_EQ(turned.iterations, 0);
    EXPECT_NE(message_of<linear::not_converged>([&] { turned.or_throw(); }).find("BiCGSTAB broke down"),
              std::string::npos);
    // s = (0, 1) after the first half step, A s = (1, 0).
    auto const unstable = linear::bicgstab(from_dense({{1, 1}, {-1, 0}}), std::vector<double>{1, 0}, x);
    EXPECT_EQ(unstable.reason, stop_reason::breakdown) << "A s is orthogonal to s";
    EXPECT_EQ(unstable.iterations, 1) << "the half step counts";
    EXPECT_EQ(x, (std::vector<double>{1, 0}));
    // s = (0, -1, 0), A s = (0, -1, -1), r = (0, -1, 1) / 2.
    std::vector<double> y(3);
    auto const lost = linear::bicgstab(from_dense({{1, 0, 0}, {1, 1, 0}, {0, 1, 1}}), std::vector<double>{1, 0, 0}, y);
    EXPECT_EQ(lost.reason, stop_reason::breakdown) << "r is orthogonal to the first r";
    EXPECT_EQ(lost.iterations, 1);
    EXPECT_NEAR(lost.residual_norm, std::sqrt(0.5), 1e-15);
}

// As above, but with r a tenth of what it was, so that it pays to begin anew.
TEST(Bicgstab, BeginsAnewAfterABreakdownThatWasWorthIt) {
    std::vector<double> x(3);
    auto const A = from_dense({{1, 0, 0}, {1, 1, 0}, {0, 0.1, 1}});
    auto const report = linear::bicgstab(A, std::vector<double>{1, 0, 0}, x, {.rtol = 1e-12});
    EXPECT_TRUE(report) << report;
    EXPECT_NEAR(x[0], 1.0, 1e-12);
    EXPECT_NEAR(x[1], -1.0, 1e-12);
    EXPECT_NEAR(x[2], 0.1, 1e-12);
}

TEST(Bicgstab, TakesBackWhatGrewOutOfBounds) {
    auto const A = poise_test::insulated_square(20);
    auto const b = random_vector(400, 4);
    auto x = random_vector(400, 5);
    auto const guess = x;
    auto const report = linear::bicgstab(A, b, x, {.rtol = 1e-10});
    EXPECT_EQ(report.reason, stop_reason::breakdown) << report;
    EXPECT_EQ(x, guess) << "there is no solution";
}

TEST(Bicgstab, ReportsMatricesAndPreconditionersThatAreSingular) {
    auto const nothing = [](std::span<double const>, std::span<double> y) { std::ranges::fill(y, 0.0); };
    std::vector<double> const b{1, 1};
    std::vector<double> x(2);
    EXPECT_EQ(linear::bicgstab(nothing, b, x).reason, stop_reason::breakdown);
    EXPECT_EQ(linear::bicgstab(from_dense({{1, 0}, {0, 2}}), b, x, {}, nothing).reason, stop_reason::breakdown);
    EXPECT_EQ(x, (std::vector<double>{0, 0}));
}
