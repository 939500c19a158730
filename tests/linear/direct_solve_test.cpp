// SPDX-License-Identifier: MIT
#include "linear/matrices.hpp"
#include "linear/random_vector.hpp"
#include "support/message_of.hpp"

#include <poise/core/reductions.hpp>
#include <poise/grid/cartesian.hpp>
#include <poise/linear/direct_solve.hpp>
#include <poise/linear/neg_laplacian.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

using namespace poise;
using linear::stop_reason;
using poise_test::from_dense;
using poise_test::message_of;

namespace {

// Laplacian of 255 nodes: condition number 2.7e4.
struct chain {
    linear::csr_matrix A =
        linear::neg_laplacian(grid::cartesian<1>{{.cells = {256}, .centering = grid::centering::node}}, {});
    linear::cholesky factor{A};
    std::vector<double> b = std::vector<double>(255, 1.0);
    std::vector<double> x = std::vector<double>(255);
};

}  // namespace

TEST(DirectSolve, ConvergesAndReportsTheResidualOfWhatItReturns) {
    chain c;
    auto const report = linear::direct_solve(c.factor, c.A, c.b, c.x, {.rtol = 1e-10});
    EXPECT_EQ(report.reason, stop_reason::converged);
    std::vector<double> r(255);
    linear::residual(c.A, c.x, c.b, r);
    EXPECT_EQ(report.residual_norm, norm2(r));
    EXPECT_EQ(report.tolerance, 1e-10 * norm2(c.b));
    EXPECT_LE(report.residual_norm, report.tolerance);
    EXPECT_EQ(report.n_unknowns, 255u);
}

TEST(DirectSolve, SolvesByLuWhatIsNotSymmetric) {
    auto const A = from_dense({{0.0, 2.0, 0.0}, {1.0, 0.0, 3.0}, {0.0, 4.0, 5.0}});
    std::vector<double> const b{2.0, 4.0, 9.0};  // x = 1
    for (auto const backend : {linear::lu_backend::automatic, linear::lu_backend::eigen}) {
        linear::lu const factor{A, {.backend = backend}};
        std::vector<double> x(3);
        auto const report = linear::direct_solve(factor, A, b, x, {.rtol = 1e-14});
        EXPECT_TRUE(report) << report;
        EXPECT_EQ(report.method, std::string{"LU ("} + to_string(factor.backend()) + ")");
        EXPECT_EQ(report.rcond, factor.rcond());
        for (double const value : x) EXPECT_NEAR(value, 1.0, 1e-14);
    }
}

// Rows that differ by rounding: any multiple of (1, -1) is a solution as good, and the residual does not tell.
TEST(DirectSolve, DoesNotTakeTheAnswerOfANearlySingularMatrixForOne) {
    auto const A = from_dense({{1.0, 1.0}, {1.0, 1.0 + 0x1p-52}});
    linear::lu const factor{A};
    std::vector<double> const b{2.0, 2.0};
    std::vector<double> x(2);
    auto const report = linear::direct_solve(factor, A, b, x);
    EXPECT_EQ(report.reason, stop_reason::breakdown);
    EXPECT_LT(report.rcond, 1e-16);
    EXPECT_NE(message_of<linear::not_converged>([&] { report.or_throw(); }).find("to rounding the matrix is singular"),
              std::string::npos);
    EXPECT_TRUE(linear::direct_solve(factor, A, b, x, {.least_rcond = 0.0}));
}

TEST(DirectSolve, RefinesWithAFactorOfANearbyMatrix) {  // the factor of 1.001 A: each step gains three digits
    chain c;
    auto nearby = linear::neg_laplacian(grid::cartesian<1>{{.cells = {256}, .centering = grid::centering::node}}, {});
    for (double& value : nearby.values()) value *= 1.001;
    linear::cholesky const factor{nearby};
    auto const report = linear::direct_solve(factor, c.A, c.b, c.x, {.rtol = 1e-7});
    EXPECT_EQ(report.reason, stop_reason::converged);
    EXPECT_EQ(report.iterations, 2);
    auto const stopped = linear::direct_solve(factor, c.A, c.b, c.x, {.rtol = 1e-7, .max_refinements = 1});
    EXPECT_EQ(stopped.reason, stop_reason::max_iterations);
    EXPECT_EQ(stopped.iterations, 1);
}

