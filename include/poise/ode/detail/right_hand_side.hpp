// SPDX-License-Identifier: MIT
// Private to ode: f, in whichever way it is written.
#pragma once

#include <type_traits>

namespace poise::ode::detail {

template <class F, class State>
concept writes_slope = std::is_invocable_v<F const&, double, State const&, State&>;
template <class F, class State>
concept returns_slope = std::is_invocable_r_v<State, F const&, double, State const&>;

template <class F, class State>
void call_right_hand_side(F const& f, double t, State const& y, State& slope) {
    if constexpr (std::is_same_v<State, double> && returns_slope<F, State>)
        slope = f(t, y);
    else if constexpr (writes_slope<F, State>)
        f(t, y, slope);
    else
        slope = f(t, y);
}

}  // namespace poise::ode::detail
