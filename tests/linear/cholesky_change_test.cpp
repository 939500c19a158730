// SPDX-License-Identifier: MIT
// A factor that becomes the factor of another matrix: of other values, or of A ± C Cᵀ.
#include "linear/matrices.hpp"
#include "linear/random_vector.hpp"
#include "support/message_of.hpp"

#include <poise/core/reductions.hpp>
#include <poise/grid/cartesian.hpp>
#include <poise/linear/cholesky.hpp>
#include <poise/linear/direct_solve.hpp>
#include <poise/linear/neg_laplacian.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <stdexcept>
#include <string>

using namespace poise;
using linear::cholesky_backend;
using poise_test::from_dense;
using poise_test::message_of;
using poise_test::random_spd;
using poise_test::random_vector;
using dense = std::vector<std::vector<double>>;

namespace {

constexpr double eps = std::numeric_limits<double>::epsilon();

std::vector<double> solved(linear::cholesky const& factor, std::vector<double> const& b) {
    std::vector<double> x(b.size());
    factor.solve(b, x);
    return x;
}

dense random_columns(std::mt19937& random, std::size_t n, std::size_t k, unsigned one_in, double scale) {
    std::uniform_real_distribution<double> value{-scale, scale};
    dense C(n, std::vector<double>(k));
    for (auto& row : C)
        for (auto& entry : row) entry = random() % one_in == 0 ? value(random) : 0.0;
    return C;
}

// A + sign C Cᵀ, symmetric to the last bit.
dense changed(dense A, dense const& C, double sign) {
    for (std::size_t i = 0; i < A.size(); ++i)
        for (std::size_t j = 0; j <= i; ++j) {
            for (std::size_t k = 0; k < C[i].size(); ++k) A[i][j] += sign * (C[i][k] * C[j][k]);
            A[j][i] = A[i][j];
        }
    return A;
}

double relative_residual(linear::csr_matrix const& A, std::vector<double> const& x, std::vector<double> const& b) {
    std::vector<double> r(b.size());
    linear::residual(A, x, b, r);
    return norm_max(r) / norm_max(x);
}

// As of a factorisation (Higham 2002, theorem 10.4), and for each column of C some ten roundings more of each number of
// L, which a downdate magnifies by the condition of what is left at most: that is A - C Cᵀ ≥ 1, so ‖A‖.
double bound(std::size_t n, std::size_t k, double norm_A, double condition) {
    auto const nd = static_cast<double>(n), kd = static_cast<double>(k);
    return (3 * nd + 1 + 10 * kd) * eps * nd * norm_A * condition;
}

}  // namespace

class CholeskyChange : public testing::TestWithParam<cholesky_backend> {
protected:
    void SetUp() override {
        if (GetParam() == cholesky_backend::cholmod && !linear::has_cholmod())
            GTEST_SKIP() << "built without SuiteSparse";
    }
};
INSTANTIATE_TEST_SUITE_P(Backends, CholeskyChange, testing::Values(cholesky_backend::cholmod, cholesky_backend::eigen),
                         [](auto const& instance) { return std::string{to_string(instance.param)}; });

TEST_P(CholeskyChange, RefactorsOtherValuesWithTheBitsOfANewFactor) {
    for (std::ptrdiff_t const side : {4, 120}) {  // columns one by one, and supernodes
        grid::cartesian<2> const box{{.cells = {side, side}}};
        auto const A = linear::neg_laplacian(box, {}), B = linear::neg_laplacian(box, {}, 50.0);
        auto const b = random_vector(static_cast<std::size_t>(side * side));
        linear::cholesky factor{A, {.backend = GetParam()}};
        auto const before = solved(factor, b);
        auto const n_entries = factor.n_entries(), bytes = factor.bytes();
        factor.refactor(B);
        EXPECT_EQ(solved(factor, b), solved(linear::cholesky{B, {.backend = GetParam()}}, b));
        factor.refactor(A, linear::input_check::none);
        EXPECT_EQ(solved(factor, b), before);
        EXPECT_EQ(factor.n_entries(), n_entries);
        EXPECT_EQ(factor.bytes(), bytes);
    }
}

