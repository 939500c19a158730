// SPDX-License-Identifier: MIT
// A diagonally implicit method of order 4.
#pragma once

#include <poise/ode/diagonally_implicit_tableau.hpp>

#include <array>
#include <cstddef>

namespace poise::ode {

/// ESDIRK4(3)6L[2]SA: of order 4 with an embedded order 3, stage order 2, L-stable and stiffly accurate. A step solves
/// five stages of the state's size one after the other, all with the one real matrix. Its factors are kept while a step
/// need not grow by a fifth, the Jacobian while Newton's iteration converges at a rate below 0.01: for stiff problems
/// at 10⁻³ to 10⁻⁶ whose Jacobian and factors cost more than f does, and for those with eigenvalues near the
/// imaginary axis, which bdf does not damp. Where data change fast with time in a component that follows them at once,
/// order falls towards that of the stages, 2. The estimate of a step's error is multiplied by (1 − hγ ∂f/∂y)⁻¹, so that
/// what is stiff and long gone does not count, and held to half of the tolerance. Dense output of order 4, C¹; see
/// solve_options::save_at for where that is far worse. Source: Kennedy & Carpenter (2003), Appl. Numer. Math. 44, 139,
/// the implicit part of ARK4(3)6L[2]SA (Appendix C); Hosea & Shampine (1996), Appl. Numer. Math. 20, 21 (estimate of
/// the error).
struct esdirk4 {
    static constexpr char const* name = "ESDIRK 4(3)";
    static constexpr int order = 4, embedded_order = 3, dense_order = 4;

    using coefficients = diagonally_implicit_tableau<6, 4>;
    static constexpr coefficients tableau = [] {
        coefficients method{
            .gamma = 0.25,
            .c = {0.0, 1.0 / 2, 83.0 / 250, 31.0 / 50, 17.0 / 20, 1.0},
            .a = {{{},
                   {1.0 / 4, 1.0 / 4},
                   {8611.0 / 62500, -1743.0 / 31250, 1.0 / 4},
                   {5012029.0 / 34652500, -654441.0 / 2922500, 174375.0 / 388108, 1.0 / 4},
                   {15267082809.0 / 155376265600, -71443401.0 / 120774400, 730878875.0 / 902184768, 2285395.0 / 8070912,
                    1.0 / 4},
                   {82889.0 / 524892, 0.0, 15625.0 / 83664, 69875.0 / 102672, -2260.0 / 8211, 1.0 / 4}}},
            .b = {},
            .error = {},
            .interpolant = {}};
        constexpr std::array<double, 6> embedded{4586570599.0 / 29645900160, 0.0,
                                                 178811875.0 / 945068544,    814220225.0 / 1159782912,
                                                 -3700637.0 / 11593932,      61727.0 / 225920};
        // Hermite's cubic by the slopes at both ends, and θ² (1 − θ)² times this: what order 4 asks for, one weight 0.
        constexpr std::array<double, 6> quartic{-189857.0 / 172391, 3253.0 / 1407, 55156250.0 / 19502427,
                                                -10625.0 / 2077,    0.0,           12047.0 / 11189};
        method.b = method.a[5];
        for (std::size_t i = 0; i < 6; ++i) {
            double const first = i == 0 ? 1.0 : 0.0, last = i == 5 ? 1.0 : 0.0, b = method.b[i], d = quartic[i];
            method.error[i] = b - embedded[i];
            method.interpolant[i] = {first, 3.0 * b - 2.0 * first - last + d, first + last - 2.0 * b - 2.0 * d, d};
        }
        return method;
    }();
};

}  // namespace poise::ode
