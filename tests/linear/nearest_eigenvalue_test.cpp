// SPDX-License-Identifier: MIT
#include "linear/nearest_eigenvalue.hpp"

#include <poise/grid/stencil.hpp>
#include <poise/linear/neg_laplacian.hpp>

#include <Eigen/Dense>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <vector>

using namespace poise;
using grid::centering;

namespace {

constexpr auto D = grid::condition_kind::dirichlet, N = grid::condition_kind::neumann,
               P = grid::condition_kind::periodic;
constexpr std::array<std::array<grid::condition_kind, 2>, 5> ends{{{D, D}, {D, N}, {N, D}, {N, N}, {P, P}}};

// K φ = λ M φ with M = neg_laplacian(shift 1) - neg_laplacian(shift 0), by a dense eigensolver.
template <std::size_t Dim>
Eigen::VectorXd all_eigenvalues(grid::cartesian<Dim> const& box, grid::condition_kinds<Dim> const& kinds) {
    auto const K = linear::neg_laplacian(box, kinds), shifted = linear::neg_laplacian(box, kinds, 1.0);
    auto const dense = [](linear::csr_view A) {
        Eigen::MatrixXd full = Eigen::MatrixXd::Zero(A.n_rows, A.n_rows);
        for (index_t r = 0; r < A.n_rows; ++r)
            for (index_t e = A.row_start[r]; e < A.row_start[r + 1]; ++e) full(r, A.columns[e]) += A.values[e];
        return full;
    };
    Eigen::MatrixXd const M = dense(shifted) - dense(K);
    Eigen::VectorXd const scale = M.diagonal().cwiseSqrt().cwiseInverse();
    return Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>{scale.asDiagonal() * dense(K) * scale.asDiagonal(),
                                                          Eigen::EigenvaluesOnly}
        .eigenvalues();
}

// At every eigenvalue, beside it, and anywhere: the nearest of all, to the rounding of the eigensolver.
template <std::size_t Dim>
void expect_nearest(grid::cartesian<Dim> const& box, grid::condition_kinds<Dim> const& kinds) {
    auto const all = all_eigenvalues(box, kinds);
    double const largest = all.maxCoeff(), tolerance = 1e-13 * std::max(largest, 1.0);
    std::mt19937 random{7};
    std::uniform_real_distribution<double> anywhere{-0.2 * largest, 1.2 * largest};
    std::vector<double> numbers{-1e300, 1e300};
    for (double const lambda : all) numbers.insert(numbers.end(), {lambda, lambda + 1e-3, anywhere(random)});
    for (double const number : numbers) {
        double const found = linear::detail::nearest_eigenvalue(box, kinds, number);
        double least = HUGE_VAL, off_spectrum = HUGE_VAL;
        for (double const lambda : all) {
            least = std::min(least, std::abs(lambda - number));
            off_spectrum = std::min(off_spectrum, std::abs(lambda - found));
        }
        EXPECT_LE(off_spectrum, tolerance) << number;
        EXPECT_LE(std::abs(found - number), least + tolerance) << number;
    }
}

}  // namespace

TEST(NearestEigenvalue, IsThatOfADenseEigensolver) {
    for (auto const where : {centering::cell, centering::node})
        for (std::size_t x = 0; x < 5; ++x) {
            for (std::ptrdiff_t const n : {2, 3, 8, 13})
                expect_nearest<1>(grid::cartesian<1>{{.upper = {1.7}, .cells = {n}, .centering = where}},
                                  {ends[x][0], ends[x][1]});
            for (std::size_t y = 0; y < 5; ++y) {
                expect_nearest<2>(grid::cartesian<2>{{.upper = {1.0, 1.3}, .cells = {6, 5}, .centering = where}},
                                  {ends[x][0], ends[x][1], ends[y][0], ends[y][1]});
                auto const& z = ends[(x + y) % 5];
                expect_nearest<3>(
                    grid::cartesian<3>{{.upper = {1.0, 1.3, 0.9}, .cells = {4, 3, 5}, .centering = where}},
                    {ends[x][0], ends[x][1], ends[y][0], ends[y][1], z[0], z[1]});
            }
        }
}

// One point, and a ring of one cell, which is its own neighbour.
TEST(NearestEigenvalue, KnowsTheSmallestBoxes) {
    EXPECT_EQ(linear::detail::nearest_eigenvalue<1>(grid::cartesian<1>{{.cells = {1}}}, {P, P}, 5.0), 0.0);
    EXPECT_DOUBLE_EQ(linear::detail::nearest_eigenvalue<2>(grid::cartesian<2>{{.cells = {1, 1}}}, {}, 5.0), 8.0);
}
