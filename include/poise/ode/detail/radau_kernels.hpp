// SPDX-License-Identifier: MIT
// Private to ode: what Newton's iteration of Radau IIA methods does with the stages of each component.
#pragma once

#include <poise/ode/radau_tableau.hpp>

#include <array>
#include <cmath>
#include <cstddef>

// nvcc warns of pragmas that it leaves to g++.
#ifdef __CUDACC__
#pragma nv_diagnostic push
#pragma nv_diag_suppress 1675
#endif

namespace poise::ode::detail {

/// n components of S stages, each stage apart from the others.
template <std::size_t S>
struct radau_stages {
    std::array<double const*, S> slope;
    std::array<double*, S> w, z;
    std::size_t n;
};

/// z = T⁻¹ slope − Λ/h w.
template <std::size_t S>
[[gnu::always_inline]] inline void residual_of_stages(radau_stages<S> const& of, double inverse_h) noexcept {
    auto const& method = radau_iia<S>;
#ifndef __clang__
#pragma GCC ivdep
#endif
    for (std::size_t d = 0; d < of.n; ++d) {
        std::array<double, S> r{};
#pragma GCC unroll 8
        for (std::size_t i = 0; i < S; ++i)
#pragma GCC unroll 8
            for (std::size_t j = 0; j < S; ++j) r[i] += method.T_inverse[i][j] * of.slope[j][d];
        of.z[0][d] = r[0] - method.gamma * inverse_h * of.w[0][d];
#pragma GCC unroll 8
        for (std::size_t p = 0; p < S / 2; ++p) {
            double const a = method.alpha[p] * inverse_h, b = method.beta[p] * inverse_h;
            double const re = of.w[1 + 2 * p][d], im = of.w[2 + 2 * p][d];
            of.z[1 + 2 * p][d] = r[1 + 2 * p] - (a * re - b * im);
            of.z[2 + 2 * p][d] = r[2 + 2 * p] - (b * re + a * im);
        }
    }
}

/// w += z, then z = T w. moved: of each component, the root of the sum of z² as it was.
template <std::size_t S>
[[gnu::always_inline]] inline void move_stages(radau_stages<S> const& of, double* moved) noexcept {
    auto const& method = radau_iia<S>;
#ifndef __clang__
#pragma GCC ivdep
#endif
    for (std::size_t d = 0; d < of.n; ++d) {
        double square = 0.0;
        std::array<double, S> w;
#pragma GCC unroll 8
        for (std::size_t i = 0; i < S; ++i) {
            square += of.z[i][d] * of.z[i][d];
            of.w[i][d] = w[i] = of.w[i][d] + of.z[i][d];
        }
        moved[d] = std::sqrt(square);
#pragma GCC unroll 8
        for (std::size_t i = 0; i < S; ++i) {
            double sum = 0.0;
#pragma GCC unroll 8
            for (std::size_t j = 0; j < S; ++j) sum += method.T[i][j] * w[j];
            of.z[i][d] = sum;
        }
    }
}

/// The same, compiled for several processors, of long states.
void residual_of_long_stages(radau_stages<3> const& of, double inverse_h) noexcept;
void residual_of_long_stages(radau_stages<5> const& of, double inverse_h) noexcept;
void residual_of_long_stages(radau_stages<7> const& of, double inverse_h) noexcept;
void move_long_stages(radau_stages<3> const& of, double* moved) noexcept;
void move_long_stages(radau_stages<5> const& of, double* moved) noexcept;
void move_long_stages(radau_stages<7> const& of, double* moved) noexcept;

}  // namespace poise::ode::detail

#ifdef __CUDACC__
#pragma nv_diagnostic pop
#endif
