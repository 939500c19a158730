// SPDX-License-Identifier: MIT
#include "linear/matrices.hpp"
#include "support/message_of.hpp"

#include <poise/linear/krylov.hpp>

#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>
#include <vector>

using namespace poise;
using poise_test::from_dense;
using poise_test::message_of;

TEST(Krylov, MapsAreMatricesCallablesOrTheIdentity) {
    auto const A = from_dense({{2, 1}, {0, 3}});
    auto const doubling = [](std::span<double const> x, std::span<double> y) {
        for (std::size_t i = 0; i < x.size(); ++i) y[i] = 2 * x[i];
    };
    std::vector<double> const x{1, 10};
    std::vector<double> y(2);
    linear::map_view{A}(x, y);
    EXPECT_EQ(y, (std::vector<double>{12, 30}));
    linear::csr_view const view = A;
    linear::map_view{view}(x, y);
    EXPECT_EQ(y, (std::vector<double>{12, 30}));
    linear::map_view const twice{doubling};
    linear::map_view const copy = twice;
    copy(x, y);
    EXPECT_EQ(y, (std::vector<double>{2, 20}));
    linear::map_view{}(x, y);
    EXPECT_EQ(y, x);
    EXPECT_TRUE(linear::map_view{}.is_identity());
    EXPECT_FALSE(twice.is_identity());
}

TEST(Krylov, JacobiDividesByTheDiagonal) {
    linear::jacobi const M{from_dense({{2, 1, 0}, {1, -4, 0}, {0, 0, 0.5}})};
    std::vector<double> z(3);
    M(std::vector<double>{2, 2, 2}, z);
    EXPECT_EQ(z, (std::vector<double>{1, -0.5, 4}));
    EXPECT_THROW(M(std::vector<double>(2), z), std::invalid_argument);
}

TEST(Krylov, JacobiRefusesDiagonalsWithoutInverse) {
    auto const refused = [](std::vector<std::vector<double>> const& dense) {
        return message_of<std::invalid_argument>([&] { linear::jacobi{from_dense(dense)}; });
    };
    EXPECT_EQ(refused({{1, 0}, {1, 0}}), "jacobi: A(1, 1) is not stored; it must have a finite inverse");
    EXPECT_EQ(refused({{1, 0, 0}, {0, 1, 0}}), "jacobi: A is 2 x 3; it must be square");
    EXPECT_NE(refused({{5e-324}}).find("A(0, 0) is 5e-324"), std::string::npos) << refused({{5e-324}});
    auto zero = from_dense({{1}});
    zero.values()[0] = 0.0;
    EXPECT_THROW(linear::jacobi{zero}, std::invalid_argument);
    zero.values()[0] = std::numeric_limits<double>::infinity();
    EXPECT_THROW(linear::jacobi{zero}, std::invalid_argument);
    EXPECT_NO_THROW(linear::jacobi{from_dense({})});
}

TEST(Krylov, AWorkspaceKeepsItsVectors) {
    linear::krylov_workspace w;
    auto const first = w.vector(1, 100);
    EXPECT_EQ(first.size(), 100u);
    EXPECT_EQ(w.vector(1, 50).data(), first.data());
    EXPECT_EQ(w.vector(1, 50).size(), 50u);
    EXPECT_NE(w.vector(0, 100).data(), first.data());
    EXPECT_EQ(w.vector(1, 100).data(), first.data());
}
