// SPDX-License-Identifier: MIT
#include "linear/sparsity_pattern.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>

#include <algorithm>

namespace poise::linear::detail {

void sparsity_pattern::require_same(csr_view const& A) const {
    auto const n = static_cast<index_t>(row_start_.size()) - 1;
    POISE_REQUIRE(A.n_rows == n && A.n_cols == n, "refactor: A is ", A.n_rows, " x ", A.n_cols,
                  ", the matrix factored before ", n, " x ", n);
    if (std::ranges::equal(A.row_start, row_start_) && std::ranges::equal(A.columns, columns_)) return;
    for (index_t row = 0; row < n; ++row) {
        auto const begin = row_start_[row];
        auto const before = row_start_[row + 1] - begin, now = A.row_start[row + 1] - A.row_start[row];
        for (index_t e = 0; e < std::min(before, now); ++e) {
            index_t const was = columns_[begin + e], is = A.columns[A.row_start[row] + e];
            POISE_REQUIRE(was == is, "refactor: row ", row, " of A has column ", is,
                          ", where the matrix factored before has ", was, "; factor it anew");
        }
        POISE_REQUIRE(before == now, "refactor: row ", row, " of A has ", now,
                      " entries, that of the matrix factored before ", before, "; factor it anew");
    }
}

}  // namespace poise::linear::detail
