// SPDX-License-Identifier: MIT
// Incomplete LU factorisation without fill.
#pragma once

#include <poise/core/buffer.hpp>
#include <poise/linear/csr.hpp>

#include <cstddef>
#include <span>

namespace poise::linear {

/// z = (L U)⁻¹ r, L and U with the structure of A and L U = A there: a preconditioner for bicgstab() and gmres(), best
/// where A is an M-matrix or nearly, as of convection and diffusion.
///   linear::gmres(A, b, x, {}, linear::ilu0{A});
/// Construction: O(entries · entries a row), n indices of memory beside the factors. Throws std::invalid_argument
/// unless A is valid and square, and for a row that has no entry on the diagonal or whose pivot becomes 0, naming it.
/// Each call reads the factors once: 12 bytes an entry and 20 a row, on one thread. Thread-safe; no allocation; the
/// same bits always. Source: Saad (2003), Alg. 10.4.
class ilu0 {
public:
    explicit ilu0(csr_view A);

    /// Sizes n (throws std::invalid_argument); not overlapping.
    void operator()(std::span<double const> r, std::span<double> z) const;
    [[nodiscard]] std::size_t bytes() const noexcept { return factors_.bytes() + diagonal_.bytes(); }

private:
    csr_matrix factors_;  // below the diagonal L without its ones, from there on U, its pivots inverted
    buffer<index_t> diagonal_;
};

}  // namespace poise::linear
