// SPDX-License-Identifier: MIT
#include "linear/matrices.hpp"
#include "support/message_of.hpp"

#include <poise/linear/neg_diffusion.hpp>
#include <poise/linear/neg_laplacian.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

using namespace poise;
using grid::centering;
using grid::condition_kind;
using poise_test::message_of;
using poise_test::to_dense;

namespace {

constexpr auto D = condition_kind::dirichlet, N = condition_kind::neumann, P = condition_kind::periodic;
using dense = std::vector<std::vector<double>>;

std::vector<double> const none(1000, 0.0);
std::span<double const> zeros(std::size_t n) { return std::span{none}.first(n); }

}  // namespace

TEST(NegDiffusion, HasHarmonicMeansBetweenCellsAndTheCellsOwnAtWalls) {  // h = 1/2, 1/h² = 4
    grid::cartesian<1> const line{{.upper = {1.5}, .cells = {3}}};
    std::vector<double> const kappa{1.0, 3.0, 6.0};  // means 1.5 and 4
    EXPECT_EQ(to_dense(linear::to_csr(linear::neg_diffusion<1>(line, {D, N}, kappa, zeros(3)))),
              (dense{{2 * 4 + 6, -6, 0}, {-6, 6 + 16, -16}, {0, -16, 16}}));
}

TEST(NegDiffusion, TakesKnownNodesAndHalfCellsIntoAccount) {  // h = 1/2
    grid::cartesian<1> const line{{.upper = {1.0}, .cells = {2}, .centering = centering::node}};
    std::vector<double> const kappa{1.0, 3.0, 6.0}, sigma{100.0, 2.0, 4.0};
    EXPECT_EQ(to_dense(linear::to_csr(linear::neg_diffusion<1>(line, {D, N}, kappa, sigma))),
              (dense{{6 + 16 + 2, -16}, {-16, 16 + 2}}));
}

TEST(NegDiffusion, IsTheLaplacianForOnes) {
    for (auto const where : {centering::cell, centering::node})
        for (std::ptrdiff_t const n : {1, 2, 3, 6}) {
            grid::cartesian<3> const box{{.upper = {1, 2, 3}, .cells = {n, 3, 4}, .centering = where}};
            std::vector<double> const ones(box.size(), 1.0), shifts(box.size(), 0.5);
            for (grid::condition_kinds<3> const kinds :
                 {grid::condition_kinds<3>{D, D, N, D, N, N}, {P, P, D, N, P, P}, {N, D, P, P, D, D}}) {
                auto const A = to_dense(linear::to_csr(
                    linear::neg_diffusion(box, kinds, std::span<double const>{ones}, std::span<double const>{shifts})));
                auto const B = to_dense(linear::neg_laplacian(box, kinds, 0.5));
                ASSERT_EQ(A.size(), B.size());
                for (std::size_t r = 0; r < A.size(); ++r)
                    for (std::size_t c = 0; c < A.size(); ++c) EXPECT_NEAR(A[r][c], B[r][c], 1e-15 * std::abs(B[r][r]));
            }
        }
}

TEST(NegDiffusion, AddsWhatRobinSidesHold) {  // h = 1/2
    auto const sides = grid::boundary<1>{grid::neumann{0.0}}.on(grid::side::x_upper, grid::robin{3.0, 7.0});
    std::vector<double> const kappa{1.0, 3.0, 6.0};
    grid::cartesian<1> const nodes{{.upper = {1.0}, .cells = {2}, .centering = centering::node}};
    EXPECT_EQ(to_dense(linear::to_csr(linear::neg_diffusion(nodes, sides, kappa, zeros(3)))),
              (dense{{6, -6, 0}, {-6, 22, -16}, {0, -16, 16 + 3 * 2}}));
    // κ to the face is 2·6/h = 24, in series with 3: 1 / (1/24 + 1/3) = 8/3.
    grid::cartesian<1> const cells{{.upper = {1.5}, .cells = {3}}};
    EXPECT_NEAR(linear::neg_diffusion(cells, sides, kappa, zeros(3)).diagonal()[2], 16.0 + 8.0 / 3.0 * 2.0, 1e-14);
    EXPECT_EQ(linear::robin_diagonal(cells, sides, kappa).size(), 3U);
    EXPECT_TRUE(linear::robin_diagonal(cells, grid::boundary<1>{grid::neumann{0.0}}, kappa).empty());
    EXPECT_NE(message_of<std::invalid_argument>([&] {
                  (void)linear::neg_diffusion<1>(cells, {N, condition_kind::robin}, kappa, zeros(3));
              }).find("the upper side of x is Robin"),
              std::string::npos);
}

