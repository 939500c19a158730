// SPDX-License-Identifier: MIT
#include "linear/krylov_problems.hpp"
#include "linear/matrices.hpp"
#include "linear/random_vector.hpp"
#include "support/message_of.hpp"

#include <poise/core/reductions.hpp>
#include <poise/linear/cg.hpp>
#include <poise/linear/eigen.hpp>
#include <poise/linear/gmres.hpp>
#include <poise/linear/minres.hpp>
#include <poise/profile/memory.hpp>

#include <Eigen/Dense>
#include <Eigen/SparseLU>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <unsupported/Eigen/IterativeSolvers>
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

namespace {

// A x moves every entry to the next place: from (1, 0, …, 0) no Krylov space but the last has the solution.
constexpr auto cyclic_shift = [](std::span<double const> x, std::span<double> y) {
    std::ranges::rotate_copy(x, x.end() - 1, y.begin());
};

std::vector<double> first_unit_vector(std::size_t n) {
    std::vector<double> b(n);
    b.front() = 1.0;
    return b;
}

}  // namespace

TEST(Gmres, SolvesASmallSystemExactly) {
    std::vector<double> x(2);
    auto const report = linear::gmres(from_dense({{2, 1}, {0, 4}}), std::vector<double>{4, 8}, x, {.rtol = 1e-14});
    EXPECT_TRUE(report) << report;
    EXPECT_LE(report.iterations, 2);
    EXPECT_NEAR(x[0], 1.0, 1e-14);
    EXPECT_NEAR(x[1], 2.0, 1e-14);
}

TEST(Gmres, EndsAfterAsManyStepsAsTheMinimalPolynomialHas) {
    auto const A = of_minimal_degree_three();
    std::vector<double> x(5);
    auto const report = linear::gmres(A, std::vector<double>{1, 2, 3, 4, 5}, x, {.rtol = 1e-13});
    EXPECT_TRUE(report) << report;
    EXPECT_LE(report.iterations, 3);
    x.assign(5, 0.0);
    auto const lucky = linear::gmres(A, std::vector<double>{7, 0, 0, 0, 0}, x, {.rtol = 0.0, .atol = 1e-300});
    EXPECT_TRUE(lucky) << "an eigenvector: the next vector of the basis is 0";
    EXPECT_EQ(lucky.iterations, 1);
    EXPECT_EQ(x, (std::vector<double>{3.5, 0, 0, 0, 0}));
}

TEST(Gmres, TheResidualIsTheLeastOfItsKrylovSpace) {
    auto const A = convection_diffusion(8, 0.7);
    auto const b = random_vector(64, 4);
    Eigen::MatrixXd const dense = linear::as_eigen(A);
    Eigen::VectorXd const f = Eigen::Map<Eigen::VectorXd const>{b.data(), 64};
    for (int k = 1; k <= 12; ++k) {
        Eigen::MatrixXd const image = dense * poise_test::krylov_basis(dense, f, k);
        double const least = (f - image * image.householderQr().solve(f)).norm();
        std::vector<double> x(64);
        EXPECT_NEAR(linear::gmres(A, b, x, {.max_iterations = k}).residual_norm, least, 1e-12) << k;
    }
}

// For symmetric matrices both have the least residual of the same space.
TEST(Gmres, DoesWhatMinresDoes) {
    auto const A = square(16);
    auto const b = random_vector(256, 5);
    std::vector<double> x(b.size()), y(b.size()), of_minres;
    (void)linear::minres(A, b, x, {.max_iterations = 25, .on_iteration = [&](int, double norm) {
                                       of_minres.push_back(norm);
                                       return true;
                                   }});
    (void)linear::gmres(A, b, y, {.max_iterations = 25, .on_iteration = [&](int k, double norm) {
                                      EXPECT_NEAR(norm, of_minres[static_cast<std::size_t>(k - 1)], 1e-10) << k;
                                      return true;
                                  }});
    EXPECT_LE(distance(x, y), 1e-9);
}

// ‖r_k‖ ≤ (1 - μ² / σ²)^{k/2} ‖r_0‖, μ the least eigenvalue of (A + Aᵀ)/2, σ = ‖A‖₂ (Saad 2003, eq. 6.31).
TEST(Gmres, TakesNoMoreStepsThanItsBound) {
    std::size_t const n = 300;
    auto const A = [&](std::span<double const> x, std::span<double> y) {  // symmetric part 2 + …, of 1 … 3
        for (std::size_t i = 0; i < n; ++i) {
            double const left = i > 0 ? x[i - 1] : 0.0;
            double const right = i + 1 < n ? x[i + 1] : 0.0;
            y[i] = 2.0 * x[i] - 0.5 * (left + right) + 0.8 * (right - left);
        }
    };
    double const mu = 1.0;
    double const sigma = 3.0 + 1.6;  // ‖A‖ ≤ ‖symmetric part‖ + ‖skew part‖
    auto const b = random_vector(n, 6);
    std::vector<double> x(n);
    for (int const restart : {1, 5, 60})
        EXPECT_TRUE(
            linear::gmres(A, b, x,
                          {.rtol = 1e-8,
                           .restart = restart,
                           .on_iteration =
                               [&](int k, double norm) {
                                   EXPECT_LE(norm, std::pow(1.0 - mu * mu / (sigma * sigma), k / 2.0) * norm2(b)) << k;
                                   return true;
                               }}))
            << restart;
}

