// SPDX-License-Identifier: MIT
#include "linear/matrices.hpp"
#include "linear/random_vector.hpp"
#include "support/message_of.hpp"

#include <poise/core/reductions.hpp>
#include <poise/grid/cartesian.hpp>
#include <poise/linear/cholesky.hpp>
#include <poise/linear/neg_laplacian.hpp>
#include <poise/linear/nested_dissection.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <stdexcept>
#include <thread>

using namespace poise;
using linear::cholesky_backend;
using poise_test::from_dense;
using poise_test::message_of;
using poise_test::random_spd;
using poise_test::random_vector;
using dense = std::vector<std::vector<double>>;

namespace {

std::vector<double> solved(linear::cholesky const& factor, std::vector<double> const& b) {
    std::vector<double> x(b.size());
    factor.solve(b, x);
    return x;
}

}  // namespace

class Cholesky : public testing::TestWithParam<cholesky_backend> {
protected:
    void SetUp() override {
        if (GetParam() == cholesky_backend::cholmod && !linear::has_cholmod())
            GTEST_SKIP() << "built without SuiteSparse";
    }
};
INSTANTIATE_TEST_SUITE_P(Backends, Cholesky, testing::Values(cholesky_backend::cholmod, cholesky_backend::eigen),
                         [](auto const& instance) { return std::string{to_string(instance.param)}; });

TEST_P(Cholesky, SolvesASmallSystemExactly) {  // A = L Lᵀ with L = [2 0 0; 1 3 0; 0 1 2]
    linear::cholesky const factor{from_dense({{4, 2, 0}, {2, 10, 3}, {0, 3, 5}}), {.backend = GetParam()}};
    EXPECT_EQ(factor.n_rows(), 3);
    EXPECT_EQ(factor.backend(), GetParam());
    EXPECT_GE(factor.n_entries(), 5u);
    EXPECT_GT(factor.bytes(), 5 * sizeof(double));
    auto const x = solved(factor, {8, 31, 21});
    EXPECT_NEAR(x[0], 1.0, 1e-14);
    EXPECT_NEAR(x[1], 2.0, 1e-14);
    EXPECT_NEAR(x[2], 3.0, 1e-14);
}

TEST_P(Cholesky, HasASmallBackwardErrorOnRandomMatrices) {
    for (unsigned seed = 0; seed < 60; ++seed) {
        std::mt19937 random{seed};
        std::uniform_real_distribution<double> value{-1, 1};
        std::size_t const n = 1 + random() % 40;
        auto const A = from_dense(random_spd(random, n));
        std::vector<index_t> order(n);
        for (std::size_t i = 0; i < n; ++i) order[i] = static_cast<index_t>(i);
        std::shuffle(order.begin(), order.end(), random);
        linear::cholesky const factor{
            A,
            {.backend = GetParam(),
             .ordering = seed % 2 == 0 ? std::span<index_t const>{order} : std::span<index_t const>{}}};
        std::vector<double> b(n), r(n);
        for (auto& entry : b) entry = value(random);
        auto const x = solved(factor, b);
        linear::residual(A, x, b, r);
        // Higham (2002), theorem 10.4: |ΔA| ≤ γ_{3n+1} |L||Lᵀ|, and ‖|L||Lᵀ|‖ ≤ n ‖A‖.
        double const nd = static_cast<double>(n);
        EXPECT_LE(norm_max(r), (3 * nd + 1) * 1.2e-16 * nd * linear::norm_infinity(A) * norm_max(x)) << "seed " << seed;
    }
}

TEST_P(Cholesky, SolvesInPlace) {
    linear::cholesky const factor{from_dense({{4, 2}, {2, 5}}), {.backend = GetParam()}};
    std::vector<double> b{8, 12};
    factor.solve(b, b);
    EXPECT_NEAR(b[0], 1.0, 1e-15);
    EXPECT_NEAR(b[1], 2.0, 1e-15);
}

TEST_P(Cholesky, RefusesMatricesThatAreNotPositiveDefinite) {
    auto const said = [&](dense const& A) {
        return message_of<linear::not_positive_definite>([&] {
            linear::cholesky const f{from_dense(A), {.backend = GetParam()}};
        });
    };
    EXPECT_NE(said({{1, 2}, {2, 1}}).find("the 2 x 2 matrix is not positive definite"), std::string::npos);
    EXPECT_NE(said({{-1}}).find("Dirichlet side or a shift > 0"), std::string::npos);
    EXPECT_NE(said({{1, 0, 0}, {0, -1e-300, 0}, {0, 0, 1}}).find("3 x 3"), std::string::npos);
    linear::csr_matrix zero{2, 2, 0};
    std::ranges::fill(zero.row_start(), 0);
    EXPECT_THROW((linear::cholesky{zero, {.backend = GetParam()}}), linear::not_positive_definite);
}

