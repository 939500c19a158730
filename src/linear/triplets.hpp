// SPDX-License-Identifier: MIT
// Private to src/: matrices as lists of entries in any order.
#pragma once

#include <poise/core/buffer.hpp>
#include <poise/linear/csr.hpp>

#include <cstddef>

namespace poise::linear::detail {

/// Entry e is values[e] at (rows[e], columns[e]), from 0; indices are in range.
struct triplets {
    explicit triplets(std::size_t n_entries) : rows{n_entries}, columns{n_entries}, values{n_entries} {}

    std::size_t n_rows = 0;
    std::size_t n_cols = 0;
    buffer<index_t> rows;
    buffer<index_t> columns;
    buffer<double> values;
};

/// What stands at (c, r) for an entry at (r, c), r ≠ c.
enum class mirror_image { none, same, negated };

/// Entries of the matrix, those given more than once counted each time.
[[nodiscard]] std::size_t n_entries_of(triplets const& list, mirror_image mirror) noexcept;

/// The matrix in compressed rows. Entries given more than once are added up in the order of the list, at (c, r) as at
/// (r, c). Throws std::invalid_argument for more entries than index_t counts.
/// Cost: two passes; O(k log k) for a row of k entries that does not ascend in the list. Allocates the matrix, twice
/// where entries are given more than once.
[[nodiscard]] csr_matrix to_csr(triplets const& list, mirror_image mirror);

}  // namespace poise::linear::detail
