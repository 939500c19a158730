// SPDX-License-Identifier: MIT
// Private to src/linear: what the factors of a box cannot do without.
#pragma once

#include <poise/core/concat.hpp>
#include <poise/core/memory.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace poise::linear::detail {

/// Throws not_enough_memory when the matrix of n[0] × … unknowns and n_triangles (1 for L Lᵀ, 2 for L U) factors of it
/// cannot fit: by a lower bound, so that it is refused before the memory is touched, the ordering and the symbolic
/// analysis included. In 2D nested dissection leaves 31/4 n log₂ m entries in the factor of n unknowns, m along the
/// shortest side, to leading order (George 1973), and half of that in practice; in 3D 6 n m to 12 n m were counted in
/// cubes of 24³ to 60³. The analysis holds a triangle of the matrix and a dozen indices an unknown. The size of the
/// factor itself is checked again when the analysis has found it.
template <std::size_t D>
void require_memory_of_factors(std::array<std::ptrdiff_t, D> const& n, int n_triangles) {
    double unknowns = 1.0;
    for (auto const extent : n) unknowns *= static_cast<double>(extent);
    double const shortest = static_cast<double>(*std::ranges::min_element(n));
    double const matrix = unknowns * ((2 * D + 1) * 12.0 + 4.0);
    double const analysis = unknowns * ((D + 1) * 12.0 + 12 * 4.0);
    bool const is_cube = D == 3 && shortest >= 24.0;
    double const entries = is_cube ? 5.0 * shortest : 31.0 / 8.0 * std::log2(std::max(shortest, 2.0));
    double const factor = unknowns * 8.0 * (D == 1 ? 2.0 : entries);
    require_memory(matrix + std::max(analysis, n_triangles * factor),
                   [&] { return concat("the factored operator of ", to_text(unknowns, 12), " unknowns"); });
}

}  // namespace poise::linear::detail
