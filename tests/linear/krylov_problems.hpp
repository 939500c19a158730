// SPDX-License-Identifier: MIT
// Systems for the tests of Krylov methods.
#pragma once

#include <poise/core/reductions.hpp>
#include <poise/grid/cartesian.hpp>
#include <poise/linear/neg_laplacian.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace poise_test {

/// −Δ on n × n cells, Dirichlet on all sides; rows scaled by h², so its eigenvalues are between 2 π² h² (nearly) and 8.
inline poise::linear::csr_matrix square(std::ptrdiff_t n) {
    return poise::linear::neg_laplacian(poise::grid::cartesian<2>{{.cells = {n, n}}}, {});
}

/// −Δ + wind · ∂/∂x on n × n cells by central differences: the couplings in x change by ± the cell's Péclet number.
/// Not symmetric; its symmetric part is that of square(n), positive definite.
inline poise::linear::csr_matrix convection_diffusion(std::ptrdiff_t n, double peclet) {
    auto A = square(n);
    for (poise::index_t row = 0; row < A.n_rows(); ++row)
        for (auto e = A.row_start()[row]; e < A.row_start()[row + 1]; ++e) {
            if (A.columns()[e] == row + 1) A.values()[e] += peclet;
            if (A.columns()[e] == row - 1) A.values()[e] -= peclet;
        }
    return A;
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
