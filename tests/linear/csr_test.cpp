// SPDX-License-Identifier: MIT
#include "linear/matrices.hpp"
#include "support/message_of.hpp"

#include <poise/linear/csr.hpp>

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <stdexcept>

using namespace poise;
using poise_test::from_dense;
using poise_test::message_of;

TEST(Csr, MultipliesAndSubtracts) {
    auto const A = from_dense({{2, 0, -1}, {0, 0, 0}, {4, 5, 6}});
    std::vector<double> const x{1, 10, 100}, b{1, 1, 1};
    std::vector<double> y(3), r(3);
    linear::multiply(A, x, y);
    EXPECT_EQ(y, (std::vector<double>{-98, 0, 654}));
    linear::residual(A, x, b, r);
    EXPECT_EQ(r, (std::vector<double>{99, 1, -653}));
    EXPECT_EQ(linear::norm_infinity(A), 15.0);
    EXPECT_EQ(A.bytes(), 4u * 4 + 5 * 12);
}

TEST(Csr, MultipliesARectangularMatrix) {
    auto const A = from_dense({{1, 2, 3}, {4, 5, 6}});
    std::vector<double> const x{1, 1, 1};
    std::vector<double> y(2);
    linear::multiply(A, x, y);
    EXPECT_EQ(y, (std::vector<double>{6, 15}));
    std::vector<double> too_short(1);
    EXPECT_NE(message_of<std::invalid_argument>([&] {
                  linear::multiply(A, x, too_short);
              }).find("A is 2 x 3, but the vectors have 3 and 1"),
              std::string::npos);
}

TEST(Csr, AgreesWithDenseArithmeticOnRandomMatrices) {
    for (unsigned seed = 0; seed < 50; ++seed) {
        std::mt19937 random{seed};
        std::uniform_real_distribution<double> value{-1, 1};
        std::size_t const n = 1 + random() % 30;
        std::vector<std::vector<double>> dense(n, std::vector<double>(n));
        for (auto& row : dense)
            for (auto& entry : row) entry = random() % 3 == 0 ? value(random) : 0.0;
        std::vector<double> x(n), y(n);
        for (auto& entry : x) entry = value(random);
        linear::multiply(from_dense(dense), x, y);
        for (std::size_t r = 0; r < n; ++r) {
            double exact = 0.0;
            for (std::size_t c = 0; c < n; ++c) exact += dense[r][c] * x[c];
            // n products and sums of numbers below 1: each adds at most an ulp of n.
            EXPECT_NEAR(y[r], exact, static_cast<double>(n * n) * 2.3e-16) << "seed " << seed;
        }
    }
}

TEST(Csr, RefusesSizesBeyondItsIndices) {
    auto const message = message_of<std::invalid_argument>([] {
        linear::csr_matrix const A{std::size_t{1} << 31, 1, 1};
    });
    EXPECT_NE(message.find("2147483648 x 1"), std::string::npos) << message;
    EXPECT_THROW((linear::csr_matrix{1, 1, std::size_t{1} << 40}), std::invalid_argument);
}

TEST(RequireValid, NamesTheRowThatIsWrong) {
    auto const spoilt = [](auto spoil) {
        auto A = from_dense({{1, 2, 0}, {2, 1, 0}, {0, 0, 1}});
        spoil(A);
        return message_of<std::invalid_argument>([&] { linear::require_valid(A); });
    };
    auto const has = [](std::string const& text, char const* part) { return text.find(part) != std::string::npos; };
    EXPECT_TRUE(has(spoilt([](auto& A) { A.columns()[1] = 3; }), "row 0 has column 3 of 3"));
    EXPECT_TRUE(has(spoilt([](auto& A) { A.columns()[3] = -1; }), "row 1 has column -1"));
    EXPECT_TRUE(has(spoilt([](auto& A) { A.columns()[1] = 0; }), "row 0 has column 0 after 0"));
    EXPECT_TRUE(
        has(spoilt([](auto& A) { A.values()[4] = std::numeric_limits<double>::quiet_NaN(); }), "A(2, 2) is nan"));
    EXPECT_TRUE(
        has(spoilt([](auto& A) { A.values()[0] = std::numeric_limits<double>::infinity(); }), "A(0, 0) is inf"));
    EXPECT_TRUE(has(spoilt([](auto& A) { A.row_start()[1] = 5; }), "row_start falls from 5 to 4 at row 1"));
    EXPECT_TRUE(has(spoilt([](auto& A) { A.row_start()[3] = 4; }), "row_start runs from 0 to 4"));
    EXPECT_NO_THROW(linear::require_valid(from_dense({{1, 2}, {3, 4}})));
    EXPECT_NO_THROW(linear::require_valid(from_dense({})));
}

TEST(RequireSymmetric, NamesTheFirstPairThatDiffers) {
    EXPECT_NO_THROW(linear::require_symmetric(from_dense({{1, 2, 0}, {2, 1, 3}, {0, 3, 1}})));
    auto const message = [](auto const& dense) {
        return message_of<std::invalid_argument>([&] { linear::require_symmetric(from_dense(dense)); });
    };
    using dense = std::vector<std::vector<double>>;
    EXPECT_NE(message(dense{{1, 2}, {2.5, 1}}).find("A(0, 1) = 2, but A(1, 0) = 2.5"), std::string::npos);
    EXPECT_NE(message(dense{{1, 0, 0}, {0, 1, 0}, {7, 0, 1}}).find("A(2, 0) = 7, but A(0, 2) = not stored"),
              std::string::npos);
    EXPECT_NE(message(dense{{1, 0, 7}, {0, 1, 0}, {0, 0, 1}}).find("not symmetric"), std::string::npos);
    EXPECT_NE(message(dense{{1, 2, 3}, {4, 5, 6}}).find("2 x 3"), std::string::npos);
}

TEST(RequireSymmetric, FindsEveryDefectOfRandomMatrices) {
    for (unsigned seed = 0; seed < 300; ++seed) {
        std::mt19937 random{seed};
        std::size_t const n = 2 + random() % 8;
        std::vector<std::vector<double>> dense(n, std::vector<double>(n));
        for (std::size_t r = 0; r < n; ++r)
            for (std::size_t c = 0; c <= r; ++c) dense[r][c] = dense[c][r] = random() % 2 == 0 ? 0.0 : 1.0;
        EXPECT_NO_THROW(linear::require_symmetric(from_dense(dense))) << "seed " << seed;
        std::size_t const r = random() % n, c = (r + 1 + random() % (n - 1)) % n;
        dense[r][c] = dense[r][c] == 0.0 ? 1.0 : 0.0;
        EXPECT_THROW(linear::require_symmetric(from_dense(dense)), std::invalid_argument) << "seed " << seed;
    }
}

TEST(Csr, IsEmptyAfterAMove) {
    auto A = from_dense({{1, 2}, {3, 4}});
    linear::csr_matrix const moved = std::move(A);
    EXPECT_EQ(moved.n_rows(), 2);
    EXPECT_EQ(A.n_rows(), 0);  // NOLINT(bugprone-use-after-move): what is left is specified
    EXPECT_EQ(A.n_entries(), 0u);
}
