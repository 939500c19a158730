// SPDX-License-Identifier: MIT
// Numbers that carry their derivatives along.
#pragma once

#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <ostream>

namespace poise::ode {

/// A value with N partial derivatives: what is computed from duals has the derivatives of what was computed, exact to
/// rounding (forward-mode automatic differentiation). Arithmetic, comparisons by value, and the functions of <cmath>
/// below, which are found where they are called without std::.
/// Source: Griewank & Walther (2008), Evaluating Derivatives, §3.1.
template <std::size_t N>
struct dual {
    double value = 0.0;
    std::array<double, N> derivative{};

    constexpr dual() = default;
    constexpr dual(double constant) : value{constant} {}
    /// Variable number i.
    constexpr dual(double variable, std::size_t i) : value{variable} { derivative[i] = 1.0; }

    /// f(x) with f'(x) = slope.
    [[nodiscard]] constexpr dual chain(double f, double slope) const {
        dual result{f};
        for (std::size_t i = 0; i < N; ++i) result.derivative[i] = slope * derivative[i];
        return result;
    }
    constexpr dual& operator+=(dual const& other) {
        value += other.value;
        for (std::size_t i = 0; i < N; ++i) derivative[i] += other.derivative[i];
        return *this;
    }
    constexpr dual& operator-=(dual const& other) {
        value -= other.value;
        for (std::size_t i = 0; i < N; ++i) derivative[i] -= other.derivative[i];
        return *this;
    }
    constexpr dual& operator*=(dual const& other) { return *this = *this * other; }
    constexpr dual& operator/=(dual const& other) { return *this = *this / other; }

    friend constexpr dual operator+(dual const& a) { return a; }
    friend constexpr dual operator-(dual const& a) { return a.chain(-a.value, -1.0); }
    friend constexpr dual operator+(dual a, dual const& b) { return a += b; }
    friend constexpr dual operator-(dual a, dual const& b) { return a -= b; }
    friend constexpr dual operator+(dual a, double b) {
        a.value += b;
        return a;
    }
    friend constexpr dual operator+(double a, dual b) {
        b.value += a;
        return b;
    }
    friend constexpr dual operator-(dual a, double b) {
        a.value -= b;
        return a;
    }
    friend constexpr dual operator-(double a, dual const& b) { return b.chain(a - b.value, -1.0); }
    friend constexpr dual operator*(dual const& a, dual const& b) {
        dual result{a.value * b.value};
        for (std::size_t i = 0; i < N; ++i)
            result.derivative[i] = a.derivative[i] * b.value + a.value * b.derivative[i];
        return result;
    }
    friend constexpr dual operator*(dual const& a, double b) { return a.chain(a.value * b, b); }
    friend constexpr dual operator*(double a, dual const& b) { return b.chain(a * b.value, a); }
    friend constexpr dual operator/(dual const& a, dual const& b) {
        double const inverse = 1.0 / b.value, quotient = a.value * inverse;
        dual result{quotient};
        for (std::size_t i = 0; i < N; ++i)
            result.derivative[i] = (a.derivative[i] - quotient * b.derivative[i]) * inverse;
        return result;
    }
    friend constexpr dual operator/(dual const& a, double b) { return a.chain(a.value / b, 1.0 / b); }
    friend constexpr dual operator/(double a, dual const& b) { return b.chain(a / b.value, -a / (b.value * b.value)); }
    friend constexpr bool operator==(dual const& a, dual const& b) { return a.value == b.value; }
    friend constexpr auto operator<=>(dual const& a, dual const& b) { return a.value <=> b.value; }

    friend dual sqrt(dual const& x) {
        double const root = std::sqrt(x.value);
        return x.chain(root, 0.5 / root);
    }
    friend dual cbrt(dual const& x) {
        double const root = std::cbrt(x.value);
        return x.chain(root, 1.0 / (3.0 * root * root));
    }
    friend dual exp(dual const& x) {
        double const e = std::exp(x.value);
        return x.chain(e, e);
    }
    friend dual expm1(dual const& x) { return x.chain(std::expm1(x.value), std::exp(x.value)); }
    friend dual log(dual const& x) { return x.chain(std::log(x.value), 1.0 / x.value); }
    friend dual log1p(dual const& x) { return x.chain(std::log1p(x.value), 1.0 / (1.0 + x.value)); }
    friend dual log10(dual const& x) { return x.chain(std::log10(x.value), 0.4342944819032518 / x.value); }
    friend dual sin(dual const& x) { return x.chain(std::sin(x.value), std::cos(x.value)); }
    friend dual cos(dual const& x) { return x.chain(std::cos(x.value), -std::sin(x.value)); }
    friend dual tan(dual const& x) {
        double const t = std::tan(x.value);
        return x.chain(t, 1.0 + t * t);
    }
    friend dual asin(dual const& x) { return x.chain(std::asin(x.value), 1.0 / std::sqrt(1.0 - x.value * x.value)); }
    friend dual acos(dual const& x) { return x.chain(std::acos(x.value), -1.0 / std::sqrt(1.0 - x.value * x.value)); }
    friend dual atan(dual const& x) { return x.chain(std::atan(x.value), 1.0 / (1.0 + x.value * x.value)); }
    friend dual sinh(dual const& x) { return x.chain(std::sinh(x.value), std::cosh(x.value)); }
    friend dual cosh(dual const& x) { return x.chain(std::cosh(x.value), std::sinh(x.value)); }
    friend dual tanh(dual const& x) {
        double const t = std::tanh(x.value);
        return x.chain(t, 1.0 - t * t);
    }
    friend dual abs(dual const& x) { return x.value < 0.0 ? -x : x; }
    friend dual fabs(dual const& x) { return abs(x); }
    friend dual pow(dual const& x, double p) {
        return x.chain(std::pow(x.value, p), p == 0.0 ? 0.0 : p * std::pow(x.value, p - 1.0));
    }
    friend dual pow(double base, dual const& p) {
        double const power = std::pow(base, p.value);
        return p.chain(power, power * std::log(base));
    }
    friend dual pow(dual const& x, dual const& p) { return exp(p * log(x)); }
    friend dual hypot(dual const& x, dual const& y) { return sqrt(x * x + y * y); }
    friend dual atan2(dual const& y, dual const& x) {
        double const square = x.value * x.value + y.value * y.value;
        dual result{std::atan2(y.value, x.value)};
        for (std::size_t i = 0; i < N; ++i)
            result.derivative[i] = (x.value * y.derivative[i] - y.value * x.derivative[i]) / square;
        return result;
    }
    friend dual max(dual const& a, dual const& b) { return a.value < b.value ? b : a; }
    friend dual min(dual const& a, dual const& b) { return b.value < a.value ? b : a; }
    friend bool isfinite(dual const& x) { return std::isfinite(x.value); }
    friend std::ostream& operator<<(std::ostream& out, dual const& x) { return out << x.value; }
};

}  // namespace poise::ode
