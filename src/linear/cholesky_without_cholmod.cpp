// SPDX-License-Identifier: MIT
#include "linear/cholesky_implementation.hpp"

#include <poise/core/concat.hpp>

namespace poise::linear {

bool has_cholmod() noexcept { return false; }

std::unique_ptr<cholesky::implementation> factor_with_cholmod(csr_view, std::span<index_t const>) {
    throw_invalid(
        "this poise was built without SuiteSparse; choose cholesky_backend::automatic or eigen, "
        "or build it with -DPOISE_SUITESPARSE=ON (package libsuitesparse-dev)");
}

}  // namespace poise::linear
