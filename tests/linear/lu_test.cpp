// SPDX-License-Identifier: MIT
#include "linear/matrices.hpp"
#include "linear/random_vector.hpp"
#include "support/message_of.hpp"

#include <poise/core/reductions.hpp>
#include <poise/grid/cartesian.hpp>
#include <poise/linear/lu.hpp>
#include <poise/linear/neg_laplacian.hpp>
#include <poise/linear/nested_dissection.hpp>

#include <Eigen/Dense>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <stdexcept>
#include <thread>

using namespace poise;
using linear::lu_backend;
using poise_test::from_dense;
using poise_test::message_of;
using poise_test::random_vector;
using dense = std::vector<std::vector<double>>;

namespace {

constexpr double eps = std::numeric_limits<double>::epsilon();

std::vector<double> solved(linear::lu const& factor, std::vector<double> const& b) {
    std::vector<double> x(b.size());
    factor.solve(b, x);
    return x;
}
std::vector<double> solved_transposed(linear::lu const& factor, std::vector<double> const& b) {
    std::vector<double> x(b.size());
    factor.solve_transposed(b, x);
    return x;
}

dense transposed(dense const& A) {
    dense T(A.size(), std::vector<double>(A.size()));
    for (std::size_t i = 0; i < A.size(); ++i)
        for (std::size_t j = 0; j < A.size(); ++j) T[j][i] = A[i][j];
    return T;
}

Eigen::MatrixXd to_eigen(dense const& A) {
    auto const n = static_cast<Eigen::Index>(A.size());
    Eigen::MatrixXd M(n, n);
    for (Eigen::Index i = 0; i < n; ++i)
        for (Eigen::Index j = 0; j < n; ++j) M(i, j) = A[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)];
    return M;
}

// Sparse, without symmetry, and with a diagonal that is no better than the rest.
dense random_matrix(std::mt19937& random, std::size_t n) {
    std::uniform_real_distribution<double> value{-1, 1};
    dense A(n, std::vector<double>(n));
    for (auto& row : A)
        for (auto& entry : row) entry = random() % 5 == 0 ? value(random) : 0.0;
    std::vector<std::size_t> place(n);  // a permutation that makes it structurally regular
    for (std::size_t i = 0; i < n; ++i) place[i] = i;
    std::shuffle(place.begin(), place.end(), random);
    for (std::size_t i = 0; i < n; ++i) A[i][place[i]] = value(random) + (random() % 2 == 0 ? 2.0 : -2.0);
    return A;
}

// ‖b − A x‖_∞ of a backward stable solve: threshold pivoting bounds |L| by 10, and growth stays modest in practice:
// ‖|L||U|‖ ≤ 10 n g ‖A‖ with g of some tens (Higham (2002), theorem 9.3 and §9.4).
void expect_small_residual(dense const& A, std::vector<double> const& x, std::vector<double> const& b,
                           std::string const& what) {
    auto const csr = from_dense(A);
    std::vector<double> r(b.size());
    linear::residual(csr, x, b, r);
    double const n = static_cast<double>(b.size());
    EXPECT_LE(norm_max(r), 100 * n * eps * (linear::norm_infinity(csr) * norm_max(x) + norm_max(b))) << what;
}

// −Δ + w·∇ on the unit square, upwind: an M-matrix without symmetry.
linear::csr_matrix upwind(std::ptrdiff_t n, double wx, double wy) {
    auto A = linear::neg_laplacian(grid::cartesian<2>{{.cells = {n, n}}}, {});
    double const over_h = static_cast<double>(n);
    for (index_t row = 0; row < A.n_rows(); ++row)
        for (index_t e = A.row_start()[row]; e < A.row_start()[row + 1]; ++e) {
            index_t const offset = A.columns()[e] - row;
            if (offset == 0) A.values()[e] += (wx + wy) * over_h;
            if (offset == -1) A.values()[e] -= wx * over_h;
            if (offset == -static_cast<index_t>(n)) A.values()[e] -= wy * over_h;
        }
    return A;
}

}  // namespace

