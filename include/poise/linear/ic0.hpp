// SPDX-License-Identifier: MIT
// Incomplete Cholesky factorisation without fill.
#pragma once

#include <poise/linear/csr.hpp>

#include <cstddef>
#include <span>

namespace poise::linear {

/// z = (L Lᵀ)⁻¹ r, L with the structure of A's lower triangle and L Lᵀ = A + shift · diag(A) there: a preconditioner
/// for cg() and minres(), symmetric positive definite whatever A is.
///   linear::cg(A, b, x, {}, linear::ic0{A});
/// The shift is 0 for M-matrices and H-matrices, as −Δ is. Where a pivot is not positive it is 1e-3, and doubled until
/// there is none; a large one says that L is far from A.
/// Construction: O(entries · entries a row) for each shift. Throws std::invalid_argument unless A is valid and
/// symmetric with a positive diagonal, naming the row. Each call reads L twice: 12 bytes an entry of the lower triangle
/// and 20 a row each time, on one thread. Thread-safe; no allocation; the same bits always. Source: Meijerink & van der
/// Vorst (1977), Math. Comp. 31, 148; the shift: Manteuffel (1980), Math. Comp. 34, 473.
class ic0 {
public:
    explicit ic0(csr_view A);

    /// Sizes n (throws std::invalid_argument); not overlapping.
    void operator()(std::span<double const> r, std::span<double> z) const;
    [[nodiscard]] double shift() const noexcept { return shift_; }
    [[nodiscard]] std::size_t bytes() const noexcept { return L_.bytes(); }

private:
    csr_matrix L_;  // the last entry of a row is on the diagonal, and inverted
    double shift_ = 0.0;
};

}  // namespace poise::linear
