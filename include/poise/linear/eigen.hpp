// SPDX-License-Identifier: MIT
// Eigen's matrices and vectors where poise takes its own views: nothing of Eigen reaches the compiled library.
#pragma once

#include <poise/core/error.hpp>
#include <poise/linear/csr.hpp>

#include <Eigen/SparseCore>

#include <span>

namespace poise::linear {

/// A borrowed view of a compressed row-major matrix with 32-bit indices. A must outlive the view.
/// Throws std::invalid_argument when A is not compressed: call A.makeCompressed() first.
[[nodiscard]] inline csr_view as_csr(Eigen::SparseMatrix<double, Eigen::RowMajor, index_t> const& A) {
    if (!A.isCompressed()) throw_invalid("the Eigen matrix is not compressed; call makeCompressed() first");
    auto const rows = static_cast<std::size_t>(A.rows());
    auto const entries = static_cast<std::size_t>(A.nonZeros());
    return {static_cast<index_t>(A.rows()),
            static_cast<index_t>(A.cols()),
            {A.outerIndexPtr(), rows + 1},
            {A.innerIndexPtr(), entries},
            {A.valuePtr(), entries}};
}

/// Eigen's view of a poise matrix. A must outlive it.
[[nodiscard]] inline Eigen::Map<Eigen::SparseMatrix<double, Eigen::RowMajor, index_t> const> as_eigen(csr_view A) {
    return {A.n_rows,           A.n_cols,         static_cast<index_t>(A.n_entries()),
            A.row_start.data(), A.columns.data(), A.values.data()};
}

[[nodiscard]] inline std::span<double const> as_span(Eigen::VectorXd const& x) {
    return {x.data(), static_cast<std::size_t>(x.size())};
}
[[nodiscard]] inline std::span<double> as_span(Eigen::VectorXd& x) {
    return {x.data(), static_cast<std::size_t>(x.size())};
}

}  // namespace poise::linear
