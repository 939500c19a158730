// SPDX-License-Identifier: MIT
// Systems for the tests of Krylov methods.
#pragma once

#include "linear/matrices.hpp"

#include <poise/core/reductions.hpp>
#include <poise/grid/boundary.hpp>
#include <poise/grid/cartesian.hpp>
#include <poise/linear/neg_laplacian.hpp>

#include <Eigen/Dense>

#include <cstddef>
#include <span>
#include <vector>

namespace poise_test {

/// n × n cells of side 1.
inline poise::grid::cartesian<2> unit_cells(std::ptrdiff_t n) {
    return poise::grid::cartesian<2>{{.upper = {static_cast<double>(n), static_cast<double>(n)}, .cells = {n, n}}};
}

/// −Δ on them, Dirichlet on all sides: its eigenvalues are 4 sin²(iπ/2n) + 4 sin²(jπ/2n), i and j from 1 to n.
inline poise::linear::csr_matrix square(std::ptrdiff_t n) { return poise::linear::neg_laplacian(unit_cells(n), {}); }

/// −Δ + 2 · peclet · ∂/∂x on them by central differences, peclet the Péclet number of a cell. Not symmetric; its
/// symmetric part is square(n).
inline poise::linear::csr_matrix convection_diffusion(std::ptrdiff_t n, double peclet) {
    auto A = square(n);
    for (poise::index_t row = 0; row < A.n_rows(); ++row)
        for (auto e = A.row_start()[row]; e < A.row_start()[row + 1]; ++e) {
            if (A.columns()[e] == row + 1) A.values()[e] += peclet;
            if (A.columns()[e] == row - 1) A.values()[e] -= peclet;
        }
    return A;
}

/// A − shift, indefinite where the shift is between eigenvalues.
inline poise::linear::csr_matrix shifted(poise::linear::csr_matrix A, double shift) {
    for (poise::index_t row = 0; row < A.n_rows(); ++row)
        for (auto e = A.row_start()[row]; e < A.row_start()[row + 1]; ++e)
            if (A.columns()[e] == row) A.values()[e] -= shift;
    return A;
}

/// −Δ on them between walls that let nothing through: the constants are its nullspace.
inline poise::linear::csr_matrix insulated_square(std::ptrdiff_t n) {
    poise::grid::condition_kinds<2> kinds;
    kinds.fill(poise::grid::condition_kind::neumann);
    return poise::linear::neg_laplacian(unit_cells(n), kinds);
}

/// Five unknowns, but a minimal polynomial of degree 3, (λ − 2) (λ − 5) (λ − 9): no Krylov space has more dimensions.
inline poise::linear::csr_matrix of_minimal_degree_three() {
    return from_dense({{2, 3, 0, 0, 1}, {0, 5, 0, 0, 0}, {0, 0, 2, 0, 0}, {0, 0, 3, 5, 0}, {0, 0, 0, 0, 9}});
}

/// An orthonormal basis of span{b, A b, …, Aᵏ⁻¹ b}.
inline Eigen::MatrixXd krylov_basis(Eigen::MatrixXd const& A, Eigen::VectorXd const& b, int k) {
    Eigen::MatrixXd V(b.size(), k);
    Eigen::VectorXd next = b;
    for (int j = 0; j < k; ++j) {
        for (int pass = 0; pass < 2; ++pass) next -= V.leftCols(j) * (V.leftCols(j).transpose() * next);
        V.col(j) = next.normalized();
        next = A * V.col(j);
    }
    return V;
}

/// The matrix that a preconditioner of n unknowns solves with: the inverse of its columns.
template <class Preconditioner>
Eigen::MatrixXd matrix_of(Preconditioner const& M, Eigen::Index n) {
    Eigen::MatrixXd inverse(n, n);
    for (Eigen::Index j = 0; j < n; ++j) {
        std::vector<double> r(static_cast<std::size_t>(n)), z(r.size());
        r[static_cast<std::size_t>(j)] = 1.0;
        M(r, z);
        inverse.col(j) = Eigen::Map<Eigen::VectorXd const>{z.data(), n};
    }
    return inverse.inverse();
}

/// ‖b − A x‖₂.
inline double residual_norm(poise::linear::csr_view A, std::span<double const> x, std::span<double const> b) {
    std::vector<double> r(b.size());
    poise::linear::residual(A, x, b, r);
    return poise::norm2(r);
}

/// ‖x − y‖₂.
inline double distance(std::span<double const> x, std::span<double const> y) {
    std::vector<double> difference(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) difference[i] = x[i] - y[i];
    return poise::norm2(difference);
}

}  // namespace poise_test
