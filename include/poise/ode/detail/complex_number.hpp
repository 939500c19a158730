// SPDX-License-Identifier: MIT
// Private to ode: complex numbers whose products are four multiplications, without std::complex's care for infinities.
#pragma once

#include <cmath>

namespace poise::ode::detail {

struct complex_number {
    double re = 0.0, im = 0.0;

    friend constexpr complex_number operator+(complex_number a, complex_number b) noexcept {
        return {a.re + b.re, a.im + b.im};
    }
    friend constexpr complex_number operator-(complex_number a, complex_number b) noexcept {
        return {a.re - b.re, a.im - b.im};
    }
    friend constexpr complex_number operator*(complex_number a, complex_number b) noexcept {
        return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
    }
};

/// Of a pivot, to compare it with others.
[[nodiscard]] inline double size_of(double x) noexcept { return std::abs(x); }
[[nodiscard]] inline double size_of(complex_number x) noexcept { return std::abs(x.re) + std::abs(x.im); }

[[nodiscard]] inline double inverse_of(double x) noexcept { return 1.0 / x; }
/// By halves of the denominator, which does not overflow before 1/x is 0. Source: Smith (1962), CACM 5, 435.
[[nodiscard]] inline complex_number inverse_of(complex_number x) noexcept {
    if (std::abs(x.re) >= std::abs(x.im)) {
        double const ratio = x.im / x.re, scale = 1.0 / (x.re + ratio * x.im);
        return {scale, -ratio * scale};
    }
    double const ratio = x.re / x.im, scale = 1.0 / (x.im + ratio * x.re);
    return {ratio * scale, -scale};
}

}  // namespace poise::ode::detail
