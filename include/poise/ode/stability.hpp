// SPDX-License-Identifier: MIT
// What a method makes of y' = λy.
#pragma once

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/ode/diagonally_implicit_tableau.hpp>
#include <poise/ode/explicit_tableau.hpp>
#include <poise/ode/radau_tableau.hpp>
#include <poise/ode/rosenbrock_tableau.hpp>

#include <array>
#include <cmath>
#include <complex>
#include <cstddef>

namespace poise::ode {

/// R(z), z = hλ: a step of the method multiplies y by it. Those with |R(z)| ≤ 1 are the method's region of stability.
/// Source: Hairer & Wanner (1996), Solving Ordinary Differential Equations II, §IV.2 and IV.3.
template <std::size_t Stages, std::size_t AllStages, std::size_t Degree>
[[nodiscard]] constexpr std::complex<double> stability_function(
    explicit_tableau<Stages, AllStages, Degree> const& tableau, std::complex<double> z) {
    std::array<std::complex<double>, Stages> k;
    std::complex<double> result = 1.0;
    for (std::size_t i = 0; i < Stages; ++i) {
        k[i] = 1.0;
        for (std::size_t j = 0; j < i; ++j) k[i] += tableau.a[i][j] * k[j];
        k[i] *= z;
        result += tableau.b[i] * k[i];
    }
    return result;
}
template <std::size_t Stages, std::size_t Degree>
[[nodiscard]] constexpr std::complex<double> stability_function(
    diagonally_implicit_tableau<Stages, Degree> const& tableau, std::complex<double> z) {
    // The last stage is the step; 1 + Σ b k would be a difference of what is large and nearly equal.
    std::array<std::complex<double>, Stages> Y;
    for (std::size_t i = 0; i < Stages; ++i) {
        Y[i] = 1.0;
        for (std::size_t j = 0; j < i; ++j) Y[i] += z * tableau.a[i][j] * Y[j];
        Y[i] /= 1.0 - z * tableau.a[i][i];
    }
    return Y[Stages - 1];
}
template <std::size_t Stages, std::size_t Dense>
[[nodiscard]] std::complex<double> stability_function(rosenbrock_tableau<Stages, Dense> const& tableau,
                                                      std::complex<double> z) {
    std::array<std::complex<double>, Stages> u;
    std::complex<double> result = 1.0;
    for (std::size_t i = 0; i < Stages; ++i) {
        std::complex<double> at = 1.0, sum = 0.0;
        for (std::size_t j = 0; j < i; ++j) at += tableau.a[i][j] * u[j], sum += tableau.C[i][j] * u[j];
        u[i] = (z * at + sum) / (1.0 / tableau.gamma - z);
        result += tableau.b[i] * u[i];
    }
    return result;
}
template <std::size_t Stages>
[[nodiscard]] std::complex<double> stability_function(radau_tableau<Stages> const& tableau, std::complex<double> z) {
    // (Λ − z) w = z T⁻¹ 1, and the last of T w is what a step adds.
    std::array<std::complex<double>, Stages> r;
    for (std::size_t i = 0; i < Stages; ++i) {
        r[i] = 0.0;
        for (std::size_t j = 0; j < Stages; ++j) r[i] += z * tableau.T_inverse[i][j];
    }
    auto const& last = tableau.T[Stages - 1];
    std::complex<double> result = 1.0 + last[0] * r[0] / (tableau.gamma - z);
    for (std::size_t p = 0; p < Stages / 2; ++p) {
        std::complex<double> const a = tableau.alpha[p] - z;
        double const b = tableau.beta[p];
        auto const re = r[1 + 2 * p], im = r[2 + 2 * p];
        auto const determinant = a * a + b * b;
        result += last[1 + 2 * p] * (a * re + b * im) / determinant + last[2 + 2 * p] * (a * im - b * re) / determinant;
    }
    return result;
}
/// Of the Radau method of that many stages; of one whose stages change, of the fewest.
template <class Method>
[[nodiscard]] std::complex<double> stability_function(Method const&, std::complex<double> z) {
    if constexpr (requires { Method::tableau; })
        return stability_function(Method::tableau, z);
    else
        return stability_function(radau_iia<Method::fewest_stages>, z);
}

/// How far along the ray of that angle from the negative real axis, 0 to π/2, the region of stability reaches from 0 on
/// without a gap of more than 10⁻³: the largest h|λ| of a decay for 0, of an oscillation for π/2. Infinite where it is
/// beyond 10⁴, as for methods that are A-stable. Some 10³ evaluations of R for explicit methods.
template <class Method>
[[nodiscard]] double stability_limit(Method const& method, double angle = 0.0) {
    POISE_REQUIRE(angle >= 0.0 && angle <= 1.5707963267948968, "ode: the angle is ", angle,
                  "; give one from 0, the negative real axis, to pi/2, the imaginary one");
    std::complex<double> const direction = std::polar(1.0, 3.141592653589793 - angle);
    // Rounding alone takes |R| beyond 1 on the imaginary axis.
    auto const is_stable = [&](double x) { return std::abs(stability_function(method, x * direction)) <= 1.0 + 1e-9; };
    double reached = 0.0;
    for (double x = 1e-3; x < 1e4; x += std::fmax(1e-3, 1e-3 * x)) {
        if (!is_stable(x)) return reached;
        reached = x;
    }
    return HUGE_VAL;
}

}  // namespace poise::ode
