// SPDX-License-Identifier: MIT
// Allocations that fail when they are told to, in a program of their own: malloc and operator new are its own here.
#pragma once

#include <poise/core/error.hpp>
#include <poise/core/memory.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <new>

namespace poise_test {

enum class failure { once, lasting };

/// Of one thread: the tests that plan failures compute on one.
struct planned_failures {
    long n_until_failure = -1;  ///< negative: none is planned
    failure how = failure::once;
    long n_failed = 0;
    long n_live = 0;  ///< blocks that are allocated
};
extern planned_failures failures;

/// What an action that fails may keep for the next one.
enum class leftovers { none, workspaces };

/// act() with allocation 0, then 1, then 2 failing, later some that are further apart, until it needs fewer; after()
/// after each failure.
template <class Act, class After>
void fail_each_allocation(failure how, Act const& act, After const& after, int least_failures,
                          leftovers may_keep = leftovers::none) {
    int n_thrown = 0;
    for (long k = 0;; k += 1 + k / 1000) {
        ASSERT_LT(k, 1'000'000);
        long const n_live_before = failures.n_live;
        failures.n_failed = 0, failures.how = how, failures.n_until_failure = k;
        try {
            act();
        } catch (std::bad_alloc const&) {
            ++n_thrown;
        } catch (poise::not_enough_memory const&) {
            ++n_thrown;
        }
        failures.n_until_failure = -1;
        if (failures.n_failed == 0) break;
        long const n_left = failures.n_live - n_live_before;
        ASSERT_TRUE(n_left == 0 || may_keep == leftovers::workspaces) << n_left << " are left of allocation " << k;
        after();
    }
    EXPECT_GE(n_thrown, least_failures);
}

}  // namespace poise_test

// For libraries whose allocator can be replaced.
extern "C" {
void* __wrap_malloc(std::size_t size);
void* __wrap_calloc(std::size_t n, std::size_t size);
void* __wrap_realloc(void* block, std::size_t size);
void __wrap_free(void* block);
}