TEST_P(CholeskyChange, StaysAsItWasWhenARefactorFails) {
    linear::cholesky factor{from_dense({{4, 1, 0}, {1, 5, 2}, {0, 2, 6}}), {.backend = GetParam()}};
    std::vector<double> const b{1, 2, 3};
    auto const before = solved(factor, b);
    auto const said = [&](linear::csr_matrix const& A) {
        return message_of<std::invalid_argument>([&] { factor.refactor(A); });
    };
    EXPECT_EQ(said(from_dense({{4, 0, 1}, {0, 5, 2}, {1, 2, 6}})),
              "refactor: row 0 of A has column 2, where the matrix factored before has 1; factor it anew");
    EXPECT_EQ(said(from_dense({{4, 1, 0}, {1, 5, 0}, {0, 0, 6}})),
              "refactor: row 1 of A has 2 entries, that of the matrix factored before 3; factor it anew");
    EXPECT_EQ(said(from_dense({{1}})), "refactor: A is 1 x 1, the matrix factored before 3 x 3");
    EXPECT_NE(said(from_dense({{4, 1, 0}, {1, std::nan(""), 2}, {0, 2, 6}})).find("A(1, 1) is nan"), std::string::npos);
    EXPECT_NE(said(from_dense({{4, 1, 0}, {2, 5, 2}, {0, 2, 6}})).find("not symmetric"), std::string::npos);
    EXPECT_THROW(factor.refactor(from_dense({{4, 1, 0}, {1, 5, 9}, {0, 9, 6}})), linear::not_positive_definite);
    EXPECT_EQ(solved(factor, b), before);
    factor.refactor(from_dense({{16, 4, 0}, {4, 20, 8}, {0, 8, 24}}));  // L doubles, to the last bit
    auto const quarter = solved(factor, b);
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(4 * quarter[i], before[i]);
}

TEST_P(CholeskyChange, RefactorsNothing) {
    linear::csr_matrix none{0, 0, 0};
    none.row_start()[0] = 0;
    linear::cholesky factor{none, {.backend = GetParam()}};
    EXPECT_NO_THROW(factor.refactor(none));
    EXPECT_NO_THROW(factor.update(none));
    EXPECT_EQ(factor.n_entries(), 0u);
}

TEST(CholeskyEigen, RefusesAnUpdateAndSaysWhatToDo) {
    linear::cholesky factor{from_dense({{4}}), {.backend = cholesky_backend::eigen}};
    auto const said = message_of<std::invalid_argument>([&] { factor.update(from_dense({{1}})); });
    EXPECT_NE(said.find("refactor() with the matrix that is meant, or choose cholesky_backend::cholmod"),
              std::string::npos)
        << said;
    EXPECT_EQ(solved(factor, {8})[0], 2.0);
}

class CholeskyUpdate : public testing::Test {
protected:
    void SetUp() override {
        if (!linear::has_cholmod()) GTEST_SKIP() << "built without SuiteSparse";
    }
    static linear::cholesky factored(dense const& A) {
        return linear::cholesky{from_dense(A), {.backend = cholesky_backend::cholmod}};
    }
};

TEST_F(CholeskyUpdate, OfASmallMatrixIsExact) {  // A = L Lᵀ, L = [2 0; 1 2]; C Cᵀ = [4 6; 6 9]
    auto factor = factored({{4, 2}, {2, 5}});
    auto const C = from_dense({{2}, {3}});
    factor.update(C);
    auto x = solved(factor, {16, 22});  // [8 8; 8 14] (1, 1)
    EXPECT_NEAR(x[0], 1.0, 1e-14);
    EXPECT_NEAR(x[1], 1.0, 1e-14);
    EXPECT_EQ(factor.n_entries(), 3u);
    factor.downdate(C);
    x = solved(factor, {6, 7});
    EXPECT_NEAR(x[0], 1.0, 1e-14);
    EXPECT_NEAR(x[1], 1.0, 1e-14);
}