class Lu : public testing::TestWithParam<lu_backend> {
protected:
    void SetUp() override {
        if (GetParam() == lu_backend::umfpack && !linear::has_umfpack()) GTEST_SKIP() << "built without UMFPACK";
    }
    [[nodiscard]] linear::lu factored(dense const& A) const {
        return linear::lu{from_dense(A), {.backend = GetParam()}};
    }
    [[nodiscard]] linear::singular_matrix refused(dense const& A) const {
        try {
            (void)factored(A);
        } catch (linear::singular_matrix const& e) {
            return e;
        }
        return {"(nothing was thrown)", -7, -7};
    }
};
INSTANTIATE_TEST_SUITE_P(Backends, Lu, testing::Values(lu_backend::umfpack, lu_backend::eigen),
                         [](auto const& instance) { return std::string{to_string(instance.param)}; });

TEST_P(Lu, SolvesASmallSystemExactly) {  // all factors are integers or halves
    linear::lu const factor = factored({{0, 2, 1}, {4, 0, 2}, {2, 2, 0}});
    EXPECT_EQ(factor.n_rows(), 3);
    EXPECT_EQ(factor.backend(), GetParam());
    EXPECT_GE(factor.n_entries(), 6u);
    EXPECT_GT(factor.bytes(), 6 * sizeof(double));
    auto const x = solved(factor, {7, 10, 6}), y = solved_transposed(factor, {14, 8, 5});
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_NEAR(x[i], (std::vector{1.0, 2.0, 3.0})[i], 8 * eps);
        EXPECT_NEAR(y[i], (std::vector{1.0, 2.0, 3.0})[i], 8 * eps);
    }
}

TEST_P(Lu, AgreesWithDenseLuOnRandomMatrices) {
    for (unsigned seed = 0; seed < 60; ++seed) {
        std::mt19937 random{seed};
        std::size_t const n = 1 + random() % 60;
        auto const A = random_matrix(random, n);
        auto const factor = factored(A);
        auto const b = random_vector(n, seed);
        auto const x = solved(factor, b), y = solved_transposed(factor, b);
        auto const what = "seed " + std::to_string(seed);
        expect_small_residual(A, x, b, what);
        expect_small_residual(transposed(A), y, b, what + ", transposed");

        Eigen::MatrixXd const M = to_eigen(A);
        Eigen::VectorXd const exact =
            M.partialPivLu().solve(Eigen::Map<Eigen::VectorXd const>{b.data(), static_cast<Eigen::Index>(n)});
        double const condition =
            M.cwiseAbs().rowwise().sum().maxCoeff() * M.inverse().cwiseAbs().rowwise().sum().maxCoeff();
        double error = 0.0;
        for (std::size_t i = 0; i < n; ++i)
            error = std::max(error, std::abs(x[i] - exact[static_cast<Eigen::Index>(i)]));
        // The residuals above, through the inverse.
        EXPECT_LE(error, 200 * static_cast<double>(n) * eps * condition * norm_max(x)) << what;
    }
}

TEST_P(Lu, EstimatesTheConditionOfTheScaledMatrix) {
    for (unsigned seed = 0; seed < 40; ++seed) {
        std::mt19937 random{seed};
        std::size_t const n = 2 + random() % 30;
        auto A = random_matrix(random, n);
        // Largest entries of rows, then of columns, to between 1 and 2, as lu does it.
        auto const to_one = [](double largest) { return std::ldexp(1.0, -std::ilogb(largest)); };
        Eigen::MatrixXd S = to_eigen(A);
        for (Eigen::Index i = 0; i < S.rows(); ++i) S.row(i) *= to_one(S.row(i).cwiseAbs().maxCoeff());
        for (Eigen::Index j = 0; j < S.cols(); ++j) S.col(j) *= to_one(S.col(j).cwiseAbs().maxCoeff());
        double const exact =
            1.0 / (S.cwiseAbs().rowwise().sum().maxCoeff() * S.inverse().cwiseAbs().rowwise().sum().maxCoeff());
        double const rcond = factored(A).rcond();
        EXPECT_GE(rcond, exact * (1 - 1e-10)) << "seed " << seed;  // a lower bound of the inverse's norm
        EXPECT_LE(rcond, 3 * exact) << "seed " << seed;            // the factor that the docstring names
    }
    EXPECT_EQ(factored({{1, 0}, {0, 1}}).rcond(), 1.0);
    EXPECT_EQ(factored({{3, 0}, {0, 0x1p-600}}).rcond(), 2.0 / 3.0);  // scaled: 1.5 and 1
}

