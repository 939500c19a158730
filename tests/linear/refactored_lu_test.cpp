// SPDX-License-Identifier: MIT
// Factors of matrices that change: the pivots of the first, and others where those are no good.
#include "linear/refactored_lu.hpp"

#include <poise/linear/csr.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <vector>

using namespace poise;
using linear::detail::refactored_lu;

namespace {

// A grid's five points, without symmetry in their values.
linear::csr_matrix five_points(std::size_t side) {
    std::size_t const n = side * side;
    linear::csr_matrix A{n, n, 5 * n - 4 * side};
    std::size_t entry = 0;
    A.row_start()[0] = 0;
    for (std::size_t row = 0; row < n; ++row) {
        std::size_t const i = row % side, j = row / side;
        auto const add = [&](std::size_t column) { A.columns()[entry++] = static_cast<index_t>(column); };
        if (j > 0) add(row - side);
        if (i > 0) add(row - 1);
        add(row);
        if (i + 1 < side) add(row + 1);
        if (j + 1 < side) add(row + side);
        A.row_start()[row + 1] = static_cast<index_t>(entry);
    }
    return A;
}

// ‖b − A x‖ / (‖A‖ ‖x‖ + ‖b‖), by rows.
double backward_error(linear::csr_view A, std::vector<double> const& b, std::vector<double> const& x) {
    double worst = 0.0;
    for (std::size_t i = 0; i < b.size(); ++i) {
        double r = b[i], size = std::abs(b[i]);
        for (auto k = static_cast<std::size_t>(A.row_start[i]); k < static_cast<std::size_t>(A.row_start[i + 1]); ++k) {
            double const term = A.values[k] * x[static_cast<std::size_t>(A.columns[k])];
            r -= term;
            size += std::abs(term);
        }
        worst = std::max(worst, std::abs(r) / size);
    }
    return worst;
}

}  // namespace

TEST(RefactoredLu, FollowsAMatrixThatChanges) {
    auto A = five_points(20);
    std::mt19937 random{3};
    std::uniform_real_distribution<double> any{-1.0, 1.0};
    refactored_lu lu;
    std::vector<double> b(400);
    for (double& value : b) value = any(random);
    // The diagonal shrinks until the pivots on it are none.
    for (double const diagonal : {10.0, 3.0, 1.0, 0.1, 1e-3, 1e-6, 1e-12, 0.0, 10.0}) {
        for (std::size_t row = 0; row < 400; ++row)
            for (auto k = static_cast<std::size_t>(A.row_start()[row]);
                 k < static_cast<std::size_t>(A.row_start()[row + 1]); ++k)
                A.values()[k] = A.columns()[k] == static_cast<index_t>(row) ? diagonal : any(random);
        ASSERT_TRUE(lu.factor(A)) << diagonal;
        auto x = b;
        lu.solve(x);
        // Rounding, by what entries may grow, a thousand, and by what it adds up to in rows of L.
        EXPECT_LT(backward_error(A, b, x), 1e-16 * 1e3 * 400.0) << diagonal;
    }
}

TEST(RefactoredLu, SaysWhatHasNoInverseAndGoesOn) {
    auto A = five_points(3);
    auto const set = [&](double diagonal, double others) {
        for (std::size_t row = 0; row < 9; ++row)
            for (auto k = static_cast<std::size_t>(A.row_start()[row]);
                 k < static_cast<std::size_t>(A.row_start()[row + 1]); ++k)
                A.values()[k] = A.columns()[k] == static_cast<index_t>(row) ? diagonal : others;
    };
    refactored_lu lu;
    set(0.0, 0.0);
    EXPECT_FALSE(lu.factor(A)) << "at first";
    set(4.0, -1.0);
    EXPECT_TRUE(lu.factor(A));
    set(0.0, 0.0);
    EXPECT_FALSE(lu.factor(A)) << "after one that has";
    set(std::numeric_limits<double>::quiet_NaN(), 1.0);
    EXPECT_FALSE(lu.factor(A));
    set(std::numeric_limits<double>::infinity(), 1.0);
    EXPECT_FALSE(lu.factor(A));
    set(4.0, -1.0);
    ASSERT_TRUE(lu.factor(A));
    std::vector<double> const b(9, 1.0);
    auto x = b;
    lu.solve(x);
    EXPECT_LT(backward_error(A, b, x), 1e-14);
    EXPECT_NEAR(x[4], 1.125, 1e-14);
}

TEST(RefactoredLu, KnowsThatNothingIsSolvedByNothing) {
    refactored_lu lu;
    EXPECT_TRUE(lu.factor(linear::csr_matrix{0, 0, 0}));
    std::vector<double> x;
    lu.solve(x);
}