TEST_P(Cholesky, RefusesRubbishBeforeTouchingIt) {
    double const nan = std::numeric_limits<double>::quiet_NaN();
    auto const refuse = [&](linear::csr_matrix const& A, linear::cholesky_options options = {}) {
        options.backend = GetParam();
        return message_of<std::invalid_argument>([&] { linear::cholesky const f{A, options}; });
    };
    EXPECT_NE(refuse(from_dense({{1, 2, 3}, {4, 5, 6}})).find("square"), std::string::npos);
    EXPECT_NE(refuse(from_dense({{nan}})).find("A(0, 0) is nan"), std::string::npos);
    EXPECT_NE(refuse(from_dense({{4, 1}, {2, 4}})).find("not symmetric"), std::string::npos);
    std::vector<index_t> const twice{0, 0}, far{0, 2}, few{0};
    EXPECT_NE(refuse(from_dense({{4, 1}, {1, 4}}), {.ordering = twice}).find("0 is out of range or comes twice"),
              std::string::npos);
    EXPECT_NE(refuse(from_dense({{4, 1}, {1, 4}}), {.ordering = far}).find("2 is out of range"), std::string::npos);
    EXPECT_NE(refuse(from_dense({{4, 1}, {1, 4}}), {.ordering = few}).find("the ordering has 1 entries"),
              std::string::npos);
    linear::cholesky const good{from_dense({{4, 1}, {1, 4}}), {.backend = GetParam()}};
    std::vector<double> three(3);
    EXPECT_NE(message_of<std::invalid_argument>([&] { good.solve(three, three); }).find("2 rows, but b has 3"),
              std::string::npos);
}

TEST_P(Cholesky, OfNothingIsNothing) {
    linear::csr_matrix none{0, 0, 0};
    none.row_start()[0] = 0;
    linear::cholesky const factor{none, {.backend = GetParam()}};
    EXPECT_EQ(factor.n_rows(), 0);
    EXPECT_NO_THROW(factor.solve({}, {}));
}

TEST_P(Cholesky, GivesTheSameBitsToEveryThread) {
    grid::cartesian<2> const g{{.cells = {70, 60}}};
    auto const A = linear::neg_laplacian(g, grid::condition_kinds<2>{});
    auto const order = linear::nested_dissection<2>({70, 60});
    linear::cholesky const factor{A, {.backend = GetParam(), .ordering = order}};
    std::vector<std::vector<double>> b(4, std::vector<double>(4200));
    std::vector<std::vector<double>> alone;
    for (std::size_t k = 0; k < b.size(); ++k) {
        for (std::size_t i = 0; i < b[k].size(); ++i) b[k][i] = std::sin(static_cast<double>((k + 1) * i));
        alone.push_back(solved(factor, b[k]));
    }
    std::vector<std::thread> threads;
    for (std::size_t k = 0; k < b.size(); ++k)
        threads.emplace_back([&, k] {
            for (int repeat = 0; repeat < 20; ++repeat) EXPECT_EQ(solved(factor, b[k]), alone[k]) << k;
        });
    for (auto& thread : threads) thread.join();
}

TEST_P(Cholesky, IsMovableAndSaysSoAfterwards) {
    auto const A = from_dense({{4}});
    linear::cholesky factor{A, {.backend = GetParam()}};
    linear::cholesky moved = std::move(factor);
    EXPECT_EQ(solved(moved, {8})[0], 2.0);
    EXPECT_EQ(factor.n_rows(), 0);
    EXPECT_EQ(factor.n_entries(), 0u);
    EXPECT_EQ(factor.bytes(), 0u);
    EXPECT_EQ(factor.backend(), cholesky_backend::automatic);
    std::vector<double> b{8};
    auto const said = [](auto const& call) { return message_of<std::invalid_argument>(call); };
    std::string const moved_from = "this cholesky was moved from; use the one that it went to";
    EXPECT_EQ(said([&] { factor.solve(b, b); }), moved_from);
    EXPECT_EQ(said([&] {
                  factor.solve(ndspan<double const, 2>{b.data(), {1, 1}}, ndspan<double, 2>{b.data(), {1, 1}});
              }),
              moved_from);
    EXPECT_EQ(said([&] { factor.refactor(A); }), moved_from);
    EXPECT_EQ(said([&] { factor.update(A); }), moved_from);
    EXPECT_EQ(said([&] { factor.downdate(A); }), moved_from);
    factor = std::move(moved);
    EXPECT_EQ(solved(factor, {8})[0], 2.0);
}

