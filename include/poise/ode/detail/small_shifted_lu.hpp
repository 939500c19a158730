// SPDX-License-Identifier: MIT
// Private to ode: LU factors of shift·I − J where a state has few numbers.
#pragma once

#include <poise/ode/detail/dense_lu.hpp>

#include <array>
#include <cstddef>

namespace poise::ode::detail {

/// As shifted_lu. Number: double or complex_number, that of the shift.
template <std::size_t N, class Number = double>
class small_shifted_lu {
public:
    /// J by columns. False where a pivot is 0 or not finite.
    [[nodiscard]] bool factor(Number shift, std::array<double, N * N> const& J) noexcept {
        auto const A = lu_.matrix();
        for (std::size_t i = 0; i < N * N; ++i) A[i] = Number{-J[i]};
        for (std::size_t k = 0; k < N; ++k) A[k + N * k] = A[k + N * k] + shift;
        return lu_.factor();
    }
    /// x: in, the right-hand side; the solution. x[k] for k < N.
    template <class X>
    void solve(X&& x) const noexcept {
        lu_.solve(x);
    }

private:
    small_lu<N, Number> lu_;
};

}  // namespace poise::ode::detail
