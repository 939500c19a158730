// SPDX-License-Identifier: MIT
#include "linear/krylov_problems.hpp"
#include "linear/matrices.hpp"
#include "linear/random_vector.hpp"
#include "support/message_of.hpp"

#include <poise/linear/cg.hpp>
#include <poise/linear/chebyshev.hpp>
#include <poise/linear/eigen.hpp>
#include <poise/profile/memory.hpp>

#include <Eigen/Dense>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <stdexcept>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

using namespace poise;
using poise_test::from_dense;
using poise_test::message_of;
using poise_test::random_vector;
using poise_test::square;

namespace {

// Chebyshev's, inside [-1, 1] and beyond.
double polynomial(int degree, double x) {
    if (std::abs(x) <= 1.0) return std::cos(degree * std::acos(x));
    double const value = std::cosh(degree * std::acosh(std::abs(x)));
    return x < 0.0 && degree % 2 == 1 ? -value : value;
}

linear::csr_matrix second_differences(std::size_t n) {
    std::vector<std::vector<double>> dense(n, std::vector<double>(n));
    for (std::size_t i = 0; i < n; ++i) {
        dense[i][i] = 2.0;
        if (i > 0) dense[i][i - 1] = dense[i - 1][i] = -1.0;
    }
    return from_dense(dense);
}

// s A s with a scale for each row.
linear::csr_matrix scaled(linear::csr_matrix A, std::vector<double> const& scales) {
    for (index_t row = 0; row < A.n_rows(); ++row)
        for (auto e = A.row_start()[row]; e < A.row_start()[row + 1]; ++e)
            A.values()[e] *= scales[static_cast<std::size_t>(row)] * scales[static_cast<std::size_t>(A.columns()[e])];
    return A;
}

}  // namespace

static_assert(!std::is_constructible_v<linear::chebyshev, linear::csr_matrix>, "it would be destroyed at once");

// r an eigenvector of D⁻¹A to t: z = (1 - T(θ - t) / T(θ)) / t · D⁻¹ r, with T on the interval (Saad 2003, §12.3.2).
TEST(Chebyshev, DampsEachEigenvectorByItsPolynomial) {
    std::size_t const n = 24;
    auto const A = second_differences(n);
    for (int const degree : {1, 2, 3, 8})
        for (double const ratio : {1.5, 30.0}) {
            linear::chebyshev const M{A, {.degree = degree, .eigenvalue_ratio = ratio}};
            double const upper = M.largest_eigenvalue(), lower = upper / ratio;
            auto const T = [&](double t) { return polynomial(degree, (upper + lower - 2.0 * t) / (upper - lower)); };
            for (int const mode : {1, 4, 23}) {
                double const angle = mode * std::numbers::pi / static_cast<double>(n + 1);
                double const t = 2.0 * std::pow(std::sin(angle / 2.0), 2);
                std::vector<double> r(n), z(n);
                for (std::size_t i = 0; i < n; ++i) r[i] = std::sin(angle * static_cast<double>(i + 1));
                M(r, z);
                // 1/t magnifies rounding, up to 253 times.
                for (std::size_t i = 0; i < n; ++i)
                    EXPECT_NEAR(z[i], (1.0 - T(t) / T(0.0)) / t * r[i] / 2.0, 1e-12) << degree << ' ' << mode;
            }
        }
}

TEST(Chebyshev, EstimatesTheLargestEigenvalueFromAbove) {
    auto const check = [](linear::csr_matrix const& A) {
        Eigen::MatrixXd const dense = linear::as_eigen(A);
        Eigen::VectorXd const root = dense.diagonal().cwiseSqrt().cwiseInverse();
        Eigen::MatrixXd const S = root.asDiagonal() * dense * root.asDiagonal();
        double const exact = Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>{S}.eigenvalues().maxCoeff();
        double const estimated = linear::chebyshev{A}.largest_eigenvalue();
        EXPECT_GE(estimated, exact * (1.0 - 1e-14));
        // What the last Ritz vector leaves: some per cent after 15 steps.
        EXPECT_LE(estimated, 1.1 * exact);
    };
    check(second_differences(200));
    check(square(20));
    check(from_dense({{3}}));
    check(from_dense({{1, 0, 0}, {0, 20, 0}, {0, 0, 300}}));
    check(from_dense({{1, 0.9, -0.9}, {0.9, 1, -0.9}, {-0.9, -0.9, 1}}));
    std::vector<double> scales(400);
    for (std::size_t i = 0; i < scales.size(); ++i) scales[i] = std::pow(10.0, static_cast<double>(i % 9) - 4.0);
    check(scaled(square(20), scales));
    // One eigenvalue far above the rest.
    std::vector<std::vector<double>> dense(40, std::vector<double>(40, 0.5));
    for (std::size_t i = 0; i < dense.size(); ++i) dense[i][i] = 1.0;
    check(from_dense(dense));
}

