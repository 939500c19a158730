// SPDX-License-Identifier: MIT
// Sparse matrices in compressed rows.
#pragma once

#include <poise/core/buffer.hpp>
#include <poise/core/index.hpp>

#include <cstddef>
#include <span>
#include <utility>

namespace poise::linear {

/// An n_rows × n_cols matrix in compressed rows that somebody else owns: row r has the entries
/// row_start[r] … row_start[r+1] of columns and values, columns ascending. Zero-based.
struct csr_view {
    index_t n_rows = 0;
    index_t n_cols = 0;
    std::span<index_t const> row_start;  ///< n_rows + 1
    std::span<index_t const> columns;    ///< as many as entries
    std::span<double const> values;      ///< as many as entries

    [[nodiscard]] std::size_t n_entries() const noexcept { return values.size(); }
};

/// Owns its arrays; movable, which leaves a matrix of no rows and columns behind, not copyable. Entries are
/// uninitialised until written.
class csr_matrix {
public:
    csr_matrix() = default;
    csr_matrix(csr_matrix&& other) noexcept { *this = std::move(other); }
    csr_matrix& operator=(csr_matrix&& other) noexcept;
    /// Throws std::invalid_argument when a size exceeds index_t.
    csr_matrix(std::size_t n_rows, std::size_t n_cols, std::size_t n_entries);

    [[nodiscard]] csr_view view() const noexcept;
    operator csr_view() const noexcept { return view(); }
    [[nodiscard]] index_t n_rows() const noexcept { return n_rows_; }
    [[nodiscard]] index_t n_cols() const noexcept { return n_cols_; }
    [[nodiscard]] std::size_t n_entries() const noexcept { return values_.size(); }
    [[nodiscard]] std::size_t bytes() const noexcept { return row_start_.bytes() + columns_.bytes() + values_.bytes(); }

    [[nodiscard]] std::span<index_t> row_start() noexcept { return row_start_; }
    [[nodiscard]] std::span<index_t> columns() noexcept { return columns_; }
    [[nodiscard]] std::span<double> values() noexcept { return values_; }

private:
    index_t n_rows_ = 0;
    index_t n_cols_ = 0;
    buffer<index_t> row_start_;
    buffer<index_t> columns_;
    buffer<double> values_;
};

/// y = A x. x: n_cols, y: n_rows, not overlapping. Rows are summed in order: the same bits always, on any
/// number of threads: those of the arena that the caller is in, where the matrix is large enough to gain. Moves 12
/// bytes an entry and 20 a row. Throws std::invalid_argument on sizes that differ.
void multiply(csr_view A, std::span<double const> x, std::span<double> y);
/// r = b - A x, as multiply().
void residual(csr_view A, std::span<double const> x, std::span<double const> b, std::span<double> r);
/// ‖A‖_∞ = max over rows of Σ|a|.
[[nodiscard]] double norm_infinity(csr_view A) noexcept;

/// Checks what keeps reads in bounds: as many row_start and columns as there are rows and values, row_start monotone
/// and ending at the number of entries, columns in range. Throws std::invalid_argument naming the row. O(entries).
void require_in_bounds(csr_view A);
/// Checks the structure: row_start monotone and ending at the number of entries, columns in range and strictly
/// ascending in each row, values finite. Throws std::invalid_argument naming the row. O(entries).
void require_valid(csr_view A);
/// Checks A = Aᵀ, structure and values, to the last bit. Throws std::invalid_argument naming the first pair that
/// differs. O(entries) time, n indices of memory. A must be valid.
void require_symmetric(csr_view A);

}  // namespace poise::linear
