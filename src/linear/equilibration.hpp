// SPDX-License-Identifier: MIT
// Private to src/linear: scales of rows and columns, for factorisations whose pivots are chosen by size.
#pragma once

#include <poise/linear/csr.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace poise::linear::detail {

/// S(i, j) = A(i, j) 2^(rows[i] + columns[j]) has its largest entry in each row and column between 1 and 2. Powers of
/// two round nothing, and exponents that are added do not overflow on the way.
/// Source: Anderson et al. (1999), LAPACK Users' Guide, dgeequb.
struct equilibration {
    std::vector<int> rows, columns;

    [[nodiscard]] std::size_t bytes() const noexcept { return (rows.size() + columns.size()) * sizeof(int); }
};

/// Throws singular_matrix where a row or a column has no entry but zeros.
[[nodiscard]] equilibration equilibrate(csr_view const& A);

/// The values of S, in the places of those of A.
[[nodiscard]] std::vector<double> scaled_values(csr_view const& A, equilibration const& scales);

/// out[i] = in[i] 2^(exponents[i] + shift); may be in place.
void scale_by_powers(std::span<double const> in, std::span<int const> exponents, int shift, std::span<double> out);

/// The shift for which scale_by_powers makes the largest number at least 1 and below 2; 0 where all are 0.
[[nodiscard]] int shift_to_one(std::span<double const> values, std::span<int const> exponents);

}  // namespace poise::linear::detail