// Up to 20 columns are three blocks for CHOLMOD; sparse ones, whose entries are not in L.
TEST_F(CholeskyUpdate, SolvesAsAFactorFromScratch) {
    for (unsigned seed = 0; seed < 60; ++seed) {
        std::mt19937 random{seed};
        std::size_t const n = 1 + random() % 40, k = random() % 21;
        auto const A = random_spd(random, n), C = random_columns(random, n, k, 2 + seed % 8, 1.0);
        auto const sum = changed(A, C, 1.0);
        auto const b = random_vector(n, seed);
        auto factor = factored(A);
        factor.update(from_dense(C));
        auto const scratch = from_dense(sum);
        double const norm = linear::norm_infinity(scratch);
        EXPECT_LE(relative_residual(scratch, solved(factor, b), b), bound(n, k, norm, 1.0)) << "seed " << seed;
        factor.downdate(from_dense(C));
        EXPECT_LE(relative_residual(from_dense(A), solved(factor, b), b), bound(n, 2 * k, norm, norm))
            << "seed " << seed;
        factor.refactor(from_dense(A));
        EXPECT_EQ(solved(factor, b), solved(factored(A), b)) << "seed " << seed;
    }
}

TEST_F(CholeskyUpdate, ChangesSupernodesToo) {
    std::ptrdiff_t const side = 120, n = side * side;
    auto const A = linear::neg_laplacian(grid::cartesian<2>{{.cells = {side, side}}}, {});
    linear::cholesky factor{A, {.backend = cholesky_backend::cholmod}};
    auto const n_entries = factor.n_entries();
    auto const b = random_vector(static_cast<std::size_t>(n));
    // Springs between corners of the square, far apart in A: (e_i - e_j)(e_i - e_j)ᵀ each.
    std::vector<std::pair<index_t, index_t>> const springs{{0, 14399}, {119, 14280}, {7, 7000}};
    linear::csr_matrix C{static_cast<std::size_t>(n), springs.size(), 2 * springs.size()};
    index_t entry = 0;
    for (index_t row = 0; row < n; ++row) {
        C.row_start()[row] = entry;
        for (std::size_t s = 0; s < springs.size(); ++s)
            if (springs[s].first == row || springs[s].second == row) {
                C.columns()[entry] = static_cast<index_t>(s);
                C.values()[entry++] = springs[s].first == row ? 300.0 : -300.0;
            }
    }
    C.row_start()[n] = entry;
    factor.update(C);
    EXPECT_GT(factor.n_entries(), 14400u);
    EXPECT_NE(factor.n_entries(), n_entries);
    auto const x = solved(factor, b);
    // The residual by A and C, each as it is. ‖|L||Lᵀ|‖ of an M-matrix is ‖A‖, so that of Higham's bound the number of
    // entries in a row of L is what is left of n, below 1000 here.
    std::vector<double> r(b.size());
    linear::residual(A, x, b, r);
    for (auto const& [i, j] : springs) {
        double const pull = 300.0 * (x[i] - x[j]) * 300.0;
        r[i] -= pull;
        r[j] += pull;
    }
    EXPECT_LE(norm_max(r), 3000 * eps * (linear::norm_infinity(A) + 2 * 9e4) * norm_max(x));
    // Many right-hand sides by L D Lᵀ have its bits, too.
    std::vector<double> X(2 * b.size());
    auto const B = random_vector(X.size(), 3);
    factor.solve(ndspan<double const, 2>{B.data(), {n, 2}}, ndspan<double, 2>{X.data(), {n, 2}});
    EXPECT_EQ(solved(factor, {B.begin() + n, B.end()}), (std::vector<double>{X.begin() + n, X.end()}));
    factor.refactor(A);
    EXPECT_EQ(factor.n_entries(), n_entries);
}

