// SPDX-License-Identifier: MIT
// Private to src/linear: the structure of a matrix that was factored, against which the next one is checked.
#pragma once

#include <poise/linear/csr.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace poise::linear::detail {

class sparsity_pattern {
public:
    explicit sparsity_pattern(csr_view const& A)
        : row_start_(A.row_start.begin(), A.row_start.end()), columns_(A.columns.begin(), A.columns.end()) {}

    /// Throws std::invalid_argument, naming the first place that differs, unless A has this structure.
    void require_same(csr_view const& A) const;
    [[nodiscard]] std::size_t bytes() const noexcept { return (row_start_.size() + columns_.size()) * sizeof(index_t); }

private:
    std::vector<index_t> row_start_, columns_;
};

}  // namespace poise::linear::detail