TEST_P(Lu, SolvesAdvectionAndDiffusion) {
    auto const A = upwind(40, 300.0, -0.0 + 20.0);
    auto const order = linear::nested_dissection<2>({40, 40});
    for (bool const is_given : {false, true}) {
        linear::lu const factor{A,
                                {.backend = GetParam(),
                                 .ordering = is_given ? std::span<index_t const>{order} : std::span<index_t const>{}}};
        auto const b = random_vector(1600, 3);
        auto const x = solved(factor, b), y = solved_transposed(factor, b);
        std::vector<double> r(1600);
        linear::residual(A, x, b, r);
        // An M-matrix, dominated by its diagonal: elimination does not grow.
        EXPECT_LE(norm_max(r), 1600 * eps * linear::norm_infinity(A) * norm_max(x)) << is_given;
        std::vector<double> Ax(1600);
        linear::multiply(A, x, Ax);  // yᵀ (A x) = (Aᵀ y)ᵀ x
        EXPECT_NEAR(dot(y, Ax), dot(b, x), 1600 * 1600 * eps * norm2(b) * norm2(x));
    }
}

TEST_P(Lu, SolvesASaddlePoint) {  // [A Bᵀ; B 0]: symmetric, indefinite, zeros on the diagonal
    std::mt19937 random{5};
    std::uniform_real_distribution<double> value{-1, 1};
    constexpr std::size_t n = 30, m = 12;
    dense K(n + m, std::vector<double>(n + m));
    for (std::size_t i = 0; i < n; ++i) K[i][i] = 1.0 + std::abs(value(random));
    for (std::size_t i = 0; i < m; ++i)
        for (std::size_t j = 0; j < n; ++j)
            if (j % m == i || random() % 4 == 0) K[n + i][j] = K[j][n + i] = value(random) + (j == i ? 3.0 : 0.0);
    auto const b = random_vector(n + m, 7);
    expect_small_residual(K, solved(factored(K), b), b, "saddle point");
    expect_small_residual(K, solved_transposed(factored(K), b), b, "saddle point, transposed");
}

TEST_P(Lu, SolvesRowsAndColumnsOfAnyScale) {  // D A E x = D b for D, E of 2^±500, about 1e±150: x = E⁻¹ A⁻¹ b
    for (unsigned seed = 0; seed < 20; ++seed) {
        std::mt19937 random{seed};
        std::size_t const n = 3 + random() % 20;
        auto A = random_matrix(random, n);
        auto const b = random_vector(n, seed);
        auto const plain = solved(factored(A), b);
        auto scaled = A;
        std::vector<double> scaled_b(n);
        std::vector<int> rows(n), columns(n);
        for (std::size_t i = 0; i < n; ++i) {
            rows[i] = static_cast<int>(random() % 1001) - 500;
            columns[i] = seed % 2 == 0 ? 0 : static_cast<int>(random() % 401) - 200;
        }
        for (std::size_t i = 0; i < n; ++i) {
            scaled_b[i] = std::ldexp(b[i], rows[i]);
            for (std::size_t j = 0; j < n; ++j) scaled[i][j] = std::ldexp(A[i][j], rows[i] + columns[j]);
        }
        auto const factor = factored(scaled);
        auto const x = solved(factor, scaled_b);
        double const rcond = factor.rcond();
        // With columns as they are the equilibrated matrix is the same, and with it every bit.
        for (std::size_t j = 0; j < n; ++j) {
            double const got = std::ldexp(x[j], columns[j]);
            if (seed % 2 == 0)
                EXPECT_EQ(got, plain[j]) << "seed " << seed;
            else
                EXPECT_NEAR(got, plain[j], 300 * static_cast<double>(n) * eps / rcond * norm_max(plain))
                    << "seed " << seed;
        }
    }
}

TEST_P(Lu, OverflowsOnlyWhereTheSolutionDoes) {
    auto const small = factored({{1e-300, 0}, {0, 1e300}});
    EXPECT_NEAR(solved(small, {1e-300, 1e300})[0], 1.0, 4 * eps);
    EXPECT_EQ(solved(small, {1e300, 1.0})[0], std::numeric_limits<double>::infinity());
    EXPECT_NEAR(solved(small, {0.0, 1e-10})[1] * 1e300 * 1e10, 1.0, 1e-13);  // 1e-310 has 14 digits
}

