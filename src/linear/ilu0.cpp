// SPDX-License-Identifier: MIT
#include "linear/preconditioner.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/linear/ilu0.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace poise::linear {
namespace {

constexpr index_t none = -1;

// Row i less its parts along the rows above, where it has entries; at[j] is the entry of column j, or none.
void eliminate(csr_view const& A, std::span<index_t const> diagonal, index_t i, std::span<index_t const> at,
               std::span<double> values) {
    for (index_t e = A.row_start[i]; e < diagonal[i]; ++e) {
        index_t const k = A.columns[e];
        values[e] *= values[diagonal[k]];
        for (index_t f = diagonal[k] + 1; f < A.row_start[k + 1]; ++f)
            if (index_t const entry = at[A.columns[f]]; entry != none) values[entry] -= values[e] * values[f];
    }
}

}  // namespace

ilu0::ilu0(csr_view A) {
    detail::require_square("ilu0", A);
    require_valid(A);
    factors_ = csr_matrix{static_cast<std::size_t>(A.n_rows), static_cast<std::size_t>(A.n_cols), A.n_entries()};
    diagonal_ = buffer<index_t>{static_cast<std::size_t>(A.n_rows)};
    std::ranges::copy(A.row_start, factors_.row_start().begin());
    std::ranges::copy(A.columns, factors_.columns().begin());
    std::ranges::copy(A.values, factors_.values().begin());
    auto const values = factors_.values();
    std::vector<index_t> at(static_cast<std::size_t>(A.n_rows), none);
    for (index_t i = 0; i < A.n_rows; ++i) {
        auto const entry = detail::diagonal_entry(A, i);
        POISE_REQUIRE(entry, "ilu0: A(", i, ", ", i, ") is not stored; reorder the rows so that every diagonal is");
        diagonal_[i] = *entry;
        for (index_t e = A.row_start[i]; e < A.row_start[i + 1]; ++e) at[A.columns[e]] = e;
        eliminate(A, diagonal_, i, at, values);
        for (index_t e = A.row_start[i]; e < A.row_start[i + 1]; ++e) at[A.columns[e]] = none;
        double& pivot = values[*entry];
        POISE_REQUIRE(std::isfinite(pivot) && std::isfinite(1.0 / pivot), "ilu0: the pivot of row ", i, " is ", pivot,
                      "; reorder the rows, or factor A with something added to its diagonal");
        pivot = 1.0 / pivot;
    }
}

void ilu0::operator()(std::span<double const> r, std::span<double> z) const {
    detail::require_sizes("ilu0", diagonal_.size(), r, z);
    auto const [n_rows, n_cols, row_start, columns, values] = factors_.view();
    for (index_t i = 0; i < n_rows; ++i) {
        double sum = r[i];
        for (index_t e = row_start[i]; e < diagonal_[i]; ++e) sum -= values[e] * z[columns[e]];
        z[i] = sum;
    }
    for (index_t i = n_rows; i-- > 0;) {
        double sum = z[i];
        for (index_t e = diagonal_[i] + 1; e < row_start[i + 1]; ++e) sum -= values[e] * z[columns[e]];
        z[i] = sum * values[diagonal_[i]];
    }
}

}  // namespace poise::linear
