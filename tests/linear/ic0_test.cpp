// SPDX-License-Identifier: MIT
#include "linear/krylov_problems.hpp"
#include "linear/matrices.hpp"
#include "linear/random_vector.hpp"
#include "support/message_of.hpp"

#include <poise/linear/cg.hpp>
#include <poise/linear/eigen.hpp>
#include <poise/linear/ic0.hpp>
#include <poise/linear/ilu0.hpp>
#include <poise/profile/memory.hpp>

#include <Eigen/Dense>
#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

using namespace poise;
using poise_test::from_dense;
using poise_test::message_of;
using poise_test::random_vector;
using poise_test::square;

namespace {

// Symmetric positive definite, but its third pivot without fill is -1 (Kershaw 1978, J. Comput. Phys. 26, 43).
linear::csr_matrix kershaw() { return from_dense({{3, -2, 0, 2}, {-2, 3, -2, 0}, {0, -2, 3, -2}, {2, 0, -2, 3}}); }

}  // namespace

TEST(Ic0, IsTheInverseWhereNothingFillsIn) {
    auto const exact = [](linear::csr_matrix const& A, std::vector<double> const& x) {
        std::vector<double> r(x.size()), z(x.size());
        linear::multiply(A, x, r);
        linear::ic0 const M{A};
        M(r, z);
        EXPECT_EQ(M.shift(), 0.0);
        for (std::size_t i = 0; i < x.size(); ++i) EXPECT_NEAR(z[i], x[i], 1e-14) << i;
    };
    exact(from_dense({{2, 1, 0, 0}, {1, 4, 1, 0}, {0, 1, 5, -2}, {0, 0, -2, 2}}), {1, 2, 3, 4});
    exact(from_dense({{4, 0, 1}, {0, 4, 1}, {1, 1, 8}}), {1, 2, 3});
    exact(from_dense({}), {});
}

// Of a symmetric matrix both factorisations are the same, L Lᵀ = L U, which ilu0's test compares with A.
TEST(Ic0, EqualsIlu0) {
    auto const A = square(24);
    linear::ic0 const M{A};
    EXPECT_EQ(M.shift(), 0.0);
    auto const r = random_vector(576, 1);
    std::vector<double> z(576), y(576);
    M(r, z);
    linear::ilu0{A}(r, y);
    EXPECT_LE(poise_test::distance(z, y), 1e-13 * norm2(y));
}

TEST(Ic0, SavesIterations) {
    auto const A = square(64);
    auto const b = random_vector(64 * 64, 2);
    std::vector<double> x(b.size()), y(b.size());
    auto const plain = linear::cg(A, b, x);
    auto const with = linear::cg(A, b, y, {}, linear::ic0{A});
    EXPECT_TRUE(with) << with;
    EXPECT_LT(2 * with.iterations, plain.iterations);
}

TEST(Ic0, ShiftsTheDiagonalUntilThePivotsArePositive) {
    auto const A = kershaw();
    linear::ic0 const M{A};
    EXPECT_GE(M.shift(), 1e-3);
    EXPECT_LT(M.shift(), 1.0) << "1 makes the diagonal dominate nearly";
    Eigen::MatrixXd const LLt = poise_test::matrix_of(M, 4);
    Eigen::MatrixXd const dense = linear::as_eigen(A);
    for (Eigen::Index i = 0; i < 4; ++i)
        for (Eigen::Index j = 0; j < 4; ++j)
            if (dense(i, j) != 0.0) {
                EXPECT_NEAR(LLt(i, j), (i == j ? 1.0 + M.shift() : 1.0) * dense(i, j), 1e-12) << i << ' ' << j;
            }
    EXPECT_GT(Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>{LLt}.eigenvalues().minCoeff(), 0.0);
    std::vector<double> x(4);
    EXPECT_TRUE(linear::cg(A, std::vector<double>{1, 2, 3, 4}, x, {}, M));
    EXPECT_GT(linear::ic0{from_dense({{1, 3}, {3, 1}})}.shift(), 2.0) << "indefinite: until 1 + shift > 3";
    EXPECT_EQ(linear::ic0{from_dense({{1, -1}, {-1, 1}})}.shift(), 1e-3) << "singular";
    EXPECT_EQ(linear::ic0{poise_test::insulated_square(8)}.shift(), 0.0) << "singular, but L Lᵀ is not";
}

TEST(Ic0, AppliesWithoutAllocation) {
    auto const A = square(20);
    linear::ic0 const M{A};
    EXPECT_GT(A.bytes(), M.bytes());
    auto const r = random_vector(400, 3);
    std::vector<double> z(400, std::numeric_limits<double>::quiet_NaN());
    profile::memory const used;
    M(r, z);
    EXPECT_EQ(used.so_far().allocations, 0u);
    EXPECT_EQ(first_not_finite(z), std::nullopt);
}

TEST(Ic0, RefusesWhatCannotBePositiveDefinite) {
    auto const refused = [](linear::csr_matrix const& A) {
        return message_of<std::invalid_argument>([&] { linear::ic0{A}; });
    };
    EXPECT_EQ(refused(from_dense({{1, 0}, {0, -2}})),
              "ic0: A(1, 1) is -2; a positive definite matrix has a positive diagonal");
    EXPECT_EQ(refused(from_dense({{1, 2}, {2, 0}})),
              "ic0: A(1, 1) is not stored; a positive definite matrix has a positive diagonal");
    EXPECT_NE(refused(from_dense({{1, 2}, {3, 9}})).find("A is not symmetric"), std::string::npos);
    EXPECT_EQ(refused(from_dense({{1, 0, 0}, {0, 1, 0}})), "ic0: A is 2 x 3; it must be square");
    auto wrong = from_dense({{1, 2}, {2, 9}});
    wrong.values()[0] = std::numeric_limits<double>::infinity();
    EXPECT_NE(refused(wrong).find("A(0, 0) is inf"), std::string::npos);
    EXPECT_NE(refused(from_dense({{1e308, 1.7e308}, {1.7e308, 1e308}})).find("scale A"), std::string::npos);
    std::vector<double> z(2);
    EXPECT_EQ(message_of<std::invalid_argument>([&] { linear::ic0{kershaw()}(std::vector<double>(4), z); }),
              "ic0: of 4 rows, for vectors of 4 and 2 entries");
}
