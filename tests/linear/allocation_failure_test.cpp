// SPDX-License-Identifier: MIT
// Every allocation of CHOLMOD fails once: no crash, no leak, the right exception, and the next call works.
#include "linear/matrices.hpp"

#include <poise/core/reductions.hpp>
#include <poise/grid/cartesian.hpp>
#include <poise/linear/cholesky.hpp>
#include <poise/linear/neg_laplacian.hpp>

#include <SuiteSparse_config.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

using namespace poise;

namespace {

long n_until_failure = -1;  // negative: none is planned
long n_live = 0;

bool fails_now() { return n_until_failure >= 0 && n_until_failure-- == 0; }

void* failing_malloc(std::size_t size) {
    if (fails_now()) return nullptr;
    ++n_live;
    return std::malloc(size);
}
void* failing_calloc(std::size_t n, std::size_t size) {
    if (fails_now()) return nullptr;
    ++n_live;
    return std::calloc(n, size);
}
void* failing_realloc(void* block, std::size_t size) {
    if (fails_now()) return nullptr;
    n_live += block == nullptr ? 1 : 0;
    return std::realloc(block, size);
}
void counting_free(void* block) {
    n_live -= block != nullptr ? 1 : 0;
    std::free(block);
}

// Small enough to be simplicial, large enough to be supernodal.
class AllocationFailure : public testing::TestWithParam<std::ptrdiff_t> {
protected:
    void SetUp() override {
        SuiteSparse_config.malloc_func = failing_malloc;
        SuiteSparse_config.calloc_func = failing_calloc;
        SuiteSparse_config.realloc_func = failing_realloc;
        SuiteSparse_config.free_func = counting_free;
        n_until_failure = -1;
        n_live = 0;
    }
    void TearDown() override {
        SuiteSparse_config.malloc_func = std::malloc;
        SuiteSparse_config.calloc_func = std::calloc;
        SuiteSparse_config.realloc_func = std::realloc;
        SuiteSparse_config.free_func = std::free;
    }

    linear::csr_matrix A = linear::neg_laplacian(grid::cartesian<2>{{.cells = {GetParam(), GetParam()}}}, {});
    std::vector<double> b = std::vector<double>(static_cast<std::size_t>(A.n_rows()), 1.0);
    std::vector<double> x = std::vector<double>(b.size());
};

}  // namespace

INSTANTIATE_TEST_SUITE_P(Sizes, AllocationFailure, testing::Values(8, 120));

TEST_P(AllocationFailure, OfAConstructionThrowsAndLeavesNothing) {
    int n_failures = 0;
    for (long k = 0;; ++k) {
        n_until_failure = k;
        try {
            linear::cholesky const factor{A, {.backend = linear::cholesky_backend::cholmod}};
            bool const none_failed = n_until_failure >= 0;
            n_until_failure = -1;
            factor.solve(b, x);  // also where CHOLMOD made do with less memory
            if (none_failed) break;
        } catch (std::bad_alloc const&) {
            ++n_failures;
        }
        n_until_failure = -1;
        ASSERT_EQ(n_live, 0) << "allocation " << k;
        ASSERT_LT(k, 2000);
    }
    EXPECT_GT(n_failures, 10);
}

TEST_P(AllocationFailure, DoesNotConcernASolve) {
    linear::cholesky const factor{A, {.backend = linear::cholesky_backend::cholmod}};
    long const n_live_before = n_live;
    n_until_failure = 0;
    factor.solve(b, x);
    EXPECT_EQ(n_until_failure, 0) << "a solve takes no memory from CHOLMOD";
    EXPECT_EQ(n_live, n_live_before);
}
