// SPDX-License-Identifier: MIT
#include "linear/matrices.hpp"
#include "support/message_of.hpp"

#include <poise/linear/stencil_matrix.hpp>

#include <gtest/gtest.h>

#include <random>
#include <stdexcept>

using namespace poise;
using poise_test::message_of;
using poise_test::to_dense;

namespace {

// Couplings and diagonals at random, none where there is no neighbour.
template <std::size_t D>
linear::stencil_matrix<D> random_matrix(grid::extents<D> const& n, std::array<bool, D> const& periodic) {
    linear::stencil_matrix<D> A{n, periodic};
    std::mt19937 random{3};
    std::uniform_real_distribution<double> values{0.5, 1.5};
    for (double& v : A.diagonal()) v = 7.0 * values(random);
    std::ptrdiff_t stride = 1;
    for (std::size_t d = 0; d < D; stride *= n[d++])
        for (std::size_t i = 0; i < A.n_unknowns(); ++i) {
            bool const last = static_cast<std::ptrdiff_t>(i) / stride % n[d] == n[d] - 1;
            A.coupling(d)[i] = last && (!periodic[d] || n[d] == 1) ? 0.0 : values(random);
        }
    return A;
}

template <std::size_t D>
void expect_consistent(grid::extents<D> const& n, std::array<bool, D> const& periodic) {
    auto const A = random_matrix<D>(n, periodic);
    auto const csr = linear::to_csr(A);
    linear::require_valid(csr);
    linear::require_symmetric(csr);
    std::vector<double> x(A.n_unknowns()), y(x.size()), z(x.size());
    std::mt19937 random{4};
    std::uniform_real_distribution<double> values{-1.0, 1.0};
    for (double& v : x) v = values(random);
    A(x, y);
    linear::multiply(csr, x, z);
    for (std::size_t i = 0; i < x.size(); ++i) EXPECT_NEAR(y[i], z[i], 20 * 2.3e-16) << i;
    EXPECT_NEAR(linear::norm_infinity(A), linear::norm_infinity(csr.view()), 1e-14);
}

}  // namespace

TEST(StencilMatrix, IsItsRowsOnALine) {
    linear::stencil_matrix<1> A{{3}};
    A.diagonal()[0] = 4, A.diagonal()[1] = 5, A.diagonal()[2] = 6;
    A.coupling(0)[0] = 1, A.coupling(0)[1] = 2;
    EXPECT_EQ(to_dense(linear::to_csr(A)), (std::vector<std::vector<double>>{{4, -1, 0}, {-1, 5, -2}, {0, -2, 6}}));
    EXPECT_EQ(A.bytes(), 6 * sizeof(double));
}

TEST(StencilMatrix, GoesAroundPeriodicDirections) {
    linear::stencil_matrix<1> A{{3}, {true}};
    for (double& v : A.diagonal()) v = 9;
    A.coupling(0)[0] = 1, A.coupling(0)[1] = 2, A.coupling(0)[2] = 3;
    EXPECT_EQ(to_dense(linear::to_csr(A)), (std::vector<std::vector<double>>{{9, -1, -3}, {-1, 9, -2}, {-3, -2, 9}}));
}

TEST(StencilMatrix, MultipliesAsItsCompressedRows) {
    for (bool const x : {false, true})
        for (bool const y : {false, true}) {
            for (std::ptrdiff_t const n : {1, 2, 3, 17}) {
                expect_consistent<1>({n}, {x});
                for (std::ptrdiff_t const m : {1, 2, 5}) {
                    expect_consistent<2>({n, m}, {x, y});
                    expect_consistent<3>({m, n, 4}, {y, x, true});
                    expect_consistent<3>({4, m, n}, {false, y, x});
                }
            }
        }
    expect_consistent<2>({0, 4}, {});
}

TEST(StencilMatrix, RefusesWhatDoesNotFit) {
    linear::stencil_matrix<2> const A{{3, 3}};
    std::vector<double> x(9), y(8);
    EXPECT_EQ(message_of<std::invalid_argument>([&] { A(x, y); }), "the matrix is of 9 unknowns, x of 9 and y of 8");
    EXPECT_THROW((linear::stencil_matrix<2>{{-1, 3}}), std::invalid_argument);
    EXPECT_THROW((linear::stencil_matrix<2>{{std::ptrdiff_t{1} << 40, std::ptrdiff_t{1} << 40}}),
                 std::invalid_argument);
}
