// SPDX-License-Identifier: MIT
// An initial-value problem.
#pragma once

#include <array>
#include <cstddef>

namespace poise::ode {

/// From `begin` to `end`, which may lie before it.
struct time_span {
    double begin = 0.0;
    double end = 0.0;
};

/// y' = f(t, y), y(t.begin) = y0.
///   ode::problem const decay{[](double, double y) { return -y; }, 1.0, {0.0, 5.0}};
///   ode::problem const pendulum{[](double, auto const& y, auto& dydt) { dydt[0] = y[1], dydt[1] = -std::sin(y[0]); },
///                               {0.1, 0.0}, {0.0, 10.0}};
/// F: f(t, y, dydt), which writes all of dydt, or f(t, y), which returns it; called as const, on one thread. State:
/// double, std::array (which numbers in braces are), std::vector<double>, a vector of Eigen, or another type that has
/// data() and size(), or values(), of doubles; a copy of a state has its size.
template <class F, class State>
struct problem {
    F f;
    State y0;
    time_span t;
};

template <class F, class State>
problem(F, State, time_span) -> problem<F, State>;
template <class F, std::size_t N>
problem(F, double const (&)[N], time_span) -> problem<F, std::array<double, N>>;

}  // namespace poise::ode
