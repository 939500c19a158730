// SPDX-License-Identifier: MIT
// A fill-reducing order for the unknowns of a box.
#pragma once

#include <poise/core/index.hpp>

#include <array>
#include <cstddef>
#include <vector>

namespace poise::linear {

/// The order in which to eliminate n[0] × n[1] × … unknowns, x fastest, coupled to their next neighbours: entry k is
/// the unknown eliminated k-th. The box is halved across its longest side; both halves come before the plane between
/// them. The factor then has O(n log n) entries in 2D and O(n^{4/3}) in 3D, which is optimal; a general-purpose
/// ordering (AMD, METIS) reaches the same, but has to find the geometry first: most of the time of a small
/// factorisation. O(n). Throws std::invalid_argument when the number of unknowns exceeds index_t. Source: George
/// (1973), Nested dissection of a regular finite element mesh, SIAM J. Numer. Anal. 10.
template <std::size_t D>
[[nodiscard]] std::vector<index_t> nested_dissection(std::array<std::ptrdiff_t, D> const& n);

}  // namespace poise::linear
