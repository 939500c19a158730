// SPDX-License-Identifier: MIT
// The coefficients of a Rosenbrock method.
#pragma once

#include <array>
#include <cstddef>

namespace poise::ode {

/// (1/(hγ) − J) uᵢ = f(t + cᵢ h, y + Σⱼ aᵢⱼ uⱼ) + Σⱼ Cᵢⱼ/h uⱼ + dᵢ h ∂f/∂t, J = ∂f/∂y, both at t; the step is y + Σ bᵢ
/// uᵢ, its error Σ errorᵢ uᵢ. Between its ends: y + θ (Δy + (1 − θ) Σₘ θᵐ Σᵢ interpolantₘᵢ uᵢ). Source of the form:
/// Hairer & Wanner (1996), Solving Ordinary Differential Equations II, eq. IV.7.25.
template <std::size_t Stages, std::size_t Dense>
struct rosenbrock_tableau {
    static constexpr std::size_t n_stages = Stages, n_dense = Dense, degree = Dense + 1;

    double gamma;
    std::array<double, Stages> c, d;
    std::array<std::array<double, Stages>, Stages> a, C;
    std::array<double, Stages> b, error;
    std::array<std::array<double, Stages>, Dense> interpolant;
};

}  // namespace poise::ode
