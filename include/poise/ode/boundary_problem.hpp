// SPDX-License-Identifier: MIT
// A two-point boundary-value problem.
#pragma once

#include <poise/ode/problem.hpp>

namespace poise::ode {

/// y' = f(x, y) from a = x.begin to b = x.end, with the n conditions g(y(a), y(b)) = 0.
///   // y" = −e^y, y(0) = y(1) = 0.
///   ode::differentiable const f{[](auto const&, auto const& y, auto& slope) { slope = {y[1], -exp(y[0])}; }};
///   ode::differentiable const g{[](auto const& ya, auto const& yb, auto& residual) { residual = {ya[0], yb[0]}; }};
///   ode::boundary_problem const bratu{f, g, {0.0, 1.0}};
/// F: as of ode::problem, in all of its forms. G: g(ya, yb, residual), which writes all of residual, or g(ya, yb),
/// which returns it; ya, yb and residual are states, each condition may mix both ends (periodic ones: yb − ya). As it
/// is, its Jacobian comes from differences; as ode::differentiable{g} from dual numbers, where g is generic in them.
/// The guess of the solution says what a state is. A parameter that is unknown, as an eigenvalue, is a component with
/// slope 0, and takes one condition more.
template <class F, class G>
struct boundary_problem {
    F f;
    G g;
    time_span x;
};

template <class F, class G>
boundary_problem(F, G, time_span) -> boundary_problem<F, G>;

}  // namespace poise::ode
