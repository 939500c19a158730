// SPDX-License-Identifier: MIT
#include "linear/equilibration.hpp"

#include <poise/core/concat.hpp>
#include <poise/linear/lu.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace poise::linear::detail {
namespace {

constexpr int none = std::numeric_limits<int>::min();

}  // namespace

equilibration equilibrate(csr_view const& A) {
    equilibration scales;
    scales.rows.assign(static_cast<std::size_t>(A.n_rows), none);
    scales.columns.assign(static_cast<std::size_t>(A.n_cols), none);
    for (index_t row = 0; row < A.n_rows; ++row) {
        int largest = none;
        for (index_t e = A.row_start[row]; e < A.row_start[row + 1]; ++e)
            if (A.values[e] != 0.0) largest = std::max(largest, std::ilogb(A.values[e]));
        if (largest == none)
            throw singular_matrix{concat("LU: row ", row, " of A has no entry but zeros"), row,
                                  singular_matrix::unknown};
        scales.rows[row] = -largest;
        for (index_t e = A.row_start[row]; e < A.row_start[row + 1]; ++e)
            if (A.values[e] != 0.0) {
                int& column = scales.columns[A.columns[e]];
                column = std::max(column, std::ilogb(A.values[e]) - largest);
            }
    }
    for (int& column : scales.columns) {
        if (column == none) {
            auto const number = static_cast<index_t>(&column - scales.columns.data());
            throw singular_matrix{concat("LU: column ", number, " of A has no entry but zeros"),
                                  singular_matrix::unknown, number};
        }
        column = -column;
    }
    return scales;
}

std::vector<double> scaled_values(csr_view const& A, equilibration const& scales) {
    std::vector<double> values(A.n_entries());
    for (index_t row = 0; row < A.n_rows; ++row)
        for (index_t e = A.row_start[row]; e < A.row_start[row + 1]; ++e)
            values[e] = std::ldexp(A.values[e], scales.rows[row] + scales.columns[A.columns[e]]);
    return values;
}

void scale_by_powers(std::span<double const> in, std::span<int const> exponents, int shift, std::span<double> out) {
    for (std::size_t i = 0; i < in.size(); ++i) out[i] = std::ldexp(in[i], exponents[i] + shift);
}

int shift_to_one(std::span<double const> values, std::span<int const> exponents) {
    int largest = none;
    for (std::size_t i = 0; i < values.size(); ++i)
        if (values[i] != 0.0 && std::isfinite(values[i]))
            largest = std::max(largest, std::ilogb(values[i]) + exponents[i]);
    return largest == none ? 0 : -largest;
}

}  // namespace poise::linear::detail
