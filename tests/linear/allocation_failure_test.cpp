// SPDX-License-Identifier: MIT
// Every allocation of the factorisations fails, once and from then on: no crash, no leak, the right exception, and what
// was there before is there afterwards.
#include "linear/matrices.hpp"
#include "linear/random_vector.hpp"
#include "support/failing_suitesparse.hpp"

#include <poise/grid/cartesian.hpp>
#include <poise/linear/cholesky.hpp>
#include <poise/linear/lu.hpp>
#include <poise/linear/neg_laplacian.hpp>

#include <gtest/gtest.h>

#include <string>
#include <tuple>

using namespace poise;
using linear::cholesky_backend;
using linear::lu_backend;
using poise_test::fail_each_allocation;
using poise_test::failure;
using poise_test::random_vector;

namespace {

// Small enough to be simplicial, large enough to be supernodal.
class AllocationFailure : public testing::TestWithParam<std::tuple<failure, std::ptrdiff_t>> {
protected:
    void SetUp() override {
        linear::cholesky{A}.solve(b, x);  // what is allocated once and kept
        linear::lu{A}.solve(b, x);
    }
    [[nodiscard]] static failure how() { return std::get<0>(GetParam()); }
    [[nodiscard]] static std::ptrdiff_t side() { return std::get<1>(GetParam()); }

    template <class Factor>
    std::vector<double> solved(Factor const& factor) {
        factor.solve(b, x);
        return x;
    }
    // Springs from the first unknown to the last one and between others, of which L knows nothing.
    [[nodiscard]] linear::csr_matrix springs() const {
        std::vector<std::vector<double>> dense(b.size(), std::vector<double>(10));
        for (std::size_t k = 0; k < 10; ++k) dense[k][k] = 1.0, dense[b.size() - 1 - 3 * k][k] = -1.0;
        return poise_test::from_dense(dense);
    }

    poise_test::failing_suitesparse const replaced;
    linear::csr_matrix A = linear::neg_laplacian(grid::cartesian<2>{{.cells = {side(), side()}}}, {});
    linear::csr_matrix other = linear::neg_laplacian(grid::cartesian<2>{{.cells = {side(), side()}}}, {}, 5.0);
    std::vector<double> b = random_vector(static_cast<std::size_t>(A.n_rows()));
    std::vector<double> x = std::vector<double>(b.size());
};

class CholeskyAllocationFailure : public AllocationFailure {
protected:
    void of_a_construction(cholesky_backend backend) {
        fail_each_allocation(
            how(),
            [&] {
                linear::cholesky{A, {.backend = backend}}.solve(b, x);
            },
            [] {}, 10);
    }
    void of_a_refactor(cholesky_backend backend) {
        linear::cholesky factor{A, {.backend = backend}};
        auto const before = solved(factor);
        auto const act = [&] {
            factor.refactor(other);
            if (poise_test::failures.n_failed > 0) factor.refactor(A);  // CHOLMOD made do with less memory
        };
        fail_each_allocation(
            how(), act, [&] { EXPECT_EQ(solved(factor), before); }, 5);
    }
    void of_many_solves(cholesky_backend backend) {
        linear::cholesky const factor{A, {.backend = backend}};
        auto const n = static_cast<std::ptrdiff_t>(b.size());
        auto const B = random_vector(9 * b.size());
        std::vector<double> X(B.size());
        auto const solve = [&] {
            factor.solve(ndspan<double const, 2>{B.data(), {n, 9}}, ndspan<double, 2>{X.data(), {n, 9}});
        };
        solve();
        auto const before = X;
        auto const again = [&] {
            solve();
            EXPECT_EQ(X, before);
        };
        fail_each_allocation(how(), solve, again, 2);
    }
};

class LuAllocationFailure : public AllocationFailure {};

auto const cases = testing::Combine(testing::Values(failure::once, failure::lasting), testing::Values(8, 60));
auto const name_of = [](auto const& instance) {
    auto const [how, side] = instance.param;
    return (how == failure::once ? "Once" : "Lasting") + std::to_string(side);
};

}  // namespace

INSTANTIATE_TEST_SUITE_P(Cases, CholeskyAllocationFailure, cases, name_of);
INSTANTIATE_TEST_SUITE_P(Cases, LuAllocationFailure, cases, name_of);

TEST_P(CholeskyAllocationFailure, OfAConstructionLeavesNothing) {
    of_a_construction(cholesky_backend::cholmod);
    of_a_construction(cholesky_backend::eigen);
}

TEST_P(CholeskyAllocationFailure, OfARefactorLeavesTheFactor) {
    of_a_refactor(cholesky_backend::cholmod);
    of_a_refactor(cholesky_backend::eigen);
}

TEST_P(CholeskyAllocationFailure, OfManySolvesLeavesTheFactor) {
    of_many_solves(cholesky_backend::cholmod);
    of_many_solves(cholesky_backend::eigen);
}

// The first update copies the factor, later ones change it in place.
TEST_P(CholeskyAllocationFailure, OfAnUpdateLeavesTheFactor) {
    auto const C = springs();
    linear::cholesky factor{A, {.backend = cholesky_backend::cholmod}};
    for (int updates = 0; updates < 3; ++updates) {
        auto const before = solved(factor);
        fail_each_allocation(
            how(), [&] { factor.update(C); }, [&] { EXPECT_EQ(solved(factor), before); }, 20);
        EXPECT_NE(solved(factor), before);
    }
    auto const before = solved(factor);
    fail_each_allocation(
        how(), [&] { factor.downdate(C); }, [&] { EXPECT_EQ(solved(factor), before); }, 20);
}

// Not by Eigen: its SparseLU writes through what malloc() gave without a look (SparseMatrix::uncompress) and frees what
// it freed before where a growing array fails (DenseStorage::resize).
TEST_P(LuAllocationFailure, OfAConstructionLeavesNothing) {
    fail_each_allocation(
        how(),
        [&] {
            linear::lu{A, {.backend = lu_backend::umfpack}}.solve(b, x);
        },
        [] {}, 10);
}

TEST_P(LuAllocationFailure, OfARefactorLeavesTheFactors) {
    linear::lu factor{A, {.backend = lu_backend::umfpack}};
    auto const before = solved(factor);
    auto const act = [&] {
        factor.refactor(other);
        if (poise_test::failures.n_failed > 0) factor.refactor(A);  // UMFPACK made do with less memory
    };
    fail_each_allocation(
        how(), act, [&] { EXPECT_EQ(solved(factor), before); }, 5);
}
