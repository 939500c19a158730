// SPDX-License-Identifier: MIT
// Matrices for the tests of linear, dense enough to check by hand.
#pragma once

#include <poise/linear/csr.hpp>

#include <vector>

namespace poise_test {

/// The entries of a dense matrix that are not 0, row by row.
inline poise::linear::csr_matrix from_dense(std::vector<std::vector<double>> const& dense) {
    std::size_t n_entries = 0;
    for (auto const& row : dense)
        for (double const value : row) n_entries += value != 0.0;
    poise::linear::csr_matrix A{dense.size(), dense.empty() ? 0 : dense.front().size(), n_entries};
    poise::index_t entry = 0;
    for (std::size_t r = 0; r < dense.size(); ++r) {
        A.row_start()[r] = entry;
        for (std::size_t c = 0; c < dense[r].size(); ++c)
            if (dense[r][c] != 0.0) {
                A.columns()[static_cast<std::size_t>(entry)] = static_cast<poise::index_t>(c);
                A.values()[static_cast<std::size_t>(entry++)] = dense[r][c];
            }
    }
    A.row_start()[dense.size()] = entry;
    return A;
}

inline std::vector<std::vector<double>> to_dense(poise::linear::csr_view A) {
    std::vector<std::vector<double>> dense(static_cast<std::size_t>(A.n_rows),
                                           std::vector<double>(static_cast<std::size_t>(A.n_cols)));
    for (std::size_t r = 0; r < dense.size(); ++r)
        for (auto e = A.row_start[r]; e < A.row_start[r + 1]; ++e)
            dense[r][static_cast<std::size_t>(A.columns[static_cast<std::size_t>(e)])] =
                A.values[static_cast<std::size_t>(e)];
    return dense;
}

}  // namespace poise_test
