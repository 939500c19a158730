// SPDX-License-Identifier: MIT
// Every allocation of the factorisations fails, once and from then on: no crash, no leak, the right exception, and what
// was there before is there afterwards. A program of its own: malloc and operator new are its own here, for SuiteSparse
// too, whose allocator can be replaced.
#include "linear/matrices.hpp"
#include "linear/random_vector.hpp"

#include <poise/grid/cartesian.hpp>
#include <poise/linear/cholesky.hpp>
#include <poise/linear/lu.hpp>
#include <poise/linear/neg_laplacian.hpp>

#include <SuiteSparse_config.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>
#include <string>
#include <tuple>

using namespace poise;
using linear::cholesky_backend;
using linear::lu_backend;
using poise_test::random_vector;

namespace {

enum class failure { once, lasting };

long n_until_failure = -1;  // negative: none is planned
failure planned = failure::once;
long n_failed = 0;
long n_live = 0;

bool fails_now() {
    if (n_until_failure < 0 || n_until_failure-- > 0) return false;
    if (planned == failure::lasting) n_until_failure = 0;
    ++n_failed;
    return true;
}

}  // namespace

// What the linker puts in the place of malloc and the others (--wrap), and their true selves.
extern "C" {
void* __real_malloc(std::size_t);
void* __real_calloc(std::size_t, std::size_t);
void* __real_realloc(void*, std::size_t);
void __real_free(void*);

void* __wrap_malloc(std::size_t size) {
    if (fails_now()) return nullptr;
    ++n_live;
    return __real_malloc(size);
}
void* __wrap_calloc(std::size_t n, std::size_t size) {
    if (fails_now()) return nullptr;
    ++n_live;
    return __real_calloc(n, size);
}
void* __wrap_realloc(void* block, std::size_t size) {
    if (fails_now()) return nullptr;
    n_live += block == nullptr ? 1 : 0;
    return __real_realloc(block, size);
}
void __wrap_free(void* block) {
    n_live -= block != nullptr ? 1 : 0;
    __real_free(block);
}
}

void* operator new(std::size_t size) {
    if (void* const block = __wrap_malloc(size)) return block;
    throw std::bad_alloc{};
}
void* operator new(std::size_t size, std::align_val_t alignment) {
    if (fails_now()) throw std::bad_alloc{};
    ++n_live;
    std::size_t const unit = static_cast<std::size_t>(alignment);
    return std::aligned_alloc(unit, (size + unit - 1) / unit * unit);
}
void operator delete(void* block) noexcept { __wrap_free(block); }
void operator delete(void* block, std::size_t) noexcept { __wrap_free(block); }
void operator delete(void* block, std::align_val_t) noexcept { __wrap_free(block); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept { __wrap_free(block); }

namespace {

// act() with allocation 0, then 1, then 2 failing, later some that are further apart, until it needs fewer; after()
// after each failure.
template <class Act, class After>
void fail_each_allocation(failure how, Act const& act, After const& after, int least_failures) {
    int n_thrown = 0;
    for (long k = 0;; k += 1 + k / 100) {
        ASSERT_LT(k, 1'000'000);
        long const n_live_before = n_live;
        n_failed = 0, planned = how, n_until_failure = k;
        try {
            act();
        } catch (std::bad_alloc const&) {
            ++n_thrown;
        } catch (not_enough_memory const&) {
            ++n_thrown;
        }
        n_until_failure = -1;
        if (n_failed == 0) break;
        long const n_left = n_live - n_live_before;
        ASSERT_EQ(n_left, 0) << "allocation " << k;
        after();
    }
    EXPECT_GE(n_thrown, least_failures);
}

// Small enough to be simplicial, large enough to be supernodal.
class AllocationFailure : public testing::TestWithParam<std::tuple<failure, std::ptrdiff_t>> {
protected:
    void SetUp() override {
        SuiteSparse_config.malloc_func = __wrap_malloc;
        SuiteSparse_config.calloc_func = __wrap_calloc;
        SuiteSparse_config.realloc_func = __wrap_realloc;
        SuiteSparse_config.free_func = __wrap_free;
        linear::cholesky{A}.solve(b, x);  // what is allocated once and kept
        linear::lu{A}.solve(b, x);
    }
    void TearDown() override {
        SuiteSparse_config.malloc_func = std::malloc;
        SuiteSparse_config.calloc_func = std::calloc;
        SuiteSparse_config.realloc_func = std::realloc;
        SuiteSparse_config.free_func = std::free;
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
            if (n_failed > 0) factor.refactor(A);  // CHOLMOD made do with less memory
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
        if (n_failed > 0) factor.refactor(A);  // UMFPACK made do with less memory
    };
    fail_each_allocation(
        how(), act, [&] { EXPECT_EQ(solved(factor), before); }, 5);
}
