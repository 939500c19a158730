// SPDX-License-Identifier: MIT
// Matrices for the tests of linear, dense enough to check by hand.
#pragma once

#include <poise/linear/csr.hpp>

#include <algorithm>
#include <cstddef>
#include <random>
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

/// B Bᵀ + I for a random sparse B: positive definite, with the sparsity that falls out of it.
inline std::vector<std::vector<double>> random_spd(std::mt19937& random, std::size_t n) {
    std::uniform_real_distribution<double> value{-1, 1};
    std::vector<std::vector<double>> B(n, std::vector<double>(n)), A = B;
    for (auto& row : B)
        for (auto& entry : row) entry = random() % 4 == 0 ? value(random) : 0.0;
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j) {
            A[i][j] = i == j ? 1.0 : 0.0;
            for (std::size_t k = 0; k < n; ++k) A[i][j] += B[std::min(i, j)][k] * B[std::max(i, j)][k];
        }
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
