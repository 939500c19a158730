// SPDX-License-Identifier: MIT
// Equations of motion.
#pragma once

#include <poise/ode/problem.hpp>

#include <array>
#include <cstddef>

namespace poise::ode {

/// y'' = a(t, y), y(t.begin) = y0, y'(t.begin) = v0: forces that do not depend on velocities.
///   ode::second_order_problem const spring{[](double, double y) { return -y; }, 1.0, 0.0, {0.0, 100.0}};
/// A: a(t, y, acceleration), which writes all of it, or a(t, y), which returns it; called as const, on one thread.
/// State as for ode::problem; y0 and v0 of one size.
template <class A, class State>
struct second_order_problem {
    A a;
    State y0, v0;
    time_span t;
};

template <class A, class State>
second_order_problem(A, State, State, time_span) -> second_order_problem<A, State>;
template <class A, std::size_t N>
second_order_problem(A, double const (&)[N], double const (&)[N], time_span)
    -> second_order_problem<A, std::array<double, N>>;

}  // namespace poise::ode
