// SPDX-License-Identifier: MIT
#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/linear/eigenvalues.hpp>

#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cmath>

namespace poise::linear {

std::vector<std::complex<double>> eigenvalues(ndspan<double const, 2> A) {
    POISE_REQUIRE(A.extent(0) == A.extent(1), "eigenvalues: the matrix is ", A.extent(0), " x ", A.extent(1),
                  "; it must be square");
    std::ptrdiff_t const n = A.extent(0);
    if (n == 0) return {};
    Eigen::MatrixXd copy{n, n};
    for (std::ptrdiff_t j = 0; j < n; ++j)
        for (std::ptrdiff_t i = 0; i < n; ++i) {
            POISE_REQUIRE(std::isfinite(A(i, j)), "eigenvalues: entry (", i, ", ", j, ") is ", A(i, j),
                          "; it must be finite");
            copy(i, j) = A(i, j);
        }
    Eigen::EigenSolver<Eigen::MatrixXd> const solver{copy, false};
    if (solver.info() != Eigen::Success)
        throw error{concat("eigenvalues: QR iterations do not converge for a ", n, " x ", n, " matrix")};
    auto const& found = solver.eigenvalues();
    std::vector<std::complex<double>> result(found.begin(), found.end());
    std::ranges::stable_sort(result, [](auto const& a, auto const& b) { return std::abs(a) > std::abs(b); });
    return result;
}

}  // namespace poise::linear
