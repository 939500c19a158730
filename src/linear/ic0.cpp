// SPDX-License-Identifier: MIT
#include "linear/preconditioner.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/linear/ic0.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace poise::linear {
namespace {

csr_matrix lower_triangle(csr_view const& A) {
    std::size_t n_entries = 0;
    for (index_t i = 0; i < A.n_rows; ++i)
        n_entries += static_cast<std::size_t>(*detail::diagonal_entry(A, i) + 1 - A.row_start[i]);
    csr_matrix L{static_cast<std::size_t>(A.n_rows), static_cast<std::size_t>(A.n_cols), n_entries};
    index_t to = 0;
    for (index_t i = 0; i < A.n_rows; ++i) {
        L.row_start()[i] = to;
        for (index_t e = A.row_start[i]; e <= *detail::diagonal_entry(A, i); ++e, ++to) L.columns()[to] = A.columns[e];
    }
    L.row_start()[A.n_rows] = to;
    return L;
}

// Σ over the columns before both diagonals of l(i, j) l(k, j).
double common(csr_view const& L, std::span<double const> values, index_t i, index_t k) {
    double sum = 0.0;
    index_t e = L.row_start[i], f = L.row_start[k];
    index_t const end = L.row_start[k + 1] - 1;
    while (f < end && L.columns[e] < k) {
        if (L.columns[e] == L.columns[f]) sum += values[e] * values[f];
        index_t const column = std::min(L.columns[e], L.columns[f]);
        e += L.columns[e] == column;
        f += L.columns[f] == column;
    }
    return sum;
}

// Row by row; false at a pivot that is not positive.
bool factor(csr_view const& A, double shift, csr_matrix& matrix) {
    auto const L = matrix.view();
    auto const values = matrix.values();
    for (index_t i = 0; i < A.n_rows; ++i) {
        index_t const last = L.row_start[i + 1] - 1;
        double const* const of_A = &A.values[A.row_start[i]];
        double pivot = (1.0 + shift) * of_A[last - L.row_start[i]];
        double const least = std::numeric_limits<double>::epsilon() * pivot;
        for (index_t e = L.row_start[i]; e < last; ++e) {
            index_t const k = L.columns[e];
            values[e] = (of_A[e - L.row_start[i]] - common(L, values, i, k)) * values[L.row_start[k + 1] - 1];
            pivot -= values[e] * values[e];
        }
        if (!(pivot > least)) return false;
        values[last] = 1.0 / std::sqrt(pivot);
    }
    return true;
}

}  // namespace

ic0::ic0(csr_view A) {
    detail::require_symmetric_with_positive_diagonal("ic0", A);
    L_ = lower_triangle(A);
    // It ends where the diagonal dominates, whose pivots are positive, unless that is beyond doubles.
    while (!factor(A, shift_, L_)) {
        shift_ = std::max(1e-3, 2.0 * shift_);
        POISE_REQUIRE(std::isfinite(shift_), "ic0: no shift of the diagonal makes the pivots positive; scale A");
    }
}

void ic0::operator()(std::span<double const> r, std::span<double> z) const {
    detail::require_sizes("ic0", static_cast<std::size_t>(L_.n_rows()), r, z);
    auto const [n_rows, n_cols, row_start, columns, values] = L_.view();
    for (index_t i = 0; i < n_rows; ++i) {
        index_t const last = row_start[i + 1] - 1;
        double sum = r[i];
        for (index_t e = row_start[i]; e < last; ++e) sum -= values[e] * z[columns[e]];
        z[i] = sum * values[last];
    }
    for (index_t i = n_rows; i-- > 0;) {
        index_t const last = row_start[i + 1] - 1;
        z[i] *= values[last];
        for (index_t e = row_start[i]; e < last; ++e) z[columns[e]] -= values[e] * z[i];
    }
}

}  // namespace poise::linear
