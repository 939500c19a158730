// SPDX-License-Identifier: MIT
#include "linear/krylov_problems.hpp"
#include "linear/matrices.hpp"
#include "linear/random_vector.hpp"
#include "support/message_of.hpp"

#include <poise/core/reductions.hpp>
#include <poise/grid/boundary.hpp>
#include <poise/grid/cartesian.hpp>
#include <poise/linear/cg.hpp>
#include <poise/linear/cholesky.hpp>
#include <poise/linear/eigen.hpp>
#include <poise/linear/minres.hpp>
#include <poise/linear/neg_laplacian.hpp>

#include <Eigen/SparseLU>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <unsupported/Eigen/IterativeSolvers>
#include <vector>

using namespace poise;
using linear::stop_reason;
using poise_test::distance;
using poise_test::from_dense;
using poise_test::random_vector;
using poise_test::residual_norm;
using poise_test::shifted;
using poise_test::square;

TEST(Minres, SolvesSmallSystemsExactly) {
    std::vector<double> x(2);
    EXPECT_TRUE(linear::minres(from_dense({{0, 1}, {1, 0}}), std::vector<double>{1, 2}, x));
    EXPECT_NEAR(x[0], 2.0, 1e-15);
    EXPECT_NEAR(x[1], 1.0, 1e-15);
    x = {0, 0};
    auto const negative = linear::minres(from_dense({{-2, 0}, {0, -2}}), std::vector<double>{1, 2}, x);
    EXPECT_EQ(negative.iterations, 1);
    EXPECT_NEAR(x[0], -0.5, 1e-15);
    EXPECT_NEAR(x[1], -1.0, 1e-15);
}

TEST(Minres, EndsAfterAsManyStepsAsThereAreEigenvalues) {
    auto const A = from_dense({{4, 0, 0, 0, 0}, {0, 4, 0, 0, 0}, {0, 0, -1, 0, 0}, {0, 0, 0, 9, 0}, {0, 0, 0, 0, 9}});
    std::vector<double> const b{1, 2, 3, 4, 5};
    std::vector<double> x(5);
    auto const report = linear::minres(A, b, x, {.rtol = 1e-13});
    EXPECT_TRUE(report) << report;
    EXPECT_LE(report.iterations, 3);
    EXPECT_NEAR(x[2], -3.0, 1e-13);
}

TEST(Minres, AgreesWithAFactorisationOfAnIndefiniteMatrix) {
    auto const A = shifted(square(24), 0.5);  // some dozens of eigenvalues below 0
    auto const b = random_vector(576, 1);
    Eigen::SparseLU<Eigen::SparseMatrix<double>> const factor{Eigen::SparseMatrix<double>{linear::as_eigen(A)}};
    Eigen::VectorXd const direct = factor.solve(Eigen::Map<Eigen::VectorXd const>{b.data(), 576});
    std::vector<double> x(b.size());
    auto const report = linear::minres(A, b, x, {.rtol = 1e-11});
    ASSERT_TRUE(report) << report;
    EXPECT_LE(residual_norm(A, x, b), 1e-11 * norm2(b));
    // ‖x - direct‖ ≤ ‖A⁻¹‖ ‖r‖, whose eigenvalues are known.
    double least = std::numeric_limits<double>::infinity();
    for (int i = 1; i <= 24; ++i)
        for (int j = 1; j <= 24; ++j) {
            auto const mode = [](int k) { return 4.0 * std::pow(std::sin(k * std::numbers::pi / 48.0), 2); };
            least = std::min(least, std::abs(mode(i) + mode(j) - 0.5));
        }
    EXPECT_LE(distance(x, linear::as_span(direct)), 1.01e-11 * norm2(b) / least);
}

// ‖r_{2k}‖ ≤ 2 ((κ - 1)/(κ + 1))^k ‖r_0‖ for eigenvalues in [-b, -a] and [a, b], κ = b/a (Greenbaum 1997, eq. 3.16).
TEST(Minres, TakesNoMoreStepsThanItsBound) {
    std::size_t const n = 400;
    auto const eigenvalue = [](std::size_t i) {
        double const magnitude = 1.0 + 19.0 * static_cast<double>(i / 2) / 199.0;
        return i % 2 == 0 ? magnitude : -magnitude;
    };
    auto const A = [&](std::span<double const> x, std::span<double> y) {
        for (std::size_t i = 0; i < n; ++i) y[i] = eigenvalue(i) * x[i];
    };
    auto const b = random_vector(n, 2);
    std::vector<double> x(n), norms{norm2(b)};
    auto const report = linear::minres(A, b, x, {.rtol = 1e-8, .on_iteration = [&](int, double norm) {
                                                     norms.push_back(norm);
                                                     return true;
                                                 }});
    ASSERT_TRUE(report) << report;
    for (std::size_t k = 0; k < norms.size(); ++k)
        EXPECT_LE(norms[k], 2.0 * std::pow(19.0 / 21.0, static_cast<double>(k / 2)) * norms[0] * (1.0 + 1e-6)) << k;
}

