// SPDX-License-Identifier: MIT
// A method for boundary-value problems.
#pragma once

#include <poise/ode/verner7.hpp>

#include <cstddef>

namespace poise::ode {

/// Integrates from a guess of y(a), and of y where each further segment begins, and changes them by Newton's method
/// until segments meet and the conditions hold. Derivatives by the state at the beginning are integrated along, as
/// exact as the Jacobian of f is. For problems whose solutions grow little from one beginning of a segment to the next,
/// also long and oscillating ones; where they grow, take collocation. One segment is simple shooting. f is asked at a
/// and b too.
///   auto const orbit = ode::solve(problem, guess, ode::shooting{.n_segments = 8});
/// Method: for f, an explicit one, or rodas5p. Costs an iteration: an integration of n + n² components over [a, b], and
/// O(n³) a segment. Source: Ascher, Mattheij & Russell (1995), §4.1 and §4.3; Stoer & Bulirsch (2002), §7.3.
template <class Method>
struct shooting_by {
    std::size_t n_segments = 1;  ///< of equal length; the mesh of the options, where there is one, goes before
};
using shooting = shooting_by<verner7>;

}  // namespace poise::ode