TEST_P(Lu, SolvesManyRightHandSidesAndInPlace) {
    std::mt19937 random{11};
    auto const factor = factored(random_matrix(random, 25));
    auto const B = random_vector(75);
    std::vector<double> X(75);
    factor.solve(ndspan<double const, 2>{B.data(), {25, 3}}, ndspan<double, 2>{X.data(), {25, 3}});
    for (std::size_t k = 0; k < 3; ++k) {
        std::vector<double> b(B.begin() + 25 * static_cast<std::ptrdiff_t>(k),
                              B.begin() + 25 * static_cast<std::ptrdiff_t>(k + 1));
        auto const x = solved(factor, b);
        EXPECT_TRUE(std::equal(x.begin(), x.end(), X.begin() + 25 * static_cast<std::ptrdiff_t>(k)));
        factor.solve(b, b);
        EXPECT_EQ(b, x);
    }
    auto const transposed_alone = solved_transposed(factor, {B.begin(), B.begin() + 25});
    X = B;
    factor.solve_transposed(ndspan<double const, 2>{X.data(), {25, 3}}, ndspan<double, 2>{X.data(), {25, 3}});
    EXPECT_TRUE(std::equal(transposed_alone.begin(), transposed_alone.end(), X.begin()));
    auto const said = message_of<std::invalid_argument>([&] {
        factor.solve(ndspan<double const, 2>{B.data(), {24, 3}}, ndspan<double, 2>{X.data(), {24, 3}});
    });
    EXPECT_NE(said.find("25 rows, but B is 24 x 3"), std::string::npos) << said;
}

TEST_P(Lu, SaysWhichRowOrColumnIsEmpty) {
    auto const row = refused({{1, 2, 3}, {0, 0, 0}, {4, 5, 7}});
    EXPECT_EQ(row.row(), 1);
    EXPECT_EQ(row.column(), linear::singular_matrix::unknown);
    EXPECT_STREQ(row.what(), "LU: row 1 of A has no entry but zeros");
    auto const column = refused({{1, 2, 0}, {3, 1, 0}, {4, 5, 0}});
    EXPECT_EQ(column.column(), 2);
    EXPECT_STREQ(column.what(), "LU: column 2 of A has no entry but zeros");
    linear::csr_matrix zeros{1, 1, 1};  // a zero that is stored is one all the same
    zeros.row_start()[0] = 0, zeros.row_start()[1] = 1, zeros.columns()[0] = 0, zeros.values()[0] = 0.0;
    EXPECT_THROW((linear::lu{zeros, {.backend = GetParam()}}), linear::singular_matrix);
}

TEST_P(Lu, SaysWhichRowHasNoPivotLeft) {
    auto const structural =
        refused({{1, 0, 0, 2}, {3, 0, 0, 4}, {5, 0, 0, 6}, {1, 2, 3, 4}});  // three rows, two columns
    EXPECT_GE(structural.row(), 0) << structural.what();
    EXPECT_LT(structural.row(), 3) << structural.what();
    auto const numerical = refused({{1, 2, 0}, {2, 4, 0}, {0, 0, 1}});
    EXPECT_TRUE(numerical.row() == 0 || numerical.row() == 1) << numerical.what();
    EXPECT_NE(std::string{numerical.what()}.find("the 3 x 3 matrix is singular: row "), std::string::npos);
    for (unsigned seed = 0; seed < 30; ++seed) {  // row k is exactly twice row l: nothing else may be blamed
        std::mt19937 random{seed};
        std::size_t const n = 3 + random() % 20, k = random() % n, l = (k + 1 + random() % (n - 1)) % n;
        auto A = random_matrix(random, n);
        for (std::size_t j = 0; j < n; ++j) A[k][j] = 2 * A[l][j];
        if (norm_max(A[k]) == 0.0) continue;
        auto const found = refused(A);
        if (found.row() == -7) {  // rounding left a pivot: the estimate tells
            EXPECT_LT(factored(A).rcond(), static_cast<double>(n) * eps) << "seed " << seed;
        } else if (found.column() < 0) {
            // Rows of one pattern, equal to scale: one of them is eliminated exactly by the other, unless a third row
            // went first and rounded; then any row may be left.
            EXPECT_GE(found.row(), 0) << "seed " << seed;
            EXPECT_LT(found.row(), static_cast<index_t>(n)) << "seed " << seed;
        }
    }
}

