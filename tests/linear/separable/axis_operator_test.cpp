// SPDX-License-Identifier: MIT
#include "linear/separable/axis_operator.hpp"

#include <Eigen/Dense>
#include <gtest/gtest.h>

#include <limits>
#include <random>

using poise::linear::detail::axis_operator;
using poise::linear::detail::coarsen;

namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();

axis_operator random_axis(std::ptrdiff_t n, double below, double above) {
    std::mt19937 random{static_cast<unsigned>(n)};
    std::uniform_real_distribution<double> values{0.5, 2.0};
    axis_operator axis;
    for (std::ptrdiff_t i = 0; i < n; ++i) {
        if (i > 0) axis.coupling.push_back(values(random));
        axis.excess.push_back(0.0);
        axis.mass.push_back(values(random));
    }
    axis.excess.front() += below;
    axis.excess.back() += above;
    return axis;
}

Eigen::MatrixXd dense(axis_operator const& axis) {
    auto const n = static_cast<Eigen::Index>(axis.n());
    Eigen::MatrixXd K = Eigen::MatrixXd::Zero(n, n);
    for (Eigen::Index i = 0; i < n; ++i) {
        K(i, i) = axis.coupling_below(i) + axis.coupling_above(i) + axis.excess[static_cast<std::size_t>(i)];
        if (i + 1 < n) K(i, i + 1) = K(i + 1, i) = -axis.coupling_above(i);
    }
    return K;
}

// Columns: what a coarse point gives to the fine ones.
Eigen::MatrixXd interpolation(axis_operator const& fine, poise::linear::detail::axis_transfer const& transfer) {
    auto const n = static_cast<Eigen::Index>(fine.n());
    auto const n_coarse = static_cast<Eigen::Index>(transfer.of_middle.size());
    Eigen::MatrixXd P = Eigen::MatrixXd::Zero(n, n_coarse);
    for (Eigen::Index i = 0; i < n; ++i) {
        auto const at = static_cast<std::size_t>(i);
        Eigen::Index const from_first = i - transfer.first;
        if (from_first % 2 == 0) {
            P(i, from_first / 2) = 1.0;
            continue;
        }
        if (i > 0) P(i, (from_first - 1) / 2) = transfer.from_below[at];
        if (i + 1 < n) P(i, (from_first + 1) / 2) = transfer.from_above[at];
    }
    return P;
}

}  // namespace

// Interpolation by what solves the homogeneous equation in between makes PᵀKP the Schur complement; all numbers are
// sums of products of a few that are near 1.
TEST(AxisOperator, IsTheSchurComplementOnTheCoarserGrid) {
    for (std::ptrdiff_t n = 2; n < 12; ++n)
        for (double const below : {0.0, 1.0, 4.0})
            for (double const above : {0.0, 2.0}) {
                auto const fine = random_axis(n, below, above);
                auto const [coarse, transfer] = coarsen(fine);
                auto const P = interpolation(fine, transfer);
                Eigen::MatrixXd const difference = P.transpose() * dense(fine) * P - dense(coarse);
                EXPECT_LE(difference.cwiseAbs().maxCoeff(), 40.0 * epsilon) << n << " " << below << " " << above;
            }
}

// R f = M_c⁻¹ Pᵀ M f.
TEST(AxisOperator, RestrictsByTheTransposeOfTheInterpolation) {
    for (std::ptrdiff_t n = 2; n < 12; ++n) {
        auto const fine = random_axis(n, 1.0, 0.0);
        auto const [coarse, transfer] = coarsen(fine);
        auto const P = interpolation(fine, transfer);
        for (std::size_t I = 0; I < coarse.mass.size(); ++I) {
            auto const column = static_cast<Eigen::Index>(I);
            Eigen::Index const middle = 2 * column + transfer.first;
            double mass = 0.0;
            for (Eigen::Index i = 0; i < P.rows(); ++i) {
                double const part = P(i, column) * fine.mass[static_cast<std::size_t>(i)];
                double const weight = i == middle       ? transfer.of_middle[I]
                                      : i == middle - 1 ? transfer.of_below[I]
                                      : i == middle + 1 ? transfer.of_above[I]
                                                        : 0.0;
                EXPECT_NEAR(weight * coarse.mass[I], part, 8.0 * epsilon);
                mass += part;
            }
            EXPECT_NEAR(coarse.mass[I], mass, 8.0 * epsilon);
        }
    }
}

