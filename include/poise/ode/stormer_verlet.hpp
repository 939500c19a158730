// SPDX-License-Identifier: MIT
// Symplectic methods for equations of motion: Störmer and Verlet's, and compositions of it.
#pragma once

#include <array>

namespace poise::ode {

/// Half a kick, a drift, half a kick, of order 2: symplectic, reversible, momenta that linear forces or pairs of forces
/// conserve are conserved to rounding, and the energy is off by O(h²) for exponentially long times, without drift. One
/// evaluation a step. Stable for oscillations up to hω = 2. Source: Hairer, Lubich & Wanner (2003), Acta Numerica 12,
/// 399.
struct stormer_verlet {
    static constexpr char const* name = "Stormer-Verlet 2";
    static constexpr int order = 2;
    static constexpr std::array<double, 1> steps{1.0};
};

/// Nine steps of it, forwards and backwards, of order 6. Nine evaluations a step. Source: Kahan & Li (1997), Math.
/// Comp. 66, 1089, s9odr6a.
struct kahan_li6 {
    static constexpr char const* name = "Kahan-Li 6";
    static constexpr int order = 6;
    static constexpr std::array<double, 9> steps{
        0.39216144400731413928,  0.3325991367893594386,  -0.70624617255763935981,
        0.082213596293550800231, 0.79854399093482996340, 0.082213596293550800231,
        -0.70624617255763935981, 0.3325991367893594386,  0.39216144400731413928};
};

/// Seventeen, of order 8. Source: the same, s17odr8a.
struct kahan_li8 {
    static constexpr char const* name = "Kahan-Li 8";
    static constexpr int order = 8;
    static constexpr std::array<double, 17> steps{
        0.13020248308889008088,  0.56116298177510838456, -0.3894749626448472864, 0.1588419065551556009,
        -0.39590389413323757734, 0.18453964097831570709, 0.25837438768632204729, 0.29501172360931029887,
        -0.60550853383003451170, 0.29501172360931029887, 0.25837438768632204729, 0.18453964097831570709,
        -0.39590389413323757734, 0.1588419065551556009,  -0.3894749626448472864, 0.56116298177510838456,
        0.13020248308889008088};
};

}  // namespace poise::ode