TEST(NegDiffusion, TakesANegativeSigma) {
    grid::cartesian<2> const square{{.cells = {4, 4}}};
    std::vector<double> const kappa(16, 2.0), none(16, 0.0);
    auto sigma = none;
    sigma[6] = -70.0;
    auto const plain = linear::neg_diffusion<2>(square, {}, kappa, none);
    auto const A = linear::neg_diffusion<2>(square, {}, kappa, sigma);
    for (std::size_t i = 0; i < 16; ++i)
        EXPECT_EQ(A.diagonal()[i], plain.diagonal()[i] - (i == 6 ? 70.0 : 0.0)) << i;  // 4 κ/h² is 128
}

TEST(NegDiffusion, RefusesCoefficientsThatAreNone) {
    grid::cartesian<2> const square{{.cells = {4, 4}}};
    std::vector<double> kappa(16, 1.0), sigma(16, 0.0);
    auto const said = [&] {
        return message_of<std::invalid_argument>([&] {
            (void)linear::neg_diffusion<2>(square, {}, std::span<double const>{kappa}, std::span<double const>{sigma});
        });
    };
    kappa[6] = 0.0;
    EXPECT_EQ(said(), "kappa is 0 at (0.625, 0.375); it must be positive and finite");
    kappa[6] = std::nan("");
    EXPECT_NE(said().find("kappa is nan at"), std::string::npos);
    kappa[6] = 1.0;
    sigma[0] = std::nan("");
    EXPECT_EQ(said(), "sigma is nan at (0.125, 0.125); it must be finite");
    sigma.pop_back();
    EXPECT_EQ(said(), "sigma has 15 values, the grid 16 points");
}

TEST(NegDiffusion, RefusesAKappaThatLeavesTheRangeOverHSquared) {
    grid::cartesian<2> const flat{{.upper = {1e-3, 1.0}, .cells = {4, 4}}};
    std::vector<double> kappa(16, 1.0);
    auto const said = [&] {
        return message_of<std::invalid_argument>(
            [&] { (void)linear::neg_diffusion<2>(flat, {}, std::span<double const>{kappa}, zeros(16)); });
    };
    kappa[6] = 1e304;
    EXPECT_EQ(
        said(),
        "kappa is 1e+304 at (0.000625, 0.375) and the spacing in x is 0.00025; rows of kappa / h^2, inf, leave the "
        "range of normal numbers: choose other units");
    kappa[6] = 1e-309;
    EXPECT_NE(said().find("and the spacing in y is 0.25; rows of kappa / h^2, "), std::string::npos) << said();
    kappa[6] = 1e300;
    EXPECT_EQ(said(), "(nothing was thrown)");
}

TEST(HarmonicMean, NeitherOverflowsNorUnderflows) {
    EXPECT_EQ(linear::harmonic_mean(1.0, 3.0), 1.5);
    EXPECT_EQ(linear::harmonic_mean(1e308, 1e308), 1e308);
    EXPECT_EQ(linear::harmonic_mean(1e-308, 1e-308), 1e-308);
    EXPECT_NEAR(linear::harmonic_mean(1e-300, 1e300) / 2e-300, 1.0, 1e-15);
}
