// SPDX-License-Identifier: MIT
// Private to src/linear: the entries of a square matrix and their mirror images.
#pragma once

#include <poise/linear/csr.hpp>

#include <vector>

namespace poise::linear::detail {

/// Finds A(column, row) for each A(row, column), asked for in the order in which A stores them: rows are visited in
/// order, so the entries (c, row) with row ascending come up in the order in which row c stores them, and one cursor a
/// row is enough.
class mirror_entries {
public:
    explicit mirror_entries(csr_view const& A) : A_{A}, cursor_(A.row_start.begin(), A.row_start.end() - 1) {}

    static constexpr index_t none = -1;
    /// The number of the mirror image among the entries, or none.
    [[nodiscard]] index_t next(index_t row, index_t column) {
        index_t const mirror = cursor_[column]++;
        return mirror < A_.row_start[column + 1] && A_.columns[mirror] == row ? mirror : none;
    }

private:
    csr_view A_;
    std::vector<index_t> cursor_;
};

}  // namespace poise::linear::detail