TEST(Gmres, AgreesWithAFactorisationWhereConvectionIsStrong) {
    for (double const peclet : {0.1, 0.9, 30.0}) {
        auto const A = convection_diffusion(24, peclet);
        auto const b = random_vector(576, 1);
        Eigen::SparseLU<Eigen::SparseMatrix<double>> const factor{Eigen::SparseMatrix<double>{linear::as_eigen(A)}};
        Eigen::VectorXd const direct = factor.solve(Eigen::Map<Eigen::VectorXd const>{b.data(), 576});
        std::vector<double> x(b.size());
        double last = norm2(b);
        auto const report = linear::gmres(A, b, x, {.rtol = 1e-10, .on_iteration = [&](int k, double norm) {
                                                        // But for rounding where a cycle begins.
                                                        EXPECT_LE(norm, last * (1 + 1e-9)) << peclet << ' ' << k;
                                                        last = norm;
                                                        return true;
                                                    }});
        ASSERT_TRUE(report) << peclet << ' ' << report;
        EXPECT_LE(residual_norm(A, x, b), 1e-10 * norm2(b));
        // ‖A⁻¹‖ ≤ 1 / the least eigenvalue of the symmetric part, 8 sin²(π/48) > 18 / 24².
        EXPECT_LE(distance(x, linear::as_span(direct)), 24.0 * 24.0 / 18.0 * 1.01e-10 * norm2(b)) << peclet;
    }
}

// The same method by another hand.
TEST(Gmres, TakesAsManyStepsAsEigens) {
    auto const A = convection_diffusion(20, 0.4);
    auto const b = random_vector(400, 3);
    std::vector<double> x(b.size());
    auto const report = linear::gmres(A, b, x, {.rtol = 1e-8, .restart = 400});
    ASSERT_TRUE(report) << report;
    Eigen::SparseMatrix<double> const same = linear::as_eigen(A);
    Eigen::GMRES<Eigen::SparseMatrix<double>, Eigen::IdentityPreconditioner> theirs{same};
    theirs.setTolerance(1e-8);
    theirs.set_restart(400);
    Eigen::VectorXd const y = theirs.solve(Eigen::Map<Eigen::VectorXd const>{b.data(), 400});
    EXPECT_NEAR(report.iterations, static_cast<double>(theirs.iterations()), 1.0);
    EXPECT_LE(distance(x, linear::as_span(y)), 20.0 * 20.0 / 18.0 * 2.02e-8 * norm2(b));
}

// ‖b - A x‖ of the order of ε (‖A‖ ‖x‖ + ‖b‖), whatever the condition: GMRES is backward stable.
TEST(Gmres, LeavesWhatRoundingLeavesOfIllConditionedSystems) {
    std::size_t const n = 60;
    auto const A = [&](std::span<double const> x, std::span<double> y) {
        for (std::size_t i = 0; i < n; ++i)
            y[i] = std::pow(10.0, -static_cast<double>(i) / 6.0) * (x[i] + (i + 1 < n ? 0.5 * x[i + 1] : 0.0));
    };
    auto const exact = random_vector(n, 9);
    std::vector<double> b(n), x(n);
    A(exact, b);
    auto const report = linear::gmres(A, b, x, {.rtol = 0.0, .restart = 60});
    EXPECT_EQ(report.reason, stop_reason::stagnated) << report;
    EXPECT_LE(report.residual_norm, 60 * report.attainable_residual);
}

TEST(Gmres, APreconditionerMayChangeFromStepToStep) {
    auto const A = convection_diffusion(32, 0.3);
    auto const symmetric = square(32);
    auto const b = random_vector(1024, 2);
    std::vector<double> x(b.size()), y(b.size());
    int n_calls = 0;
    auto const some_steps = [&](std::span<double const> r, std::span<double> z) {
        std::ranges::fill(z, 0.0);
        (void)linear::cg(symmetric, r, z, {.rtol = 1e-12, .max_iterations = 10 + 5 * (n_calls++ % 3)});
    };
    auto const with = linear::gmres(A, b, x, {.rtol = 1e-9}, some_steps);
    auto const without = linear::gmres(A, b, y, {.rtol = 1e-9});
    ASSERT_TRUE(with) << with;
    ASSERT_TRUE(without) << without;
    EXPECT_LT(3 * with.iterations, without.iterations);
    EXPECT_LE(residual_norm(A, x, b), 1e-9 * norm2(b));
}