TEST(Minres, TheResidualNeverGrows) {
    for (double const shift : {0.0, 0.1, 0.7, 2.9}) {
        auto const A = shifted(square(20), shift);
        auto const b = random_vector(400, 3);
        std::vector<double> x(b.size());
        double last = norm2(b);
        auto const report = linear::minres(A, b, x, {.rtol = 1e-10, .on_iteration = [&](int k, double norm) {
                                                         // But for rounding where it is begun anew.
                                                         EXPECT_LE(norm, last * (1 + 1e-9)) << shift << ' ' << k;
                                                         last = norm;
                                                         return true;
                                                     }});
        EXPECT_TRUE(report) << report;
    }
}

TEST(Minres, TheResidualIsTheLeastOfItsKrylovSpace) {
    auto const A = shifted(square(8), 0.6);
    auto const b = random_vector(64, 4);
    Eigen::MatrixXd const dense = linear::as_eigen(A);
    Eigen::VectorXd const f = Eigen::Map<Eigen::VectorXd const>{b.data(), 64};
    for (int k = 1; k <= 6; ++k) {
        Eigen::MatrixXd const image = dense * poise_test::krylov_basis(dense, f, k);
        double const least = (f - image * image.householderQr().solve(f)).norm();
        std::vector<double> x(64);
        EXPECT_NEAR(linear::minres(A, b, x, {.max_iterations = k}).residual_norm, least, 1e-12) << k;
    }
}

TEST(Minres, StopsByTheResidualItselfWithAPreconditioner) {
    auto const A = shifted(square(24), 0.2);
    linear::cholesky const factor{square(24)};
    auto const inverse = [&](std::span<double const> r, std::span<double> z) { factor.solve(r, z); };
    auto const b = random_vector(576, 5);
    std::vector<double> x(b.size()), y(b.size());
    double recurred = 0.0;
    auto const with = linear::minres(A, b, x,
                                     {.rtol = 1e-10,
                                      .on_iteration =
                                          [&](int, double norm) {
                                              recurred = norm;
                                              return true;
                                          }},
                                     inverse);
    auto const without = linear::minres(A, b, y, {.rtol = 1e-10});
    ASSERT_TRUE(with) << with;
    ASSERT_TRUE(without) << without;
    EXPECT_LT(3 * with.iterations, without.iterations);
    EXPECT_LE(residual_norm(A, x, b), 1e-10 * norm2(b));
    EXPECT_NEAR(recurred, with.residual_norm, 1e-12 * norm2(b));
}

TEST(Minres, SolvesWhatIsSingularAndHasASolution) {
    auto const A = poise_test::insulated_square(20);
    std::vector<double> b(400), x(400);
    linear::multiply(A, random_vector(400, 6), b);
    auto const report = linear::minres(A, b, x, {.rtol = 1e-10});
    EXPECT_TRUE(report) << report;
    // Every iterate is in the range of A: its mean is 0 but for rounding.
    EXPECT_NEAR(sum(x), 0.0, 1e-10 * norm2(x));
}

TEST(Minres, SaysThatASingularSystemHasNoSolution) {
    std::vector<double> x(2);
    EXPECT_EQ(linear::minres(from_dense({{1, 0}, {0, 0}}), std::vector<double>{1, 1}, x).reason,
              stop_reason::breakdown);
    EXPECT_NEAR(x[0], 1.0, 1e-14) << "what can be solved is";
    x = {0, 0};
    auto const nothing = [](std::span<double const>, std::span<double> y) { std::ranges::fill(y, 0.0); };
    EXPECT_EQ(linear::minres(nothing, std::vector<double>{1, 1}, x).reason, stop_reason::breakdown);

    auto const A = poise_test::insulated_square(20);
    std::vector<double> const b(400, 1.0);
    std::vector<double> y(400);
    EXPECT_EQ(linear::minres(A, b, y).reason, stop_reason::breakdown);
    EXPECT_EQ(norm2(y), 0.0) << "not moved along the nullspace";
    auto mixed = random_vector(400, 7);
    double const mean = sum(mixed) / 400.0;
    auto const report = linear::minres(A, mixed, y);
    EXPECT_EQ(report.reason, stop_reason::breakdown) << report;
    EXPECT_NEAR(report.residual_norm, std::abs(mean) * 20.0, 1e-6) << "least squares: the mean is left";
}

