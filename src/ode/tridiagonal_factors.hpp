// SPDX-License-Identifier: MIT
// Private to src/: LU factors of tridiagonal matrices, with partial pivoting.
#pragma once

#include <poise/ode/detail/complex_number.hpp>
#include <poise/ode/detail/shifted_lu.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace poise::ode::detail {

/// Three bands leave nothing to do side by side: the time is that of one row after the other. So what the next row
/// needs stays in registers, and rows of U are divided by their diagonals, which leaves one product and one sum between
/// an unknown and the next. Source: Golub & Van Loan (2013), Matrix Computations, §4.3.
template <class Number>
class tridiagonal_factors final : public shifted_lu<Number>::factors {
public:
    explicit tridiagonal_factors(std::size_t n) : rows_(n) {}

    bool factor(Number shift, jacobian_matrix const& J) override;
    void solve(std::span<Number> x) override;

    struct row {
        Number multiplier, inverse, next, second;  ///< of L; 1/u of the diagonal, and what u of the row it divided
        bool is_exchanged;                         ///< with the row below
    };

private:
    std::vector<row> rows_;
};

extern template class tridiagonal_factors<double>;
extern template class tridiagonal_factors<complex_number>;

}  // namespace poise::ode::detail
