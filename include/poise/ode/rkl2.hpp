// SPDX-License-Identifier: MIT
// A stabilised explicit method.
#pragma once

namespace poise::ode {

/// Runge–Kutta–Legendre of order 2, with as many stages s as a step takes to be stable: real negative eigenvalues up to
/// (s² + s − 2)/2 over the step, so that ten stages go as far as fifty-four steps of Euler's method. For diffusion and
/// other problems of many unknowns with eigenvalues near the negative real axis, without a Jacobian; where they are
/// not, as of transport, it is unstable. The largest eigenvalue is estimated by power iterations with f, anew every 25
/// steps and after a rejected one. Dense output by cubics. Source: Meyer, Balsara & Aslam (2014), J. Comput. Phys. 257,
/// 594, eq. 16 to 18; Sommeijer, Shampine & Verwer (1998), J. Comput. Appl. Math. 88, 315 (estimates of error and
/// eigenvalue).
struct rkl2 {
    static constexpr char const* name = "Runge-Kutta-Legendre 2";
    static constexpr int order = 2, dense_order = 2;
};

}  // namespace poise::ode
