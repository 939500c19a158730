// SPDX-License-Identifier: MIT
// Shu and Osher's strong-stability-preserving Runge–Kutta method.
#pragma once

#include <poise/ode/explicit_tableau.hpp>

namespace poise::ode {

/// Explicit Runge–Kutta of order 3 with an embedded order 2, 3 evaluations a step: whatever norm, or range of values, a
/// step of Euler's method keeps, this keeps at steps of the same size. For transport with limiters, whose steps the
/// grid prescribes: fixed_step or largest_step. Dense output of order 3, cubic, by the slope at the end. Source: Shu &
/// Osher (1988), J. Comput. Phys. 77, 439, eq. 2.18; Gottlieb, Shu & Tadmor (2001), SIAM Review 43, 89.
struct ssprk3 {
    static constexpr char const* name = "SSP Runge-Kutta 3(2)";
    static constexpr int order = 3, embedded_order = 2, dense_order = 3;
    static constexpr explicit_tableau<3, 4, 3> tableau{
        .c = {0, 1.0, 0.5, 1.0},
        .a = {{{}, {1.0}, {0.25, 0.25}, {1.0 / 6.0, 1.0 / 6.0, 2.0 / 3.0}}},
        .b = {1.0 / 6.0, 1.0 / 6.0, 2.0 / 3.0},
        .error = {-1.0 / 3.0, -1.0 / 3.0, 2.0 / 3.0},
        .interpolant = {{{1.0, -1.5, 2.0 / 3.0}, {0, 0.5, -1.0 / 3.0}, {0, 2.0, -4.0 / 3.0}, {0, -1.0, 1.0}}},
    };
};

}  // namespace poise::ode
