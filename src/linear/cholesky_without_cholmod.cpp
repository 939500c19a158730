// SPDX-License-Identifier: MIT
#include "linear/cholesky_factors.hpp"

#include <poise/core/error.hpp>

namespace poise::linear {

bool has_cholmod() noexcept { return false; }

std::unique_ptr<detail::cholesky_factors> detail::factor_with_cholmod(csr_view const&, std::span<index_t const>) {
    throw_invalid(
        "this poise was built without SuiteSparse; choose cholesky_backend::automatic or eigen, "
        "or build it with -DPOISE_SUITESPARSE=ON (package libsuitesparse-dev)");
}

}  // namespace poise::linear