// Ten columns are a block and two more; each is refined as often as it needs.
TEST(DirectSolve, SolvesManyRightHandSidesAsOneByOne) {
    chain c;
    linear::csr_matrix nearby =
        linear::neg_laplacian(grid::cartesian<1>{{.cells = {256}, .centering = grid::centering::node}}, {}, 0.01);
    auto const B = poise_test::random_vector(2550);
    std::vector<double> X(B.size());
    ndspan<double const, 2> const right{B.data(), {255, 10}};
    ndspan<double, 2> const left{X.data(), {255, 10}};
    linear::lu const factors{c.A};
    auto const expect_same = [&](auto const& factor, linear::csr_view A) {
        auto const reports = linear::direct_solve(factor, A, right, left, {.rtol = 1e-12});
        ASSERT_EQ(reports.size(), 10u);
        for (std::size_t k = 0; k < 10; ++k) {
            auto const alone =
                linear::direct_solve(factor, A, std::span{B}.subspan(255 * k, 255), c.x, {.rtol = 1e-12});
            EXPECT_EQ(reports[k].reason, alone.reason) << k;
            EXPECT_EQ(reports[k].residual_norm, alone.residual_norm) << k;
            EXPECT_EQ(reports[k].iterations, alone.iterations) << k;
            EXPECT_EQ(reports[k].rcond, alone.rcond) << k;
            EXPECT_TRUE(std::equal(c.x.begin(), c.x.end(), X.begin() + static_cast<std::ptrdiff_t>(255 * k))) << k;
        }
    };
    expect_same(c.factor, c.A);
    expect_same(c.factor, nearby);
    expect_same(factors, c.A);
    auto bad = B;
    bad[255 * 7 + 3] = std::numeric_limits<double>::infinity();
    EXPECT_NE(message_of<std::invalid_argument>([&] {
                  (void)linear::direct_solve(c.factor, c.A, ndspan<double const, 2>{bad.data(), {255, 10}}, left);
              }).find("column 7 of B"),
              std::string::npos);
    EXPECT_NE(message_of<std::invalid_argument>([&] {
                  (void)linear::direct_solve(c.factor, c.A, ndspan<double const, 2>{B.data(), {51, 50}}, left);
              }).find("but B is 51 x 50"),
              std::string::npos);
}

TEST(DirectSolve, SaysWhenRoundingIsTheLimit) {
    chain c;
    auto const report = linear::direct_solve(c.factor, c.A, c.b, c.x, {.rtol = 1e-16});
    EXPECT_EQ(report.reason, stop_reason::stagnated);
    EXPECT_GT(report.attainable_residual, report.tolerance);
    // A backward stable solve of this size stays within a few tens of what rounding allows.
    EXPECT_LT(report.residual_norm, 50 * report.attainable_residual);
}

TEST(DirectSolve, AnswersZeroToZero) {
    chain c;
    std::ranges::fill(c.b, 0.0);
    auto const report = linear::direct_solve(c.factor, c.A, c.b, c.x);
    EXPECT_TRUE(report);
    EXPECT_EQ(norm_max(c.x), 0.0);
}

TEST(DirectSolve, ReportsOverflowAsNotFinite) {
    auto const A = from_dense({{1e-300}});
    linear::cholesky const factor{A};
    std::vector<double> const b{1e300};
    std::vector<double> x(1);
    EXPECT_EQ(linear::direct_solve(factor, A, b, x).reason, stop_reason::not_finite);
}

TEST(DirectSolve, RefusesBadInput) {
    chain c;
    auto const said = [&](linear::direct_solve_options const& options) {
        return message_of<std::invalid_argument>([&] { (void)linear::direct_solve(c.factor, c.A, c.b, c.x, options); });
    };
    EXPECT_NE(said({.rtol = -1e-3}).find("rtol is -0.001"), std::string::npos);
    EXPECT_NE(said({.atol = -1.0}).find("atol -1"), std::string::npos);
    c.b[7] = std::numeric_limits<double>::infinity();
    EXPECT_NE(said({}).find("b[7] is inf"), std::string::npos);
    std::vector<double> const short_b(3, 1.0);
    EXPECT_THROW((void)linear::direct_solve(c.factor, c.A, short_b, c.x), std::invalid_argument);
    EXPECT_THROW((void)linear::direct_solve(c.factor, from_dense({{1}}), c.b, c.x), std::invalid_argument);
}
