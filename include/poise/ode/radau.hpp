// SPDX-License-Identifier: MIT
// Collocation at Radau's points.
#pragma once

#include <poise/ode/radau_tableau.hpp>

#include <cstddef>

namespace poise::ode {

/// Radau IIA of three, five or seven stages, of order 5, 9 and 13: it changes between them by how well Newton's
/// iteration converges. L-stable, stiffly accurate: for stiff problems at any tolerance, and the one to take at 10⁻⁷
/// and tighter. A step solves s systems of the state's size, one real, the others in complex pairs, as often as
/// Newton's iteration takes, 2 to 7 times. The Jacobian is kept while that converges at a rate below 0.001, its factors
/// while a step need not grow by a fifth. Dense output of order s, by the collocation polynomial; see
/// solve_options::save_at for where that is far worse. The estimate of a step's error is of order s alone, and held to
/// m·rtol^{(s+1)/2s} (m = 0.1, 0.03, 0.01) where rtol is asked of the solution, whose order is 2s − 1; atol in
/// proportion. Source: Hairer & Wanner (1999), J. Comput. Appl. Math. 111, 93; (1996), Solving Ordinary Differential
/// Equations II, §IV.8.
struct radau {
    static constexpr char const* name = "Radau IIA 5-9-13";
    static constexpr int order = 5, dense_order = 3;
    static constexpr std::size_t fewest_stages = 3, most_stages = 7;
};

/// The same of three stages alone, what RADAU5 is.
struct radau5 {
    static constexpr char const* name = "Radau IIA 5";
    static constexpr int order = 5, dense_order = 3;
    static constexpr std::size_t fewest_stages = 3, most_stages = 3;
};
struct radau9 {
    static constexpr char const* name = "Radau IIA 9";
    static constexpr int order = 9, dense_order = 5;
    static constexpr std::size_t fewest_stages = 5, most_stages = 5;
};
struct radau13 {
    static constexpr char const* name = "Radau IIA 13";
    static constexpr int order = 13, dense_order = 7;
    static constexpr std::size_t fewest_stages = 7, most_stages = 7;
};

}  // namespace poise::ode
