// SPDX-License-Identifier: MIT
// Private to src/linear: what the preconditioners that are made of a matrix ask of it, and of their vectors.
#pragma once

#include <poise/linear/csr.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace poise::linear::detail {

/// Where the row has its entry on the diagonal; nothing where it is not stored. The row's columns ascend.
[[nodiscard]] std::optional<index_t> diagonal_entry(csr_view A, index_t row);

/// Throws std::invalid_argument, which names the preconditioner, unless A is square.
void require_square(char const* name, csr_view A);
/// And unless every row has an entry on the diagonal that has a finite inverse: these.
[[nodiscard]] std::vector<double> inverse_diagonal(char const* name, csr_view A);
/// Throws std::invalid_argument unless an entry that is to be divided by is neither 0 nor so small that its inverse is
/// not finite; nullptr is not stored.
void require_invertible(char const* name, std::size_t row, double const* entry);

/// Throws std::invalid_argument unless A is valid and symmetric and every entry on its diagonal is positive.
void require_symmetric_with_positive_diagonal(char const* name, csr_view A);

/// Throws std::invalid_argument unless both have n entries.
void require_sizes(char const* name, std::size_t n, std::span<double const> r, std::span<double> z);

}  // namespace poise::linear::detail
