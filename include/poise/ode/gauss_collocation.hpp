// SPDX-License-Identifier: MIT
// A method for boundary-value problems.
#pragma once

#include <cstddef>

namespace poise::ode {

/// Collocation at the Gauss points: a continuous solution of polynomials, of degree Stages in each interval of a mesh,
/// that meets y' = f in Stages points of each. Its error is of order Stages + 1 everywhere, and of order 2 Stages at
/// the points of the mesh. Symmetric and stable whichever way solutions grow, so that layers may be at both ends or
/// inside. f is asked inside of intervals alone, never at a nor b: terms as y'/x do no harm there. Costs for each
/// interval and Newton iteration: Stages Jacobians, an LU factorisation of Stages·n unknowns, and O(n³). Source: de
/// Boor & Swartz (1973), SIAM J. Numer. Anal. 10, 582; Ascher, Mattheij & Russell (1995), Numerical Solution of
/// Boundary Value Problems for Ordinary Differential Equations, §5.3, §5.6.
template <std::size_t Stages = 4>
struct gauss_collocation {
    static_assert(Stages >= 1 && Stages <= 8, "1 to 8 stages");
    static constexpr std::size_t n_stages = Stages;
};

}  // namespace poise::ode
