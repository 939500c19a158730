// SPDX-License-Identifier: MIT
#include "linear/preconditioner.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>

#include <algorithm>
#include <cmath>
#include <string>

namespace poise::linear::detail {

std::optional<index_t> diagonal_entry(csr_view A, index_t row) {
    auto const begin = A.columns.begin() + A.row_start[row];
    auto const end = A.columns.begin() + A.row_start[row + 1];
    auto const at = std::lower_bound(begin, end, row);
    if (at == end || *at != row) return {};
    return static_cast<index_t>(at - A.columns.begin());
}

void require_square(char const* name, csr_view A) {
    POISE_REQUIRE(A.n_rows == A.n_cols, name, ": A is ", A.n_rows, " x ", A.n_cols, "; it must be square");
}

void require_invertible(char const* name, std::size_t row, double const* entry) {
    POISE_REQUIRE(entry != nullptr && std::isfinite(*entry) && std::isfinite(1.0 / *entry), name, ": A(", row, ", ",
                  row, ") is ", entry != nullptr ? to_text(*entry) : std::string{"not stored"},
                  "; it must have a finite inverse");
}

std::vector<double> inverse_diagonal(char const* name, csr_view A) {
    require_square(name, A);
    std::vector<double> inverse(static_cast<std::size_t>(A.n_rows));
    for (index_t row = 0; row < A.n_rows; ++row) {
        auto const entry = diagonal_entry(A, row);
        require_invertible(name, static_cast<std::size_t>(row), entry ? &A.values[*entry] : nullptr);
        inverse[static_cast<std::size_t>(row)] = 1.0 / A.values[*entry];
    }
    return inverse;
}

void require_symmetric_with_positive_diagonal(char const* name, csr_view A) {
    require_square(name, A);
    require_valid(A);
    require_symmetric(A);
    for (index_t row = 0; row < A.n_rows; ++row) {
        auto const entry = diagonal_entry(A, row);
        POISE_REQUIRE(entry && A.values[*entry] > 0.0, name, ": A(", row, ", ", row, ") is ",
                      entry ? to_text(A.values[*entry]) : std::string{"not stored"},
                      "; a positive definite matrix has a positive diagonal");
    }
}

void require_sizes(char const* name, std::size_t n, std::span<double const> r, std::span<double> z) {
    POISE_REQUIRE(r.size() == n && z.size() == n, name, ": of ", n, " rows, for vectors of ", r.size(), " and ",
                  z.size(), " entries");
}

}  // namespace poise::linear::detail