TEST_P(Lu, TellsAMatrixThatIsNearlySingular) {
    linear::lu const nearly = factored({{0.1, 0.2}, {0.3, 0.6 * (1 + 2 * eps)}});
    EXPECT_LT(nearly.rcond(), 4 * eps);
    linear::lu const hilbert = [&] {  // order 14: condition about 1e19 in exact arithmetic
        dense H(14, std::vector<double>(14));
        for (std::size_t i = 0; i < 14; ++i)
            for (std::size_t j = 0; j < 14; ++j) H[i][j] = 1.0 / static_cast<double>(i + j + 1);
        return factored(H);
    }();
    EXPECT_LT(hilbert.rcond(), 1e-15);
    EXPECT_GT(factored({{0.1, 0.2}, {0.3, 0.5}}).rcond(), 0.01);
}

TEST_P(Lu, RefactorsOtherValues) {
    std::mt19937 random{21};
    auto const A = random_matrix(random, 40);
    auto B = A;
    std::uniform_real_distribution<double> value{0.5, 2.0};
    for (auto& row : B)
        for (auto& entry : row) entry *= value(random);
    auto const b = random_vector(40);
    auto factor = factored(A);
    auto const before = solved(factor, b);
    factor.refactor(from_dense(B));
    auto const x = solved(factor, b);
    expect_small_residual(B, x, b, "other values");
    factor.refactor(from_dense(A));
    EXPECT_EQ(solved(factor, b), before);
}

TEST_P(Lu, StaysAsItWasWhenARefactorFails) {
    auto factor = factored({{1, 2, 0}, {3, 4, 1}, {0, 1, 1}});
    std::vector<double> const b{1, 2, 3};
    auto const before = solved(factor, b);
    double const rcond = factor.rcond();
    auto const said = [&](linear::csr_matrix const& A) {
        return message_of<std::invalid_argument>([&] { factor.refactor(A); });
    };
    EXPECT_EQ(said(from_dense({{1, 0, 2}, {3, 4, 1}, {0, 1, 1}})),
              "refactor: row 0 of A has column 2, where the matrix factored before has 1; factor it anew");
    EXPECT_EQ(said(from_dense({{1, 2, 0}, {3, 4, 0}, {0, 1, 1}})),
              "refactor: row 1 of A has 2 entries, that of the matrix factored before 3; factor it anew");
    EXPECT_EQ(said(from_dense({{1, 2}, {3, 4}})), "refactor: A is 2 x 2, the matrix factored before 3 x 3");
    EXPECT_NE(said(from_dense({{1, std::nan(""), 0}, {3, 4, 1}, {0, 1, 1}})).find("A(0, 1) is nan"), std::string::npos);
    EXPECT_THROW(factor.refactor(from_dense({{1, 1, 0}, {1, 2, 1}, {0, 1, 1}})), linear::singular_matrix);
    EXPECT_EQ(solved(factor, b), before);
    EXPECT_EQ(factor.rcond(), rcond);
}

TEST_P(Lu, RefusesRubbishBeforeTouchingIt) {
    double const nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
    auto const refuse = [&](linear::csr_matrix const& A, linear::lu_options options = {}) {
        options.backend = GetParam();
        return message_of<std::invalid_argument>([&] { linear::lu const f{A, options}; });
    };
    EXPECT_EQ(refuse(from_dense({{1, 2, 3}, {4, 5, 6}})), "LU: A is 2 x 3; it must be square");
    EXPECT_NE(refuse(from_dense({{1, 2}, {3, nan}})).find("A(1, 1) is nan"), std::string::npos);
    EXPECT_NE(refuse(from_dense({{1, inf}, {3, 4}})).find("A(0, 1) is inf"), std::string::npos);
    std::vector<index_t> const twice{0, 0}, few{0};
    EXPECT_NE(refuse(from_dense({{4, 1}, {1, 4}}), {.ordering = twice}).find("0 is out of range or comes twice"),
              std::string::npos);
    EXPECT_NE(refuse(from_dense({{4, 1}, {1, 4}}), {.ordering = few}).find("the ordering has 1 entries"),
              std::string::npos);
    auto const good = factored({{4, 1}, {1, 4}});
    std::vector<double> three(3);
    EXPECT_NE(message_of<std::invalid_argument>([&] { good.solve(three, three); }).find("2 rows, but b has 3"),
              std::string::npos);
}

