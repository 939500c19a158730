// SPDX-License-Identifier: MIT
// SuiteSparse on the allocations that fail when they are told to: it is a shared library, which the linker leaves
// alone.
#pragma once

#include "support/failing_allocations.hpp"

#include <SuiteSparse_config.h>

#include <cstdlib>

namespace poise_test {

/// As long as it lives.
class failing_suitesparse {
public:
    failing_suitesparse() { use(__wrap_malloc, __wrap_calloc, __wrap_realloc, __wrap_free); }
    ~failing_suitesparse() { use(std::malloc, std::calloc, std::realloc, std::free); }
    failing_suitesparse(failing_suitesparse const&) = delete;
    failing_suitesparse& operator=(failing_suitesparse const&) = delete;

private:
    static void use(void* (*malloc)(std::size_t), void* (*calloc)(std::size_t, std::size_t),
                    void* (*realloc)(void*, std::size_t), void (*free)(void*)) {
        SuiteSparse_config.malloc_func = malloc;
        SuiteSparse_config.calloc_func = calloc;
        SuiteSparse_config.realloc_func = realloc;
        SuiteSparse_config.free_func = free;
    }
};

}  // namespace poise_test
