// SPDX-License-Identifier: MIT
#include <poise/ode/detail/dense_lu.hpp>

#include <Eigen/Dense>
#include <gtest/gtest.h>

#include <cstddef>
#include <random>
#include <vector>

using namespace poise::ode::detail;

namespace {

template <class Lu>
void expect_solutions_of(std::size_t n) {
    std::mt19937 random{static_cast<unsigned>(n)};
    std::uniform_real_distribution<double> uniform{-1.0, 1.0};
    for (int run = 0; run < 20; ++run) {
        Lu lu{n};
        Eigen::MatrixXd A{n, n};
        Eigen::VectorXd b{n};
        for (auto& value : A.reshaped()) value = uniform(random);
        if (run % 4 == 0) A.diagonal().setZero();  // pivoting or nothing
        for (auto& value : b) value = uniform(random);
        std::copy_n(A.data(), n * n, lu.matrix().begin());
        bool const is_factored = lu.factor();
        Eigen::FullPivLU<Eigen::MatrixXd> const reference{A};
        ASSERT_EQ(is_factored, reference.isInvertible());
        if (!is_factored) continue;
        Eigen::VectorXd x = b;
        lu.solve({x.data(), n});
        EXPECT_LE((A * x - b).norm(), 1e-13 * (A.norm() * x.norm() + b.norm()));
    }
}

}  // namespace

TEST(DenseLu, SolvesWhatEigenSolves) {
    expect_solutions_of<small_lu<1>>(1);
    expect_solutions_of<small_lu<2>>(2);
    expect_solutions_of<small_lu<3>>(3);
    expect_solutions_of<small_lu<8>>(8);
    expect_solutions_of<small_lu<16>>(16);
    for (std::size_t const n : {1u, 2u, 5u, 17u, 64u, 101u}) expect_solutions_of<large_lu>(n);
}

TEST(DenseLu, RefusesSingularMatricesAndThoseThatAreNotFinite) {
    for (double const bad : {0.0, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
        small_lu<2> small{2};
        large_lu large{2};
        for (auto const matrix : {small.matrix(), large.matrix()}) matrix[0] = bad, matrix[1] = bad, matrix[3] = 1.0;
        EXPECT_FALSE(small.factor());
        EXPECT_FALSE(large.factor());
    }
}
