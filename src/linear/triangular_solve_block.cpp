// SPDX-License-Identifier: MIT
// The solves of triangular_solve.cpp for block_width right-hand sides at a time: each number of L is read once for all
// of them, and does as many multiplications. What is done to one right-hand side is done in the order of the other
// file.
#include "core/multiversion.hpp"
#include "linear/triangular_solve.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace poise::linear::detail {
namespace {

constexpr std::ptrdiff_t width = block_width;

// Over the right-hand sides. GCC would unroll these eight steps first, and then make vectors of the loop around them by
// shuffling: three times as many instructions.
#if defined(__GNUC__) && !defined(__clang__)
#define EACH_COLUMN(c) _Pragma("GCC unroll 1") for (std::ptrdiff_t c = 0; c < width; ++c)
#else
#define EACH_COLUMN(c) for (std::ptrdiff_t c = 0; c < width; ++c)
#endif

// to[c] -= a from[c], of different rows.
inline void subtract(double a, double const* __restrict from, double* __restrict to) {
    EACH_COLUMN(c) to[c] -= a * from[c];
}
inline void divide(double* numbers, double by) { EACH_COLUMN(c) numbers[c] /= by; }

// As eliminate_forward of one right-hand side. Four columns go down the rows together: a row is read and written once
// for four multiplications.
POISE_MULTIVERSION void eliminate_forward(double const* block, std::ptrdiff_t n_rows, std::ptrdiff_t n_columns,
                                          double* v) {
    std::ptrdiff_t j = 0;
    for (; j + 4 <= n_columns; j += 4) {
        double const* const a = block + j * n_rows;
        for (std::ptrdiff_t k = j; k < j + 4; ++k) {
            divide(v + k * width, a[(k - j) * n_rows + k]);
            for (std::ptrdiff_t i = k + 1; i < j + 4; ++i)
                subtract(a[(k - j) * n_rows + i], v + k * width, v + i * width);
        }
        double x[4 * width];
        std::copy_n(v + j * width, 4 * width, x);
        for (std::ptrdiff_t i = j + 4; i < n_rows; ++i) {
            double const a0 = a[i], a1 = a[n_rows + i], a2 = a[2 * n_rows + i], a3 = a[3 * n_rows + i];
            double* const to = v + i * width;
            EACH_COLUMN(c) {
                double value = to[c];
                value -= a0 * x[c];
                value -= a1 * x[width + c];
                value -= a2 * x[2 * width + c];
                value -= a3 * x[3 * width + c];
                to[c] = value;
            }
        }
    }
    for (; j < n_columns; ++j) {
        double const* const a = block + j * n_rows;
        divide(v + j * width, a[j]);
        for (std::ptrdiff_t i = j + 1; i < n_rows; ++i) subtract(a[i], v + j * width, v + i * width);
    }
}

// As dot_in_lanes: eight running sums for each right-hand side.
inline void dots_in_lanes(double const* a, double const* v, std::ptrdiff_t n, double* sums) {
    double lane[8][width] = {};
    std::ptrdiff_t i = 0;
    for (; i + 8 <= n; i += 8)
        for (std::ptrdiff_t l = 0; l < 8; ++l) EACH_COLUMN(c) lane[l][c] += a[i + l] * v[(i + l) * width + c];
    for (std::ptrdiff_t l = 0; i < n; ++i, ++l) EACH_COLUMN(c) lane[l][c] += a[i] * v[i * width + c];
    EACH_COLUMN(c)
    sums[c] = ((lane[0][c] + lane[4][c]) + (lane[2][c] + lane[6][c])) +
              ((lane[1][c] + lane[5][c]) + (lane[3][c] + lane[7][c]));
}

POISE_MULTIVERSION void eliminate_backward(double const* block, std::ptrdiff_t n_rows, std::ptrdiff_t n_columns,
                                           double* v) {
    double sums[width];
    for (std::ptrdiff_t j = n_columns - 1; j >= 0; --j) {
        double const* const a = block + j * n_rows;
        double* const x = v + j * width;
        dots_in_lanes(a + j + 1, x + width, n_rows - j - 1, sums);
        EACH_COLUMN(c) x[c] = (x[c] - sums[c]) / a[j];
    }
}

// Column j of a simplicial factor, of n_entries numbers.
POISE_MULTIVERSION void column_forward(index_t const* row, double const* value, index_t n_entries, bool is_ldl,
                                       double* x, std::ptrdiff_t j) {
    double* const x_j = x + j * width;
    if (!is_ldl) divide(x_j, value[0]);
    for (index_t e = 1; e < n_entries; ++e) subtract(value[e], x_j, x + row[e] * width);
}
POISE_MULTIVERSION void column_backward(index_t const* row, double const* value, index_t n_entries, bool is_ldl,
                                        double* x, std::ptrdiff_t j) {
    double* const x_j = x + j * width;
    if (is_ldl) divide(x_j, value[0]);
    for (index_t e = 1; e < n_entries; ++e) subtract(value[e], x + row[e] * width, x_j);
    if (!is_ldl) divide(x_j, value[0]);
}

}  // namespace

void solve_block_in_place(supernodal_factor const& L, std::span<double> x) {
    auto const n_supernodes = static_cast<std::ptrdiff_t>(L.first_column.size()) - 1;
    std::ptrdiff_t most_rows = 0;
    for (std::ptrdiff_t s = 0; s < n_supernodes; ++s)
        most_rows = std::max<std::ptrdiff_t>(most_rows, L.first_row[s + 1] - L.first_row[s]);
    std::vector<double> v(static_cast<std::size_t>(most_rows * width));

    auto const visit = [&](std::ptrdiff_t s, auto const& eliminate) {
        auto const rows = L.rows.subspan(L.first_row[s], L.first_row[s + 1] - L.first_row[s]);
        for (std::size_t i = 0; i < rows.size(); ++i)
            std::copy_n(&x[static_cast<std::size_t>(rows[i]) * block_width], block_width, &v[i * block_width]);
        eliminate(L.values + L.first_value[s], static_cast<std::ptrdiff_t>(rows.size()),
                  std::ptrdiff_t{L.first_column[s + 1] - L.first_column[s]}, v.data());
        for (std::size_t i = 0; i < rows.size(); ++i)
            std::copy_n(&v[i * block_width], block_width, &x[static_cast<std::size_t>(rows[i]) * block_width]);
    };
    for (std::ptrdiff_t s = 0; s < n_supernodes; ++s) visit(s, eliminate_forward);
    for (std::ptrdiff_t s = n_supernodes - 1; s >= 0; --s) visit(s, eliminate_backward);
}

void solve_block_in_place(simplicial_factor const& L, std::span<double> x) {
    auto const n = static_cast<std::ptrdiff_t>(x.size() / block_width);
    auto const visit = [&](std::ptrdiff_t j, auto const& eliminate) {
        index_t const first = L.first_entry[j];
        eliminate(L.rows + first, L.values + first, L.n_entries[j], L.is_ldl, x.data(), j);
    };
    for (std::ptrdiff_t j = 0; j < n; ++j) visit(j, column_forward);
    for (std::ptrdiff_t j = n - 1; j >= 0; --j) visit(j, column_backward);
}

}  // namespace poise::linear::detail