TEST_P(Lu, OfNothingIsNothing) {
    linear::csr_matrix none{0, 0, 0};
    none.row_start()[0] = 0;
    linear::lu factor{none, {.backend = GetParam()}};
    EXPECT_EQ(factor.n_rows(), 0);
    EXPECT_EQ(factor.rcond(), 1.0);
    EXPECT_EQ(factor.n_entries(), 0u);
    EXPECT_NO_THROW(factor.solve(std::span<double const>{}, std::span<double>{}));
    EXPECT_NO_THROW(factor.refactor(none));
}

TEST_P(Lu, SolvesOneByOne) {
    auto const factor = factored({{-4e-200}});
    EXPECT_EQ(solved(factor, {8e-200})[0], -2.0);
    EXPECT_EQ(factor.rcond(), 1.0);
}

TEST_P(Lu, GivesTheSameBitsToEveryThread) {
    auto const A = upwind(50, 70.0, 30.0);
    linear::lu const factor{A, {.backend = GetParam()}};
    std::vector<std::vector<double>> b, alone, alone_transposed;
    for (unsigned k = 0; k < 10; ++k) {
        b.push_back(random_vector(2500, k));
        alone.push_back(solved(factor, b[k]));
        alone_transposed.push_back(solved_transposed(factor, b[k]));
    }
    std::vector<std::thread> threads;
    for (std::size_t k = 0; k < b.size(); ++k)
        threads.emplace_back([&, k] {
            for (int repeat = 0; repeat < 10; ++repeat) {
                EXPECT_EQ(solved(factor, b[k]), alone[k]) << k;
                EXPECT_EQ(solved_transposed(factor, b[k]), alone_transposed[k]) << k;
            }
        });
    for (auto& thread : threads) thread.join();
    linear::lu const again{A, {.backend = GetParam()}};
    EXPECT_EQ(solved(again, b[0]), alone[0]);
}

TEST_P(Lu, IsMovableAndSaysSoAfterwards) {
    auto factor = factored({{0, 4}, {2, 0}});
    linear::lu moved = std::move(factor);
    EXPECT_EQ(solved(moved, {8, 6}), (std::vector{3.0, 2.0}));
    EXPECT_EQ(factor.n_rows(), 0);
    EXPECT_EQ(factor.bytes(), 0u);
    std::vector<double> b{8, 6};
    auto const said = [](auto const& call) { return message_of<std::invalid_argument>(call); };
    std::string const moved_from = "this lu was moved from; use the one that it went to";
    EXPECT_EQ(said([&] { factor.solve(b, b); }), moved_from);
    EXPECT_EQ(said([&] { factor.solve_transposed(b, b); }), moved_from);
    EXPECT_EQ(said([&] { factor.refactor(from_dense({{0, 4}, {2, 0}})); }), moved_from);
    moved = factored({{4}});
    EXPECT_EQ(solved(moved, {8})[0], 2.0);
}

TEST(LuBackend, AutomaticIsWhatIsBuiltIn) {
    linear::lu const factor{from_dense({{4}})};
    EXPECT_EQ(factor.backend(), linear::has_umfpack() ? lu_backend::umfpack : lu_backend::eigen);
    if (linear::has_umfpack()) return;
    EXPECT_NE(message_of<std::invalid_argument>([] {
                  linear::lu const f{from_dense({{4}}), {.backend = lu_backend::umfpack}};
              }).find("POISE_SUITESPARSE=ON"),
              std::string::npos);
}

TEST(LuBackend, BothAgreeWithCholesky) {
    grid::cartesian<3> const g{{.cells = {9, 8, 7}}};
    auto const A = linear::neg_laplacian(g, grid::condition_kinds<3>{}, 3.0);
    auto const order = linear::nested_dissection<3>({9, 8, 7});
    auto const b = random_vector(504);
    std::vector<double> x(504);
    linear::cholesky{A, {.ordering = order}}.solve(b, x);
    for (auto const backend : {lu_backend::umfpack, lu_backend::eigen}) {
        if (backend == lu_backend::umfpack && !linear::has_umfpack()) continue;
        auto const y = solved(linear::lu{A, {.backend = backend, .ordering = order}}, b);
        // Condition number below 8/h² / (3 + 3π²) < 20; each solve errs by less than 50 ε κ.
        for (std::size_t i = 0; i < x.size(); ++i) EXPECT_NEAR(x[i], y[i], 5e-13 * norm_max(x)) << to_string(backend);
    }
}
