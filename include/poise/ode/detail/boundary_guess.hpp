// SPDX-License-Identifier: MIT
// Private to ode: the first idea of a solution, in whichever form it comes.
#pragma once

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/ode/boundary_solution.hpp>
#include <poise/ode/state.hpp>

#include <cmath>
#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>
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

/// Its numbers at x. Throws std::invalid_argument where there are not y.size() of them, or one is not finite.
template <boundary_guess Guess>
void sample_guess(Guess const& guess, double x, std::span<double> y) {
    auto const state = guess_at(guess, x);
    auto const from = numbers_of(state);
    POISE_REQUIRE(from.size() == y.size(), "ode: the guess has ", from.size(), " components at x = ", x, " and ",
                  y.size(), " at the beginning");
    for (std::size_t i = 0; i < y.size(); ++i) {
        POISE_REQUIRE(std::isfinite(from[i]), "ode: component ", i, " of the guess is ", from[i], " at x = ", x,
                      "; it must be finite");
        y[i] = from[i];
    }
}

/// That of an earlier solution, else none.
template <boundary_guess Guess>
[[nodiscard]] std::vector<double> mesh_of_guess(Guess const& guess) {
    if constexpr (is_boundary_solution<Guess>)
        return guess.x;
    else
        return {};
}

}  // namespace poise::ode::detail
