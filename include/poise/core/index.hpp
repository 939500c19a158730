// SPDX-License-Identifier: MIT
// Index types and products that do not overflow in silence.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace poise {

/// Column and row numbers stored inside a sparse matrix. 32 bits halve the memory traffic of the indices.
using index_t = std::int32_t;

/// Π factors. Throws std::invalid_argument, naming `what` and the factors, when a factor is negative or the product
/// exceeds `limit`. Example: checked_product(cells, max_index, "number of unknowns").
[[nodiscard]] std::size_t checked_product(std::span<std::ptrdiff_t const> factors, std::size_t limit, char const* what);

/// The largest number of rows, or of stored entries, that index_t can count.
inline constexpr std::size_t max_index = static_cast<std::size_t>(INT32_MAX);

}  // namespace poise