// The eigenvalue of i = 4, j = 12 is 3: cos 36° + cos 108° = 1/2, and with it that of i = 12, j = 4.
TEST(Minres, SaysThatAnIndefiniteSystemHasNoSolution) {
    auto const b = random_vector(400, 3);
    std::vector<double> x(b.size());
    auto const report = linear::minres(shifted(square(20), 3.0), b, x, {.rtol = 1e-10});
    EXPECT_EQ(report.reason, stop_reason::breakdown) << report;
    auto const wave = [](int mode, std::size_t i) {
        return std::sin(mode * std::numbers::pi * (static_cast<double>(i) + 0.5) / 20.0) / std::sqrt(10.0);
    };
    double first = 0.0, second = 0.0;
    for (std::size_t i = 0; i < 400; ++i) {
        first += b[i] * wave(4, i % 20) * wave(12, i / 20);
        second += b[i] * wave(12, i % 20) * wave(4, i / 20);
    }
    EXPECT_NEAR(report.residual_norm, std::hypot(first, second), 1e-6) << "least squares";
    EXPECT_LT(norm2(x), 1e4) << "not moved along the nullspace";
}

// What is left after some steps is close to eigenvectors 10¹⁰ times below the others, and not in the nullspace.
TEST(Minres, TellsSmallEigenvaluesFromNone) {
    std::size_t const n = 200;
    for (double const second : {2.0, 3e-10, -1e-10}) {
        auto const A = [&](std::span<double const> x, std::span<double> y) {
            for (std::size_t i = 0; i < n; ++i) y[i] = (1.0 + static_cast<double>(i)) * x[i];
            y[0] = 1e-10 * x[0];
            y[1] = second * x[1];
        };
        std::vector<double> const b(n, 1.0);
        std::vector<double> x(n);
        // ε ‖A‖ ‖x‖ is about 3e-5 ‖b‖.
        auto const report = linear::minres(A, b, x, {.rtol = 1e-4});
        EXPECT_TRUE(report) << second << ' ' << report;
        EXPECT_NEAR(x[0] * 1e-10, 1.0, 1.5e-3) << second << ": ‖r‖ ≤ 1e-4 √200";
        std::ranges::fill(x, 0.0);
        EXPECT_EQ(linear::minres(A, b, x, {.rtol = 1e-8}).reason, stop_reason::stagnated) << second;
    }
}

TEST(Minres, ReportsPreconditionersThatAreNotPositiveDefinite) {
    auto const A = from_dense({{2, 1, 0}, {1, -1, 1}, {0, 1, 3}});
    std::vector<double> x(3);
    auto const negative = [](std::span<double const> r, std::span<double> z) {
        for (std::size_t i = 0; i < r.size(); ++i) z[i] = -r[i];
    };
    EXPECT_EQ(linear::minres(A, std::vector<double>{1, 1, 1}, x, {}, negative).reason, stop_reason::breakdown);
    EXPECT_EQ(
        linear::minres(A, std::vector<double>{1, 0, 0}, x, {}, from_dense({{1, 0, 0}, {0, -9, 0}, {0, 0, 1}})).reason,
        stop_reason::breakdown)
        << "in the second step";
    x = {0, 0, 0};
    EXPECT_EQ(
        linear::minres(A, std::vector<double>{1, 1, 0}, x, {}, from_dense({{1, 0, 0}, {0, 0, 0}, {0, 0, 0}})).reason,
        stop_reason::breakdown)
        << "singular";
}

// The same method by another hand.
TEST(Minres, TakesAboutAsManyStepsAsEigens) {
    auto const A = shifted(square(32), 0.05);
    auto const b = random_vector(1024, 8);
    std::vector<double> x(b.size());
    auto const report = linear::minres(A, b, x, {.rtol = 1e-8});
    ASSERT_TRUE(report) << report;
    Eigen::SparseMatrix<double> const same = linear::as_eigen(A);
    Eigen::MINRES<Eigen::SparseMatrix<double>, Eigen::Lower | Eigen::Upper, Eigen::IdentityPreconditioner> theirs{same};
    theirs.setTolerance(1e-8);
    Eigen::VectorXd const y = theirs.solve(Eigen::Map<Eigen::VectorXd const>{b.data(), 1024});
    EXPECT_NEAR(report.iterations, static_cast<double>(theirs.iterations()), 2.0);
    EXPECT_LE(distance(x, linear::as_span(y)), 1e-5 * norm2(x));
}

// Rounding costs it the condition squared, but never what it was given.
TEST(Minres, EndsNoWorseThanItBegan) {
    grid::cartesian<2> const flat{{.upper = {100.0, 0.01}, .cells = {30, 30}}};
    grid::condition_kinds<2> insulated;
    insulated.fill(grid::condition_kind::neumann);
    for (double const shift : {0.0, 1e-3}) {
        auto const A = linear::neg_laplacian(flat, insulated, shift);
        auto const b = random_vector(900, 2);
        std::vector<double> x(b.size());
        auto const report = linear::minres(A, b, x);
        EXPECT_LE(report.residual_norm, norm2(b)) << report;
    }
}
