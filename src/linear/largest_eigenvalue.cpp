// SPDX-License-Identifier: MIT
#include "linear/largest_eigenvalue.hpp"

#include "linear/krylov_method.hpp"

#include <poise/core/reductions.hpp>

#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace poise::linear::detail {
namespace {

constexpr int n_steps = 15;

// ‖D⁻¹A‖_∞.
double row_bound(csr_view const& A, std::span<double const> inverse_diagonal) {
    double largest = 0.0;
    for (index_t row = 0; row < A.n_rows; ++row) {
        double sum = 0.0;
        for (index_t e = A.row_start[row]; e < A.row_start[row + 1]; ++e) sum += std::abs(A.values[e]);
        largest = std::max(largest, sum * inverse_diagonal[row]);
    }
    return largest;
}

// The tridiagonal matrix of Lanczos' process for D^-1/2 A D^-1/2: alpha on its diagonal, beta beside it, where the last
// beta is what is left.
struct tridiagonal {
    std::vector<double> alpha, beta;
};

tridiagonal lanczos(csr_view const& A, std::span<double const> inverse_diagonal) {
    std::size_t const n = inverse_diagonal.size();
    std::vector<double> v(n), v_old(n), w(n), scaled(n);
    scatter(v);
    double beta = norm2(v);
    tridiagonal T;
    for (int step = 0; step < n_steps; ++step) {
        for (double& value : v) value /= beta;
        for (std::size_t i = 0; i < n; ++i) scaled[i] = std::sqrt(inverse_diagonal[i]) * v[i];
        multiply(A, scaled, w);
        for (std::size_t i = 0; i < n; ++i) w[i] *= std::sqrt(inverse_diagonal[i]);
        double const alpha = dot(v, w);
        double const before = T.beta.empty() ? 0.0 : T.beta.back();
        for (std::size_t i = 0; i < n; ++i) w[i] -= alpha * v[i] + before * v_old[i];
        beta = norm2(w);
        T.alpha.push_back(alpha);
        T.beta.push_back(beta);
        if (beta <= std::numeric_limits<double>::epsilon() * std::abs(alpha)) break;
        std::swap(v_old, v);
        std::swap(v, w);
    }
    return T;
}

}  // namespace

double largest_eigenvalue(csr_view A, std::span<double const> inverse_diagonal) {
    if (A.n_rows == 0) return 0.0;
    auto const T = lanczos(A, inverse_diagonal);
    auto const size = static_cast<Eigen::Index>(T.alpha.size());
    Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> ritz;
    ritz.computeFromTridiagonal(Eigen::Map<Eigen::VectorXd const>{T.alpha.data(), size},
                                Eigen::Map<Eigen::VectorXd const>{T.beta.data(), size - 1});
    double const residual = T.beta.back() * std::abs(ritz.eigenvectors()(size - 1, size - 1));
    return std::min(ritz.eigenvalues()[size - 1] + residual, row_bound(A, inverse_diagonal));
}

}  // namespace poise::linear::detail
