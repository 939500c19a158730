// SPDX-License-Identifier: MIT
#include "support/message_of.hpp"

#include <poise/linear/cholesky.hpp>
#include <poise/linear/eigen.hpp>

#include <gtest/gtest.h>

#include <stdexcept>

using namespace poise;
using matrix = Eigen::SparseMatrix<double, Eigen::RowMajor, index_t>;

TEST(Eigen, MatricesAndVectorsAreBorrowed) {
    matrix A{3, 3};
    for (int i = 0; i < 3; ++i) A.insert(i, i) = 4.0;
    A.insert(0, 1) = A.insert(1, 0) = -1.0;
    A.makeCompressed();
    auto const view = linear::as_csr(A);
    EXPECT_EQ(view.values.data(), A.valuePtr());
    linear::cholesky const factor{view};
    Eigen::VectorXd const b = Eigen::Vector3d{3, 3, 4};
    Eigen::VectorXd x = Eigen::VectorXd::Zero(3);
    factor.solve(linear::as_span(b), linear::as_span(x));
    EXPECT_LT((x - Eigen::Vector3d{1, 1, 1}).norm(), 1e-15);
    EXPECT_EQ((linear::as_eigen(view) * x - A * x).norm(), 0.0);
}

TEST(Eigen, AnUncompressedMatrixIsRefused) {
    matrix A{2, 2};
    A.reserve(Eigen::VectorXi::Constant(2, 2));
    A.insert(0, 0) = 1.0;
    EXPECT_NE(poise_test::message_of<std::invalid_argument>([&] { (void)linear::as_csr(A); }).find("makeCompressed"),
              std::string::npos);
}
