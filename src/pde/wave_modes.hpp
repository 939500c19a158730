// SPDX-License-Identifier: MIT
// Private to src/pde: many modes of a wave turned by their angles, compiled once for several instruction sets.
#pragma once

#include <cstddef>

namespace poise::pde::detail {

/// Angles up to here are turned by turn_modes() to the last digit or two; beyond, more than π/2's digits are needed.
inline constexpr double most_turned = 1e6;

/// u = cos(ωt) u₀ + sin(ωt)/ω v₀ and v = cos(ωt) v₀ − ω sin(ωt) u₀ for n modes, |ωt| ≤ most_turned; sin(ωt)/ω is t
/// where ω = 0. The same bits by whichever instructions. Source: sines and cosines by the polynomials of fdlibm (Sun
/// Microsystems, 1993), k_sin.c and k_cos.c, after a reduction by π/2 in three parts (Cody & Waite, 1980).
void turn_modes(double const* omega, double t, double const* u0, double const* v0, double* u, double* v,
                std::ptrdiff_t n);

}  // namespace poise::pde::detail
