// SPDX-License-Identifier: MIT
// All eigenvalues of a small dense matrix.
#pragma once

#include <poise/core/ndspan.hpp>

#include <complex>
#include <vector>

namespace poise::linear {

/// Of an n × n matrix, symmetric or not, in the order of falling magnitude, conjugate pairs together. By Hessenberg
/// form and QR iterations, about 10 n³ operations; allocates a copy. Thread-safe. Throws std::invalid_argument where A
/// is not square or not finite, naming the entry; poise::error where the iterations do not converge. Source: Golub &
/// Van Loan (2013), Matrix Computations, §7.5, in Eigen's EigenSolver.
[[nodiscard]] std::vector<std::complex<double>> eigenvalues(ndspan<double const, 2> A);

}  // namespace poise::linear