// Blocks are eight wide; 120² unknowns are enough for supernodes, of which columns go four at a time.
TEST_P(Cholesky, SolvesManyRightHandSidesWithTheBitsOfOneByOne) {
    for (std::ptrdiff_t const side : {1, 5, 120}) {
        auto const A = linear::neg_laplacian(grid::cartesian<2>{{.cells = {side, side}}}, {});
        linear::cholesky const factor{A, {.backend = GetParam()}};
        std::ptrdiff_t const n = side * side;
        for (std::ptrdiff_t const k : {0, 1, 2, 8, 19}) {
            auto const size = static_cast<std::size_t>(n * k);
            auto const B = random_vector(size, 7);
            std::vector<double> X(size), in_place = B;
            factor.solve(ndspan<double const, 2>{B.data(), {n, k}}, ndspan<double, 2>{X.data(), {n, k}});
            factor.solve(ndspan<double const, 2>{in_place.data(), {n, k}}, ndspan<double, 2>{in_place.data(), {n, k}});
            EXPECT_EQ(in_place, X);
            for (std::ptrdiff_t c = 0; c < k; ++c) {
                auto const x = solved(factor, {B.begin() + n * c, B.begin() + n * (c + 1)});
                EXPECT_TRUE(std::equal(x.begin(), x.end(), X.begin() + n * c))
                    << side << ", column " << c << " of " << k;
            }
        }
    }
    linear::cholesky const factor{from_dense({{4, 1}, {1, 4}}), {.backend = GetParam()}};
    std::vector<double> six(6);
    EXPECT_EQ(message_of<std::invalid_argument>([&] {
                  factor.solve(ndspan<double const, 2>{six.data(), {2, 3}}, ndspan<double, 2>{six.data(), {3, 2}});
              }),
              "the factor has 2 rows, but B is 2 x 3 and X 3 x 2");
}

// The first pivot is positive, and the numbers under it overflow: infinity times 0 makes the last pivot NaN.
TEST_P(Cholesky, RefusesPivotsThatAreNotNumbers) {
    linear::csr_matrix A{3, 3, 7};
    std::ranges::copy(std::vector<index_t>{0, 3, 5, 7}, A.row_start().begin());
    std::ranges::copy(std::vector<index_t>{0, 1, 2, 0, 1, 0, 2}, A.columns().begin());
    std::ranges::copy(std::vector<double>{1e-300, 0, 1e300, 0, 1, 1e300, 1}, A.values().begin());
    std::vector<index_t> const order{0, 1, 2};
    EXPECT_THROW((linear::cholesky{A, {.backend = GetParam(), .ordering = order}}), linear::not_positive_definite);
}

TEST(CholeskyBackend, AutomaticIsWhatIsBuiltIn) {
    linear::cholesky const factor{from_dense({{4}})};
    EXPECT_EQ(factor.backend(), linear::has_cholmod() ? cholesky_backend::cholmod : cholesky_backend::eigen);
    if (linear::has_cholmod()) return;
    EXPECT_NE(message_of<std::invalid_argument>([] {
                  linear::cholesky const f{from_dense({{4}}), {.backend = cholesky_backend::cholmod}};
              }).find("POISE_SUITESPARSE=ON"),
              std::string::npos);
}

TEST(CholeskyBackend, BothAgree) {
    if (!linear::has_cholmod()) GTEST_SKIP() << "built without SuiteSparse";
    grid::cartesian<3> const g{{.cells = {9, 8, 7}}};
    auto const A = linear::neg_laplacian(g, grid::condition_kinds<3>{}, 3.0);
    auto const order = linear::nested_dissection<3>({9, 8, 7});
    linear::cholesky const cholmod{A, {.backend = cholesky_backend::cholmod, .ordering = order}};
    linear::cholesky const eigen{A, {.backend = cholesky_backend::eigen, .ordering = order}};
    std::vector<double> const b(504, 1.0);
    auto const x = solved(cholmod, b), y = solved(eigen, b);
    // Condition number below 8/h² / (3 + 3π²) < 20; each solve errs by less than 50 ε κ.
    for (std::size_t i = 0; i < x.size(); ++i) EXPECT_NEAR(x[i], y[i], 2e-13 * norm_max(x));
}

// A hub coupled to everything and eliminated first: L is full, n²/2 entries, from 3n of A.
TEST(CholeskyBackend, EigenRefusesAFactorBeyondItsIndices) {
    constexpr index_t n = 92682;  // the first whose n (n + 1) / 2 exceeds 2³² : the count would wrap to a small number
    linear::csr_matrix A{n, n, 3 * std::size_t{n} - 2};
    std::size_t entry = 0;
    auto const put = [&](index_t column, double value) {
        A.columns()[entry] = column;
        A.values()[entry++] = value;
    };
    for (index_t row = 0; row < n; ++row) {
        A.row_start()[static_cast<std::size_t>(row)] = static_cast<index_t>(entry);
        if (row == 0)
            for (index_t column = 0; column < n; ++column) put(column, column == 0 ? 2.0 * n : -1.0);
        else
            put(0, -1.0), put(row, 2.0);
    }
    A.row_start()[n] = static_cast<index_t>(entry);
    std::vector<index_t> order(n);
    for (index_t i = 0; i < n; ++i) order[static_cast<std::size_t>(i)] = i;
    auto const message = message_of<poise::error>([&] {
        linear::cholesky const factor{A, {.backend = cholesky_backend::eigen, .ordering = order}};
    });
    EXPECT_NE(message.find("the factor of 92682 unknowns exceeds 32-bit indices"), std::string::npos) << message;
}
