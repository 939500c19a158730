// SPDX-License-Identifier: MIT
#include "linear/triangular_solve.hpp"

#include "core/multiversion.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <variant>
#include <vector>

namespace poise::linear::detail {
namespace {

// Σ a b in eight running sums: the order depends on n alone, and the vector units are busy.
inline double dot_in_lanes(double const* a, double const* b, std::ptrdiff_t n) {
    double lane[8] = {};
    std::ptrdiff_t i = 0;
    for (; i + 8 <= n; i += 8)
        for (int l = 0; l < 8; ++l) lane[l] += a[i + l] * b[i + l];
    for (int l = 0; i < n; ++i, ++l) lane[l] += a[i] * b[i];
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

// A block of n_columns columns and n_rows rows: its triangle on top, v the matching part of the right-hand side.
POISE_MULTIVERSION void eliminate_forward(double const* block, std::ptrdiff_t n_rows, std::ptrdiff_t n_columns,
                                          double* v) {
    for (std::ptrdiff_t j = 0; j < n_columns; ++j, block += n_rows) {
        double const value = v[j] /= block[j];
        for (std::ptrdiff_t i = j + 1; i < n_rows; ++i) v[i] -= block[i] * value;
    }
}
POISE_MULTIVERSION void eliminate_backward(double const* block, std::ptrdiff_t n_rows, std::ptrdiff_t n_columns,
                                           double* v) {
    block += n_rows * n_columns;
    for (std::ptrdiff_t j = n_columns - 1; j >= 0; --j) {
        block -= n_rows;
        v[j] = (v[j] - dot_in_lanes(block + j + 1, v + j + 1, n_rows - j - 1)) / block[j];
    }
}

}  // namespace

void solve_in_place(supernodal_factor const& L, std::span<double> x) {
    auto const n_supernodes = static_cast<std::ptrdiff_t>(L.first_column.size()) - 1;
    std::ptrdiff_t most_rows = 0;
    for (std::ptrdiff_t s = 0; s < n_supernodes; ++s)
        most_rows = std::max<std::ptrdiff_t>(most_rows, L.first_row[s + 1] - L.first_row[s]);
    std::vector<double> v(static_cast<std::size_t>(most_rows));

    // The rows of a block are gathered, worked on as one vector, and scattered.
    auto const visit = [&](std::ptrdiff_t s, auto const& eliminate) {
        auto const rows = L.rows.subspan(L.first_row[s], L.first_row[s + 1] - L.first_row[s]);
        for (std::size_t i = 0; i < rows.size(); ++i) v[i] = x[rows[i]];
        eliminate(L.values + L.first_value[s], static_cast<std::ptrdiff_t>(rows.size()),
                  std::ptrdiff_t{L.first_column[s + 1] - L.first_column[s]}, v.data());
        for (std::size_t i = 0; i < rows.size(); ++i) x[rows[i]] = v[i];
    };
    for (std::ptrdiff_t s = 0; s < n_supernodes; ++s) visit(s, eliminate_forward);
    for (std::ptrdiff_t s = n_supernodes - 1; s >= 0; --s) visit(s, eliminate_backward);
}

void solve_in_place(simplicial_factor const& L, std::span<double> x) {
    auto const n = static_cast<std::ptrdiff_t>(x.size());
    for (std::ptrdiff_t j = 0; j < n; ++j) {
        index_t const* const row = L.rows + L.first_entry[j];
        double const* const value = L.values + L.first_entry[j];
        double const x_j = L.is_ldl ? x[j] : x[j] /= value[0];
        for (index_t e = 1; e < L.n_entries[j]; ++e) x[row[e]] -= value[e] * x_j;
    }
    for (std::ptrdiff_t j = n - 1; j >= 0; --j) {
        index_t const* const row = L.rows + L.first_entry[j];
        double const* const value = L.values + L.first_entry[j];
        double sum = L.is_ldl ? x[j] / value[0] : x[j];
        for (index_t e = 1; e < L.n_entries[j]; ++e) sum -= value[e] * x[row[e]];
        x[j] = L.is_ldl ? sum : sum / value[0];
    }
}

bool has_positive_pivots(triangular_factor const& factor) noexcept {
    auto const is_positive = [](double pivot) { return pivot > 0.0 && pivot <= std::numeric_limits<double>::max(); };
    if (auto const* const L = std::get_if<simplicial_factor>(&factor.L))
        return std::ranges::all_of(L->first_entry.first(factor.order.size()),
                                   [&](index_t first) { return is_positive(L->values[first]); });
    auto const& L = std::get<supernodal_factor>(factor.L);
    for (std::size_t s = 0; s + 1 < L.first_column.size(); ++s) {
        std::ptrdiff_t const n_rows = L.first_row[s + 1] - L.first_row[s];
        for (std::ptrdiff_t j = 0; j < L.first_column[s + 1] - L.first_column[s]; ++j)
            if (!is_positive(L.values[L.first_value[s] + j * (n_rows + 1)])) return false;
    }
    return true;
}

}  // namespace poise::linear::detail