TEST(Chebyshev, IsSymmetricPositiveDefinite) {
    auto const A = square(8);
    for (int const degree : {1, 2, 3, 4, 9}) {
        Eigen::MatrixXd const M = poise_test::matrix_of(linear::chebyshev{A, {.degree = degree}}, 64);
        EXPECT_LE((M - M.transpose()).norm(), 1e-12 * M.norm());
        EXPECT_GT(Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>{M}.eigenvalues().minCoeff(), 0.0) << degree;
    }
}

// The interval is (least, most] of D⁻¹A, so the error in the norm of A falls by 2 ((√κ - 1)/(√κ + 1))^degree at least.
TEST(Chebyshev, SolvesWhereItsDegreeIsHigh) {
    std::size_t const n = 24;
    auto const A = second_differences(n);
    auto const exact = random_vector(n, 1);
    std::vector<double> r(n), z(n), error(n), A_error(n);
    linear::multiply(A, exact, r);
    double const least = 2.0 * std::pow(std::sin(std::numbers::pi / (2.0 * static_cast<double>(n + 1))), 2);
    double const ratio = linear::chebyshev{A}.largest_eigenvalue() / least;
    auto const energy = [&] {
        linear::multiply(A, error, A_error);
        return std::sqrt(dot(error, A_error));
    };
    error = exact;
    double const before = energy();
    for (int const degree : {10, 40, 120}) {
        linear::chebyshev{A, {.degree = degree, .eigenvalue_ratio = ratio}}(r, z);
        for (std::size_t i = 0; i < n; ++i) error[i] = exact[i] - z[i];
        double const rate = (std::sqrt(ratio) - 1.0) / (std::sqrt(ratio) + 1.0);
        EXPECT_LE(energy(), 2.0 * std::pow(rate, degree) * before * (1.0 + 1e-9)) << degree;
    }
}

TEST(Chebyshev, SavesIterations) {
    std::vector<double> scales(48 * 48);
    for (std::size_t i = 0; i < scales.size(); ++i) scales[i] = 1.0 + static_cast<double>(i % 5);
    auto const A = scaled(square(48), scales);
    auto const b = random_vector(48 * 48, 2);
    std::vector<double> x(b.size()), y(b.size());
    auto const by_diagonal = linear::cg(A, b, x, {}, linear::jacobi{A});
    auto const with = linear::cg(A, b, y, {}, linear::chebyshev{A});
    EXPECT_TRUE(with) << with;
    EXPECT_LT(2 * with.iterations, by_diagonal.iterations);
}

TEST(Chebyshev, AppliesWithoutAllocationAndFromManyThreads) {
    auto const A = square(24);
    linear::chebyshev const M{A};
    auto const r = random_vector(576, 3);
    std::vector<double> z(576, std::numeric_limits<double>::quiet_NaN()), y(576), w(576);
    M(r, z);
    {
        profile::memory const used;
        M(r, y);
        EXPECT_EQ(used.so_far().allocations, 0u);
    }
    EXPECT_EQ(z, y);
    std::jthread other{[&] {
        for (int k = 0; k < 100; ++k) M(r, w);
    }};
    for (int k = 0; k < 100; ++k) M(r, y);
    other.join();
    EXPECT_EQ(z, y);
    EXPECT_EQ(z, w);
    std::vector<double> none;
    auto const empty = from_dense({});
    EXPECT_NO_THROW(linear::chebyshev{empty}(none, none));
}

TEST(Chebyshev, RefusesWhatMakesNoSense) {
    auto const refused = [](linear::csr_matrix const& A, linear::chebyshev_options const& options = {}) {
        return message_of<std::invalid_argument>([&] { linear::chebyshev{A, options}; });
    };
    auto const A = square(2);
    EXPECT_EQ(refused(A, {.degree = 0}), "chebyshev: degree is 0; give a number >= 1");
    EXPECT_EQ(refused(A, {.eigenvalue_ratio = 1.0}), "chebyshev: eigenvalue_ratio is 1; give a number > 1");
    EXPECT_NE(refused(A, {.eigenvalue_ratio = std::numeric_limits<double>::infinity()}).find("inf"), std::string::npos);
    EXPECT_EQ(refused(from_dense({{1, 0}, {0, -2}})),
              "chebyshev: A(1, 1) is -2; a positive definite matrix has a positive diagonal");
    EXPECT_NE(refused(from_dense({{1, 2}, {3, 9}})).find("A is not symmetric"), std::string::npos);
    EXPECT_EQ(refused(from_dense({{1, 0, 0}, {0, 1, 0}})), "chebyshev: A is 2 x 3; it must be square");
    EXPECT_NE(refused(from_dense({{5e-324}})).find("it must have a finite inverse"), std::string::npos);
    std::vector<double> z(2);
    EXPECT_EQ(message_of<std::invalid_argument>([&] { linear::chebyshev{A}(std::vector<double>(4), z); }),
              "chebyshev: of 4 rows, for vectors of 4 and 2 entries");
}
