// SPDX-License-Identifier: MIT
#include "linear/krylov_problems.hpp"
#include "linear/matrices.hpp"
#include "linear/random_vector.hpp"
#include "support/message_of.hpp"

#include <poise/linear/bicgstab.hpp>
#include <poise/linear/eigen.hpp>
#include <poise/linear/gmres.hpp>
#include <poise/linear/ilu0.hpp>
#include <poise/profile/memory.hpp>

#include <Eigen/Dense>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

using namespace poise;
using poise_test::convection_diffusion;
using poise_test::from_dense;
using poise_test::message_of;
using poise_test::random_vector;

TEST(Ilu0, IsTheInverseWhereNothingFillsIn) {
    auto const exact = [](linear::csr_matrix const& A, std::vector<double> const& x) {
        std::vector<double> r(x.size()), z(x.size());
        linear::multiply(A, x, r);
        linear::ilu0{A}(r, z);
        for (std::size_t i = 0; i < x.size(); ++i) EXPECT_NEAR(z[i], x[i], 1e-14) << i;
    };
    exact(from_dense({{2, 1, 0, 0}, {3, -4, 1, 0}, {0, 1, 5, -2}, {0, 0, 1, 2}}), {1, 2, 3, 4});
    exact(from_dense({{2, 0, 0}, {1, 4, 0}, {5, 1, 8}}), {1, 2, 3});
    exact(from_dense({{2, 0, 1}, {0, 4, 1}, {1, 1, 8}}), {1, 2, 3});
    exact(from_dense({}), {});
}

// (L U)(i, j) = A(i, j) where A has entries (Saad 2003, Prop. 10.4).
TEST(Ilu0, EqualsAWhereAHasEntries) {
    auto const A = convection_diffusion(7, 0.6);
    Eigen::MatrixXd const LU = poise_test::matrix_of(linear::ilu0{A}, 49);
    double fill = 0.0;
    auto const dense = poise_test::to_dense(A);
    for (Eigen::Index i = 0; i < 49; ++i)
        for (Eigen::Index j = 0; j < 49; ++j) {
            double const entry = dense[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)];
            if (entry == 0.0) {
                fill = std::max(fill, std::abs(LU(i, j)));
            } else {
                EXPECT_NEAR(LU(i, j), entry, 1e-12) << i << ' ' << j;
            }
        }
    EXPECT_GT(fill, 0.1) << "which exact factors would have";
}

TEST(Ilu0, SavesIterations) {
    auto const A = convection_diffusion(48, 0.5);
    auto const b = random_vector(48 * 48, 1);
    std::vector<double> x(b.size());
    linear::ilu0 const M{A};
    auto const solve = [&](auto method, linear::map_view preconditioner) {
        std::ranges::fill(x, 0.0);
        auto const report = method(preconditioner);
        EXPECT_TRUE(report) << report;
        return report.iterations;
    };
    auto const bicgstab = [&](linear::map_view P) { return linear::bicgstab(A, b, x, {}, P); };
    auto const gmres = [&](linear::map_view P) { return linear::gmres(A, b, x, {}, P); };
    EXPECT_LT(2 * solve(bicgstab, M), solve(bicgstab, {}));
    EXPECT_LT(2 * solve(gmres, M), solve(gmres, {}));
}

TEST(Ilu0, AppliesWithoutAllocation) {
    auto const A = convection_diffusion(20, 0.5);
    linear::ilu0 const M{A};
    EXPECT_GT(M.bytes(), A.bytes());
    auto const r = random_vector(400, 2);
    std::vector<double> z(400, std::numeric_limits<double>::quiet_NaN());
    profile::memory const used;
    M(r, z);
    EXPECT_EQ(used.so_far().allocations, 0u);
    EXPECT_EQ(first_not_finite(z), std::nullopt);
}

TEST(Ilu0, NamesTheRowThatItCannotDivideBy) {
    auto const refused = [](linear::csr_matrix const& A) {
        return message_of<std::invalid_argument>([&] { linear::ilu0{A}; });
    };
    EXPECT_EQ(refused(from_dense({{1, 2, 0}, {2, 4, 0}, {0, 0, 1}})),
              "ilu0: the pivot of row 1 is 0; reorder the rows, or factor A with something added to its diagonal");
    EXPECT_EQ(refused(from_dense({{1, 0, 2}, {0, 1, 0}, {1, 0, 0}})),
              "ilu0: A(2, 2) is not stored; reorder the rows so that every diagonal is");
    EXPECT_EQ(refused(from_dense({{1, 0, 0}, {0, 1, 0}})), "ilu0: A is 2 x 3; it must be square");
    auto wrong = from_dense({{1, 2}, {3, 4}});
    wrong.values()[1] = std::numeric_limits<double>::quiet_NaN();
    EXPECT_NE(refused(wrong).find("A(0, 1) is nan"), std::string::npos);
    wrong = from_dense({{1, 2}, {3, 4}});
    std::swap(wrong.columns()[0], wrong.columns()[1]);
    EXPECT_NE(refused(wrong).find("columns must ascend"), std::string::npos);
    std::vector<double> z(2);
    EXPECT_EQ(message_of<std::invalid_argument>([&] {
                  linear::ilu0{from_dense({{1, 2}, {3, 4}})}(std::vector<double>(3), z);
              }),
              "ilu0: of 2 rows, for vectors of 3 and 2 entries");
}
