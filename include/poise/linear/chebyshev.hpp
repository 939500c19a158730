// SPDX-License-Identifier: MIT
// Chebyshev polynomials of a matrix.
#pragma once

#include <poise/linear/csr.hpp>

#include <memory>
#include <span>

namespace poise::linear {

struct chebyshev_options {
    int degree = 4;                  ///< steps, each but the first with a product with A; at least 1
    double eigenvalue_ratio = 30.0;  ///< damps eigenvalues from the largest down to it over this; above 1
};

/// z = p(D⁻¹A) D⁻¹ r, D the diagonal of A, p the polynomial by which the error of degree steps from z = 0 is least over
/// the upper eigenvalues: a preconditioner for cg() and minres(), and a smoother whose work is products with A alone.
///   linear::cg(A, b, x, {}, linear::chebyshev{A, {.degree = 6}});
/// With eigenvalue_ratio about the condition of D⁻¹A it damps all errors, by 2 ((√ratio - 1)/(√ratio + 1))^degree.
/// A: symmetric positive definite, borrowed: its arrays must live as long. The largest eigenvalue of D⁻¹A is estimated
/// from above, by Lanczos' process and ‖D⁻¹A‖_∞; the operator is symmetric positive definite if it is not exceeded.
/// Construction: 15 products with A. Throws std::invalid_argument unless A is valid and symmetric with a positive
/// diagonal, naming the row, and for options out of range. Each call: degree - 1 residuals, each 5 n doubles more.
/// Thread-safe; borrows 2n doubles a call from memory that it keeps, so there is no allocation after the first calls,
/// as many as run at a time. The same bits always. Source: Saad (2003), Alg. 12.1; Adams et al. (2003), J. Comput.
/// Phys. 188, 593.
class chebyshev {
public:
    explicit chebyshev(csr_view A, chebyshev_options const& options = {});
    explicit chebyshev(csr_matrix&& A, chebyshev_options const& options = {}) = delete;  // it would not live as long
    ~chebyshev();
    chebyshev(chebyshev&&) noexcept;
    chebyshev& operator=(chebyshev&&) noexcept;

    /// Sizes n (throws std::invalid_argument); not overlapping.
    void operator()(std::span<double const> r, std::span<double> z) const;
    /// Of D⁻¹A, as estimated.
    [[nodiscard]] double largest_eigenvalue() const noexcept;

private:
    class implementation;
    std::unique_ptr<implementation> implementation_;
};

}  // namespace poise::linear
