// SPDX-License-Identifier: MIT
// Private to ode: the first idea of a solution, in whichever form it comes.
#pragma once

#include <poise/ode/boundary_solution.hpp>
#include <poise/ode/state.hpp>

#include <type_traits>
#include <vector>

namespace poise::ode::detail {

template <class Guess>
inline constexpr bool is_boundary_solution = false;
template <class State>
inline constexpr bool is_boundary_solution<boundary_solution<State>> = true;

template <class Guess>
concept state_of_place = !state<Guess> && std::is_invocable_v<Guess const&, double>;

/// A state, a callable x → state, or an earlier solution, which is one and has a mesh.
template <class Guess>
concept boundary_guess = state<Guess> || state_of_place<Guess>;

template <boundary_guess Guess>
[[nodiscard]] auto guess_at(Guess const& guess, double x) {
    if constexpr (state<Guess>)
        return guess;
    else
        return guess(x);
}
template <boundary_guess Guess>
using guessed_state = std::remove_cvref_t<decltype(guess_at(std::declval<Guess const&>(), 0.0))>;

/// That of an earlier solution, else none.
template <boundary_guess Guess>
[[nodiscard]] std::vector<double> mesh_of_guess(Guess const& guess) {
    if constexpr (is_boundary_solution<Guess>)
        return guess.x;
    else
        return {};
}

}  // namespace poise::ode::detail
