// SPDX-License-Identifier: MIT
// Private to ode: polynomials through the Gauss points of an interval, computed by the compiler.
#pragma once

#include <array>
#include <cstddef>

namespace poise::ode::detail {

/// Of a polynomial of degree K on [0, 1], by its value at 0 and by z, how far it is from that at the zeros of the
/// Legendre polynomial of degree K. A solution that meets y' = f there is of order 2K at the ends and K + 1 in between.
/// Source: Hairer, Nørsett & Wanner (1993), §II.7; Ascher, Mattheij & Russell (1995), §5.3.
template <std::size_t K>
struct gauss_tableau {
    std::array<double, K> c;                           ///< the points, in order
    std::array<std::array<double, K>, K> slope;        ///< its slope at point j: Σ slope[j][l] z_l
    std::array<double, K> end;                         ///< how far it is from its beginning at 1: Σ end[l] z_l
    std::array<std::array<double, K>, K> coefficient;  /// of θᵐ⁺¹: Σ coefficient[m][l] z_l
    std::array<double, K> highest;                     ///< its derivative of order K: Σ highest[l] z_l
    /// max |φ|, φ' = Π (θ − c_j) / K!: an error is y⁽ᴷ⁺¹⁾ hᴷ⁺¹ φ(θ) and terms of higher order.
    double error;
};

// Legendre's, of degree n.
constexpr long double legendre(std::size_t n, long double t) {
    long double before = 1.0L, now = t;
    for (std::size_t m = 2; m <= n; ++m) {
        auto const degree = static_cast<long double>(m);
        long double const next = ((2 * degree - 1) * t * now - (degree - 1) * before) / degree;
        before = now, now = next;
    }
    return now;
}

// Zeros in [0, 1], by bisection between the places of a grid that is fine enough for eight of them.
template <std::size_t K>
constexpr std::array<long double, K> gauss_points() {
    constexpr std::size_t n_cells = 41;  // odd: 0, which is one of the zeros where K is, is no place of it
    std::array<long double, K> points{};
    std::size_t found = 0;
    for (std::size_t cell = 0; cell < n_cells; ++cell) {
        long double low = -1.0L + 2.0L * static_cast<long double>(cell) / n_cells;
        long double high = -1.0L + 2.0L * static_cast<long double>(cell + 1) / n_cells;
        bool const rises = legendre(K, low) < 0.0L;
        if (rises == (legendre(K, high) < 0.0L)) continue;
        for (int step = 0; step < 66; ++step) {
            long double const middle = 0.5L * (low + high);
            (rises == (legendre(K, middle) < 0.0L) ? low : high) = middle;
        }
        points[found++] = 0.5L + 0.25L * (low + high);
    }
    return points;
}

template <std::size_t K>
constexpr gauss_tableau<K> make_gauss_tableau() {
    gauss_tableau<K> result{};
    auto const c = gauss_points<K>();
    for (std::size_t l = 0; l < K; ++l) {
        // θ Π (θ − c_m) over the others, by powers, and what it is at c_l.
        std::array<long double, K + 1> basis{};
        basis[1] = 1.0L;
        std::size_t degree = 1;
        long double scale = c[l];
        for (std::size_t m = 0; m < K; ++m) {
            if (m == l) continue;
            scale *= c[l] - c[m];
            ++degree;
            for (std::size_t p = degree; p > 0; --p) basis[p] = basis[p - 1] - c[m] * basis[p];
            basis[0] *= -c[m];
        }
        long double at_end = 0.0L, highest = 1.0L;
        for (std::size_t p = 1; p <= K; ++p) {
            basis[p] /= scale;
            at_end += basis[p];
            highest *= static_cast<long double>(p);
            result.coefficient[p - 1][l] = static_cast<double>(basis[p]);
        }
        result.c[l] = static_cast<double>(c[l]);
        result.end[l] = static_cast<double>(at_end);
        result.highest[l] = static_cast<double>(highest * basis[K]);
        for (std::size_t j = 0; j < K; ++j) {
            long double slope = 0.0L;
            for (std::size_t p = K; p > 0; --p) slope = slope * c[j] + static_cast<long double>(p) * basis[p];
            result.slope[j][l] = static_cast<double>(slope);
        }
    }
    std::array<long double, K + 1> product{1.0L};
    long double factorial = 1.0L;
    for (std::size_t m = 0; m < K; ++m) {
        factorial *= static_cast<long double>(m + 1);
        for (std::size_t p = m + 1; p > 0; --p) product[p] = product[p - 1] - c[m] * product[p];
        product[0] *= -c[m];
    }
    for (std::size_t j = 0; j < K; ++j) {  // φ is largest where its slope is 0
        long double value = 0.0L;
        for (std::size_t p = K + 1; p > 0; --p) value = (value + product[p - 1] / static_cast<long double>(p)) * c[j];
        value = (value < 0.0L ? -value : value) / factorial;
        if (value > result.error) result.error = static_cast<double>(value);
    }
    return result;
}

template <std::size_t K>
inline constexpr gauss_tableau<K> gauss = make_gauss_tableau<K>();

}  // namespace poise::ode::detail
