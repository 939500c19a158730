// SPDX-License-Identifier: MIT
#include "core/multiversion.hpp"
#include "linear/loop_threads.hpp"
#include "linear/mirror_entries.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/linear/csr.hpp>
#include <poise/task/parallel_for.hpp>

#include <cmath>

namespace poise::linear {
namespace {

POISE_MULTIVERSION void multiply_rows(csr_view const& A, double const* x, double* y, index_t first, index_t last) {
    index_t const* const start = A.row_start.data();
    index_t const* const column = A.columns.data();
    double const* const value = A.values.data();
    for (index_t row = first; row < last; ++row) {
        double sum = 0.0;
        for (index_t e = start[row]; e < start[row + 1]; ++e) sum += value[e] * x[column[e]];
        y[row] = sum;
    }
}

POISE_MULTIVERSION void residual_rows(csr_view const& A, double const* x, double const* b, double* r, index_t first,
                                      index_t last) {
    index_t const* const start = A.row_start.data();
    index_t const* const column = A.columns.data();
    double const* const value = A.values.data();
    for (index_t row = first; row < last; ++row) {
        double sum = b[row];
        for (index_t e = start[row]; e < start[row + 1]; ++e) sum -= value[e] * x[column[e]];
        r[row] = sum;
    }
}

constexpr std::size_t least_entries_for_threads = 200'000;

template <class Body>
void for_row_ranges(csr_view const& A, Body const& body) {
    std::size_t const n_chunks =
        detail::parts_of_loop(A.n_entries(), least_entries_for_threads, task::available_threads());
    task::parallel_for(static_cast<std::size_t>(A.n_rows), n_chunks, [&](std::size_t first, std::size_t last) {
        body(static_cast<index_t>(first), static_cast<index_t>(last));
    });
}

void require_sizes(csr_view const& A, std::size_t x, std::size_t y) {
    POISE_REQUIRE(x == static_cast<std::size_t>(A.n_cols) && y == static_cast<std::size_t>(A.n_rows), "A is ", A.n_rows,
                  " x ", A.n_cols, ", but the vectors have ", x, " and ", y, " entries");
}

}  // namespace

csr_matrix::csr_matrix(std::size_t n_rows, std::size_t n_cols, std::size_t n_entries) {
    POISE_REQUIRE(n_rows < max_index && n_cols < max_index && n_entries <= max_index, "a matrix of ", n_rows, " x ",
                  n_cols, " with ", n_entries, " entries exceeds 32-bit indices (", max_index,
                  "); choose a smaller size");
    n_rows_ = static_cast<index_t>(n_rows);
    n_cols_ = static_cast<index_t>(n_cols);
    row_start_ = buffer<index_t>{n_rows + 1};
    columns_ = buffer<index_t>{n_entries};
    values_ = buffer<double>{n_entries};
}

csr_matrix& csr_matrix::operator=(csr_matrix&& other) noexcept {
    n_rows_ = std::exchange(other.n_rows_, 0);
    n_cols_ = std::exchange(other.n_cols_, 0);
    row_start_ = std::move(other.row_start_);
    columns_ = std::move(other.columns_);
    values_ = std::move(other.values_);
    return *this;
}

csr_view csr_matrix::view() const noexcept { return {n_rows_, n_cols_, row_start_, columns_, values_}; }

void multiply(csr_view A, std::span<double const> x, std::span<double> y) {
    require_sizes(A, x.size(), y.size());
    for_row_ranges(A, [&](index_t first, index_t last) { multiply_rows(A, x.data(), y.data(), first, last); });
}

void residual(csr_view A, std::span<double const> x, std::span<double const> b, std::span<double> r) {
    require_sizes(A, x.size(), b.size());
    require_sizes(A, x.size(), r.size());
    for_row_ranges(A,
                   [&](index_t first, index_t last) { residual_rows(A, x.data(), b.data(), r.data(), first, last); });
}

double norm_infinity(csr_view A) noexcept {
    double largest = 0.0;
    for (index_t row = 0; row < A.n_rows; ++row) {
        double sum = 0.0;
        for (index_t e = A.row_start[row]; e < A.row_start[row + 1]; ++e) sum += std::abs(A.values[e]);
        largest = sum > largest ? sum : largest;
    }
    return largest;
}

void require_in_bounds(csr_view A) {
    POISE_REQUIRE(A.n_rows >= 0 && A.n_cols >= 0, "A is ", A.n_rows, " x ", A.n_cols, "; sizes cannot be negative");
    POISE_REQUIRE(A.row_start.size() == static_cast<std::size_t>(A.n_rows) + 1, "row_start has ", A.row_start.size(),
                  " entries, a matrix of ", A.n_rows, " rows needs ", A.n_rows + 1);
    POISE_REQUIRE(A.columns.size() == A.values.size(), A.columns.size(), " columns for ", A.values.size(), " values");
    POISE_REQUIRE(A.row_start.front() == 0 && static_cast<std::size_t>(A.row_start.back()) == A.values.size(),
                  "row_start runs from ", A.row_start.front(), " to ", A.row_start.back(), "; it must run from 0 to ",
                  A.values.size(), ", the number of entries");
    for (index_t row = 0; row < A.n_rows; ++row)
        POISE_REQUIRE(A.row_start[row] <= A.row_start[row + 1], "row_start falls from ", A.row_start[row], " to ",
                      A.row_start[row + 1], " at row ", row);
    for (index_t row = 0; row < A.n_rows; ++row)
        for (index_t e = A.row_start[row]; e < A.row_start[row + 1]; ++e)
            POISE_REQUIRE(A.columns[e] >= 0 && A.columns[e] < A.n_cols, "row ", row, " has column ", A.columns[e],
                          " of ", A.n_cols);
}

void require_valid(csr_view A) {
    require_in_bounds(A);
    for (index_t row = 0; row < A.n_rows; ++row)
        for (index_t e = A.row_start[row]; e < A.row_start[row + 1]; ++e) {
            POISE_REQUIRE(e == A.row_start[row] || A.columns[e - 1] < A.columns[e], "row ", row, " has column ",
                          A.columns[e], " after ", A.columns[e > 0 ? e - 1 : 0],
                          "; columns must ascend, without duplicates");
            POISE_REQUIRE(std::isfinite(A.values[e]), "A(", row, ", ", A.columns[e], ") is ", A.values[e],
                          "; it must be finite");
        }
}

void require_symmetric(csr_view A) {
    POISE_REQUIRE(A.n_rows == A.n_cols, "A is ", A.n_rows, " x ", A.n_cols, "; a symmetric matrix is square");
    detail::mirror_entries mirrors{A};
    for (index_t row = 0; row < A.n_rows; ++row)
        for (index_t e = A.row_start[row]; e < A.row_start[row + 1]; ++e) {
            index_t const column = A.columns[e];
            index_t const mirror = mirrors.next(row, column);
            bool const there = mirror != detail::mirror_entries::none;
            POISE_REQUIRE(there && A.values[mirror] == A.values[e], "A is not symmetric: A(", row, ", ", column,
                          ") = ", A.values[e], ", but A(", column, ", ", row,
                          ") = ", there ? to_text(A.values[mirror]) : std::string{"not stored"});
        }
}

}  // namespace poise::linear
