// SPDX-License-Identifier: MIT
// Private to ode: LU factors of shift·I − J where a state has few numbers.
#pragma once

#include <poise/ode/detail/complex_number.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <utility>

namespace poise::ode::detail {

/// N × N, in registers where N is small enough; partial pivoting. Number: double or complex_number, that of the shift.
template <std::size_t N, class Number = double>
class small_lu {
public:
    /// J by columns. False where a pivot is 0 or not finite.
    [[nodiscard]] bool factor(Number shift, std::array<double, N * N> const& J) noexcept {
        for (std::size_t i = 0; i < N * N; ++i) lu_[i] = Number{-J[i]};
        for (std::size_t k = 0; k < N; ++k) at(k, k) = at(k, k) + shift;
        for (std::size_t k = 0; k < N; ++k)
            if (!eliminate(k)) return false;
        return true;
    }
    /// x: in, the right-hand side; the solution. x[k] for k < N.
    template <class X>
    void solve(X& x) const noexcept {
        for (std::size_t k = 0; k < N; ++k)
            if (pivots_[k] != k) std::swap(x[k], x[pivots_[k]]);
        for (std::size_t k = 0; k < N; ++k)
            for (std::size_t i = k + 1; i < N; ++i) x[i] = x[i] - at(i, k) * x[k];
        for (std::size_t k = N; k-- > 0;) {
            x[k] = x[k] * inverses_[k];
            for (std::size_t i = 0; i < k; ++i) x[i] = x[i] - at(i, k) * x[k];
        }
    }

private:
    [[nodiscard]] Number& at(std::size_t i, std::size_t j) noexcept { return lu_[i + N * j]; }
    [[nodiscard]] Number at(std::size_t i, std::size_t j) const noexcept { return lu_[i + N * j]; }

    [[nodiscard]] bool eliminate(std::size_t k) noexcept {
        std::size_t pivot = k;
        for (std::size_t i = k + 1; i < N; ++i)
            if (size_of(at(i, k)) > size_of(at(pivot, k))) pivot = i;
        pivots_[k] = pivot;
        if (pivot != k)
            for (std::size_t j = 0; j < N; ++j) std::swap(at(k, j), at(pivot, j));
        Number const inverse = inverse_of(at(k, k));
        if (!std::isfinite(size_of(inverse)) || size_of(inverse) == 0.0) return false;
        for (std::size_t i = k + 1; i < N; ++i) at(i, k) = at(i, k) * inverse;
        for (std::size_t j = k + 1; j < N; ++j)
            for (std::size_t i = k + 1; i < N; ++i) at(i, j) = at(i, j) - at(i, k) * at(k, j);
        inverses_[k] = inverse;
        return true;
    }

    std::array<Number, N * N> lu_{};
    std::array<Number, N> inverses_{};
    std::array<std::size_t, N> pivots_{};
};

}  // namespace poise::ode::detail
