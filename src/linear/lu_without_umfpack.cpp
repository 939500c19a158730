// SPDX-License-Identifier: MIT
#include "linear/lu_factorisation.hpp"

#include <poise/core/error.hpp>

namespace poise::linear {

bool has_umfpack() noexcept { return false; }

std::unique_ptr<detail::lu_analysis const> detail::analyse_with_umfpack(csr_view const&, std::span<index_t const>) {
    throw_invalid(
        "this poise was built without UMFPACK; choose lu_backend::automatic or eigen, "
        "or build it with -DPOISE_SUITESPARSE=ON (package libsuitesparse-dev)");
}

}  // namespace poise::linear