// Without a wall a constant stays one, and no mass is lost.
TEST(AxisOperator, KeepsConstantsAndMassWithoutWalls) {
    auto fine = random_axis(9, 0.0, 0.0);
    while (fine.n() > 1) {
        auto const [coarse, transfer] = coarsen(fine);
        auto const P = interpolation(fine, transfer);
        EXPECT_LE((P.rowwise().sum().array() - 1.0).abs().maxCoeff(), 2.0 * epsilon);
        double before = 0.0, after = 0.0;
        for (double const mass : fine.mass) before += mass;
        for (double const mass : coarse.mass) after += mass;
        EXPECT_NEAR(before, after, 20.0 * epsilon * before);
        for (double const excess : coarse.excess) EXPECT_EQ(excess, 0.0);
        fine = coarse;
    }
}

// Around a ring of n points, every second one is kept: of an odd number, the last and the first are neighbours then.
TEST(AxisOperator, IsTheSchurComplementOfARing) {
    for (std::ptrdiff_t n = 2; n < 12; ++n) {
        auto fine = random_axis(n, 0.0, 0.0);
        fine.is_periodic = true;
        fine.around = 1.3;
        for (std::size_t i = 0; i < fine.excess.size(); ++i) fine.excess[i] = 0.01 * static_cast<double>(i % 3);
        auto const [coarse, transfer] = coarsen(fine);
        ASSERT_TRUE(coarse.is_periodic);
        Eigen::Index const last = n - 1, n_coarse = coarse.n();
        auto const ring = [](axis_operator const& axis) {
            Eigen::MatrixXd K = dense(axis);
            Eigen::Index const end = K.rows() - 1;
            K(0, end) -= axis.around, K(end, 0) -= axis.around;
            return K;
        };
        Eigen::MatrixXd P = Eigen::MatrixXd::Zero(n, n_coarse), R = Eigen::MatrixXd::Zero(n_coarse, n);
        for (Eigen::Index I = 0; I < n_coarse; ++I) {
            auto const at = static_cast<std::size_t>(I);
            Eigen::Index const i = 2 * I;
            P(i, I) = 1.0;
            R(I, i) += transfer.of_middle[at];
            R(I, (i + last) % n) += transfer.of_below[at];
            R(I, (i + 1) % n) += transfer.of_above[at];
            if (i == last) continue;
            P(i + 1, I) += transfer.from_below[at * 2 + 1];
            P(i + 1, (I + 1) % n_coarse) += transfer.from_above[at * 2 + 1];
        }
        Eigen::MatrixXd const of_K = P.transpose() * ring(fine) * P - ring(coarse);
        EXPECT_LE(of_K.cwiseAbs().maxCoeff(), 40.0 * epsilon) << n;
        auto const diagonal = [](std::vector<double> const& values) {
            return Eigen::Map<Eigen::VectorXd const>{values.data(), static_cast<Eigen::Index>(values.size())}
                .asDiagonal();
        };
        Eigen::MatrixXd const of_M = diagonal(coarse.mass) * R - P.transpose() * diagonal(fine.mass);
        EXPECT_LE(of_M.cwiseAbs().maxCoeff(), 10.0 * epsilon) << n;
    }
}

TEST(AxisOperator, HalvesAUniformGridBetweenWallsToAUniformOne) {
    axis_operator const fine{{4.0, 4.0, 4.0, 4.0, 4.0, 4.0}, {4.0, 0, 0, 0, 0, 0, 4.0}, {1, 1, 1, 1, 1, 1, 1}};
    auto const [coarse, transfer] = coarsen(fine);
    EXPECT_EQ(transfer.first, 1);
    EXPECT_EQ(coarse.coupling, (std::vector{2.0, 2.0}));
    EXPECT_EQ(coarse.excess, (std::vector{2.0, 0.0, 2.0}));
    EXPECT_EQ(coarse.mass, (std::vector{2.0, 2.0, 2.0}));
    EXPECT_EQ(transfer.of_below, (std::vector{0.25, 0.25, 0.25}));
    EXPECT_EQ(transfer.of_middle, (std::vector{0.5, 0.5, 0.5}));
    EXPECT_EQ(coarse.strength(), 2.0 / 2.0);
}
