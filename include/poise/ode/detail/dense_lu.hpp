// SPDX-License-Identifier: MIT
// Private to ode: LU factors of small dense matrices.
#pragma once

#include <poise/ode/detail/complex_number.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace poise::ode::detail {

[[nodiscard]] inline double largest_magnitude(std::span<double const> x) noexcept {
    double largest = 0.0;
    for (double const value : x)
        if (!(std::abs(value) <= largest)) largest = std::abs(value);
    return largest;
}

/// Of N × N, in place and in registers where N is small; partial pivoting. Number: double or complex_number. A, by
/// columns: in, the matrix; the factors.
template <std::size_t N, class Number = double>
class small_lu {
public:
    explicit small_lu(std::size_t = N) {}
    [[nodiscard]] std::span<Number> matrix() noexcept { return lu_; }

    /// False where a pivot is 0 or not finite.
    [[nodiscard]] bool factor() noexcept {
        for (std::size_t k = 0; k < N; ++k)
            if (!eliminate(k)) return false;
        return true;
    }
    /// x: in, the right-hand side; the solution. x[k] for k < N.
    template <class X>
    void solve(X&& x) const noexcept {
        for (std::size_t k = 0; k < N; ++k)
            if (pivots_[k] != k) std::swap(x[k], x[pivots_[k]]);
        for (std::size_t k = 0; k < N; ++k)
            for (std::size_t i = k + 1; i < N; ++i) x[i] = x[i] - at(i, k) * x[k];
        for (std::size_t k = N; k-- > 0;) {
            x[k] = x[k] * inverses_[k];
            for (std::size_t i = 0; i < k; ++i) x[i] = x[i] - at(i, k) * x[k];
        }
    }
    /// Columns of N numbers, side by side: each waits for its own pivots, not for the others.
    template <std::size_t Columns>
    void solve_block(Number* x) const noexcept {
        for (std::size_t c = 0; c < Columns; ++c)
            for (std::size_t k = 0; k < N; ++k)
                if (pivots_[k] != k) std::swap(x[k + N * c], x[pivots_[k] + N * c]);
        for (std::size_t k = 0; k < N; ++k)
            for (std::size_t c = 0; c < Columns; ++c)
                for (std::size_t i = k + 1; i < N; ++i) x[i + N * c] = x[i + N * c] - at(i, k) * x[k + N * c];
        for (std::size_t k = N; k-- > 0;)
            for (std::size_t c = 0; c < Columns; ++c) {
                x[k + N * c] = x[k + N * c] * inverses_[k];
                for (std::size_t i = 0; i < k; ++i) x[i + N * c] = x[i + N * c] - at(i, k) * x[k + N * c];
            }
    }
    /// Of the pivots' inverses: how near to singular it is.
    [[nodiscard]] double largest_inverse() const noexcept { return largest_magnitude(inverses_); }

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

/// The same of any size, compiled.
class large_lu {
public:
    explicit large_lu(std::size_t n) : n_{n}, lu_(n * n), inverses_(n), pivots_(n) {}
    [[nodiscard]] std::span<double> matrix() noexcept { return lu_; }
    [[nodiscard]] bool factor() noexcept;
    void solve(std::span<double> x) const noexcept;
    [[nodiscard]] double largest_inverse() const noexcept { return largest_magnitude(inverses_); }

private:
    std::size_t n_;
    std::vector<double> lu_, inverses_;
    std::vector<std::size_t> pivots_;
};

}  // namespace poise::ode::detail