TEST_F(CholeskyUpdate, StaysAsItWasWhenADowndateFails) {
    auto const said = [](linear::cholesky& factor, dense const& C) {
        return message_of<linear::not_positive_definite>([&] { factor.downdate(from_dense(C)); });
    };
    auto small = factored({{4, 2}, {2, 5}});
    EXPECT_EQ(
        said(small, {{3}, {0}}),
        "downdate: A - C C' of 2 rows is not positive definite (a pivot becomes -5); the factor is still that of A");
    auto one = factored({{4}});
    EXPECT_NE(said(one, {{2}}).find("a pivot becomes 0"), std::string::npos);
    EXPECT_NEAR(solved(small, {6, 7})[1], 1.0, 1e-14);
    for (unsigned seed = 0; seed < 40; ++seed) {
        std::mt19937 random{seed};
        std::size_t const n = 2 + random() % 40, k = 1 + random() % 20;
        auto const A = random_spd(random, n);
        auto C = random_columns(random, n, k, 4, 0.1);
        C[random() % n].back() = 100.0;  // the last column takes too much, after others have been taken
        auto const b = random_vector(n, seed);
        auto factor = factored(A);
        auto const fresh = solved(factor, b);
        EXPECT_THROW(factor.downdate(from_dense(C)), linear::not_positive_definite) << "seed " << seed;
        EXPECT_EQ(solved(factor, b), fresh) << "seed " << seed;
        auto const gain = random_columns(random, n, 2, 3, 1.0);
        factor.update(from_dense(gain));
        auto const before = solved(factor, b);
        for (int twice = 0; twice < 2; ++twice) {
            EXPECT_THROW(factor.downdate(from_dense(C)), linear::not_positive_definite) << "seed " << seed;
            EXPECT_EQ(solved(factor, b), before) << "seed " << seed;
        }
        factor.update(from_dense(C));
        auto const sum = from_dense(changed(changed(A, gain, 1.0), C, 1.0));
        EXPECT_LE(relative_residual(sum, solved(factor, b), b), bound(n, k + 2, linear::norm_infinity(sum), 1.0))
            << "seed " << seed;
    }
}

TEST_F(CholeskyUpdate, GrowsAnEmptyStructure) {  // A diagonal matrix becomes full, a column at a time
    std::size_t const n = 60;
    dense A(n, std::vector<double>(n));
    for (std::size_t i = 0; i < n; ++i) A[i][i] = 2.0;
    auto factor = factored(A);
    auto const b = random_vector(n);
    for (std::size_t k = 0; k < 10; ++k) {
        dense C(n, std::vector<double>(1));
        for (std::size_t i = k; i < n; i += 1 + k) C[i][0] = 1.0 / static_cast<double>(i + 1);
        A = changed(A, C, 1.0);
        factor.update(from_dense(C));
        auto const sum = from_dense(A);
        EXPECT_LE(relative_residual(sum, solved(factor, b), b), bound(n, k + 1, linear::norm_infinity(sum), 1.0)) << k;
    }
    EXPECT_EQ(factor.n_entries(), n * (n + 1) / 2);
}

TEST_F(CholeskyUpdate, RefusesRubbishBeforeTouchingIt) {
    auto factor = factored({{4, 2}, {2, 5}});
    auto const said = [&](linear::csr_matrix const& C) {
        return message_of<std::invalid_argument>([&] { factor.update(C); });
    };
    EXPECT_EQ(said(from_dense({{1}, {2}, {3}})), "the factor has 2 rows, but C is 3 x 1");
    EXPECT_EQ(said(from_dense({{1}, {std::nan("")}})), "update: of C taken as A, A(1, 0) is nan; it must be finite");
    auto const overflow = message_of<poise::error>([&] { factor.update(from_dense({{1e200}, {1}})); });
    EXPECT_NE(overflow.find("update: a pivot of A + C C' becomes "), std::string::npos) << overflow;
    EXPECT_NEAR(solved(factor, {6, 7})[1], 1.0, 1e-14);
    factor.update(from_dense({{0}, {0}}));  // columns without entries change nothing
    EXPECT_NEAR(solved(factor, {6, 7})[0], 1.0, 1e-14);
}

TEST_F(CholeskyUpdate, IsRefinedByADirectSolve) {
    auto factor = factored({{4, 2}, {2, 5}});
    factor.update(from_dense({{1e5}, {1e5}}));
    factor.downdate(from_dense({{1e5}, {1e5}}));  // six of sixteen digits are left
    std::vector<double> x(2);
    auto const A = from_dense({{4, 2}, {2, 5}});
    auto const report = linear::direct_solve(factor, A, std::vector<double>{6, 7}, x, {.rtol = 1e-15});
    EXPECT_TRUE(report) << report;
    EXPECT_GE(report.iterations, 1);
}
