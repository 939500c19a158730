// SPDX-License-Identifier: MIT
// Private to src/linear: elimination orders given by the caller.
#pragma once

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/core/index.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace poise::linear::detail {

/// Throws std::invalid_argument unless ordering is a permutation of 0 … n-1.
inline void require_permutation(std::span<index_t const> ordering, index_t n) {
    POISE_REQUIRE(ordering.size() == static_cast<std::size_t>(n), "the ordering has ", ordering.size(),
                  " entries, the matrix ", n, " rows");
    std::vector<bool> seen(ordering.size());
    for (index_t const unknown : ordering) {
        POISE_REQUIRE(unknown >= 0 && unknown < n && !seen[static_cast<std::size_t>(unknown)],
                      "the ordering is no permutation: ", unknown, " is out of range or comes twice");
        seen[static_cast<std::size_t>(unknown)] = true;
    }
}

}  // namespace poise::linear::detail
