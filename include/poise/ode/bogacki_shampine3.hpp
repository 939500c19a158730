// SPDX-License-Identifier: MIT
// Bogacki and Shampine's explicit pair of order 3 and 2.
#pragma once

#include <poise/ode/explicit_tableau.hpp>

namespace poise::ode {

/// Explicit Runge–Kutta of order 3 with an embedded order 2, 3 evaluations a step: for tolerances of 10⁻³ and looser.
/// Dense output of order 3. Source: Bogacki & Shampine (1989), Appl. Math. Lett. 2, 321.
struct bogacki_shampine3 {
    static constexpr char const* name = "Bogacki-Shampine 3(2)";
    static constexpr int order = 3, embedded_order = 2, dense_order = 3;
    static constexpr explicit_tableau<4, 4, 3> tableau{
        .c = {0, 0.5, 0.75, 1.0},
        .a = {{{}, {0.5}, {0, 0.75}, {0.22222222222222222222, 0.33333333333333333333, 0.44444444444444444444}}},
        .b = {0.22222222222222222222, 0.33333333333333333333, 0.44444444444444444444},
        .error = {-0.069444444444444444444, 0.083333333333333333333, 0.11111111111111111111, -0.125},
        .interpolant = {{{1.0, -1.3333333333333333333, 0.55555555555555555556},
                         {0, 1.0, -0.66666666666666666667},
                         {0, 1.3333333333333333333, -0.88888888888888888889},
                         {0, -1.0, 1.0}}},
    };
};

}  // namespace poise::ode