TEST(Gmres, SaysThatACycleIsTooShort) {
    auto const b = first_unit_vector(12);
    std::vector<double> x(12);
    auto const report = linear::gmres(cyclic_shift, b, x, {.restart = 11});
    EXPECT_EQ(report.reason, stop_reason::breakdown) << report;
    EXPECT_EQ(report.iterations, 11) << "not repeated";
    EXPECT_NE(message_of<linear::not_converged>([&] { report.or_throw(); }).find("longer restart"), std::string::npos);
    auto const longer = linear::gmres(cyclic_shift, b, x, {.restart = 12});
    EXPECT_TRUE(longer) << longer;
    EXPECT_EQ(longer.iterations, 12);
    EXPECT_EQ(x.back(), 1.0);
}

TEST(Gmres, SolvesWhatIsSingularAndHasASolution) {
    auto const A = poise_test::insulated_square(16);
    std::vector<double> b(256), x(256);
    linear::multiply(A, random_vector(256, 6), b);
    EXPECT_TRUE(linear::gmres(A, b, x, {.rtol = 1e-10, .restart = 100}));
    EXPECT_NEAR(sum(x), 0.0, 1e-10 * norm2(x)) << "every iterate is in the range of A";
}

TEST(Gmres, SaysThatASingularSystemHasNoSolution) {
    auto const A = poise_test::insulated_square(16);
    std::vector<double> const constant(256, 1.0);
    std::vector<double> x(256), y(256);
    EXPECT_EQ(linear::gmres(A, constant, x).reason, stop_reason::breakdown);
    EXPECT_EQ(norm2(x), 0.0) << "not moved along the nullspace";
    auto const mixed = random_vector(256, 7);
    auto const report = linear::gmres(A, mixed, y);
    EXPECT_EQ(report.reason, stop_reason::breakdown) << report;
    EXPECT_NEAR(report.residual_norm, std::abs(sum(mixed)) / 16.0, 1e-6) << "least squares: the mean is left";

    auto const nothing = [](std::span<double const>, std::span<double> z) { std::ranges::fill(z, 0.0); };
    x = constant;
    EXPECT_EQ(linear::gmres(nothing, constant, x).reason, stop_reason::breakdown);
    EXPECT_EQ(linear::gmres(square(16), constant, x, {}, nothing).reason, stop_reason::breakdown);
    EXPECT_EQ(x, constant);
}

// The cycle exhausts the Krylov space: R is singular to rounding without a small entry on its diagonal.
TEST(Gmres, FindsTheLeastResidualWhereThereIsNoSolution) {
    auto const check = [](linear::csr_matrix const& A) {
        auto const b = random_vector(static_cast<std::size_t>(A.n_rows()), 8);
        std::vector<double> x(b.size());
        auto const report = linear::gmres(A, b, x, {.rtol = 1e-10, .restart = 1000});
        EXPECT_EQ(report.reason, stop_reason::breakdown) << report;
        Eigen::MatrixXd const dense = linear::as_eigen(A);
        Eigen::VectorXd const f = Eigen::Map<Eigen::VectorXd const>{b.data(), A.n_rows()};
        double const least = (f - dense * dense.completeOrthogonalDecomposition().solve(f)).norm();
        EXPECT_NEAR(report.residual_norm, least, 2e-3 * norm2(b)) << "what steps may lose to rounding";
    };
    check(poise_test::insulated_square(12));
    check(poise_test::shifted(square(10), 3.0));
}

TEST(Gmres, TakesMemoryForTheStepsItTakes) {
    if (!profile::hooks_in_effect()) GTEST_SKIP() << "the sanitizers own the heap";
    auto const A = square(32);
    auto const b = random_vector(1024, 7);
    std::vector<double> x(b.size());
    profile::memory const used;
    EXPECT_EQ(linear::gmres(A, b, x, {.max_iterations = 5, .restart = 1'000'000}).iterations, 5);
    // r, 5 steps and the vectors that the norm of A takes, with their columns and the list of them.
    EXPECT_LE(used.so_far().peak_bytes, 9 * 1024 * sizeof(double));
}

TEST(Gmres, RefusesACycleOfNoSteps) {
    std::vector<double> x(4);
    EXPECT_EQ(message_of<std::invalid_argument>([&] { (void)linear::gmres(square(2), x, x, {.restart = 0}); }),
              "gmres: restart is 0; give a number >= 1");
}
