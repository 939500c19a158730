// SPDX-License-Identifier: MIT
// The numbers of a state, whatever type it has.
#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <tuple>
#include <type_traits>

namespace poise::ode {

template <class State>
concept scalar_state = std::same_as<State, double>;

template <class State>
concept contiguous_state = requires(State& y, State const& x) {
    { y.data() } -> std::same_as<double*>;
    { x.data() } -> std::same_as<double const*>;
    {static_cast<std::size_t>(x.size())};
};

template <class State>
concept valued_state = !contiguous_state<State> && requires(State & y, State const& x) {
    { y.values() } -> std::convertible_to<std::span<double>>;
    { x.values() } -> std::convertible_to<std::span<double const>>;
};

/// What can be a state: copies of it have its size, and assigning one of that size allocates nothing.
template <class State>
concept state = std::copyable<State> &&(scalar_state<State> || contiguous_state<State> || valued_state<State>);

template <state State>
[[nodiscard]] std::span<double> numbers_of(State& y) {
    if constexpr (scalar_state<State>)
        return {&y, 1};
    else if constexpr (contiguous_state<State>)
        return {y.data(), static_cast<std::size_t>(y.size())};
    else
        return y.values();
}
template <state State>
[[nodiscard]] std::span<double const> numbers_of(State const& y) {
    if constexpr (scalar_state<State>)
        return {&y, 1};
    else if constexpr (contiguous_state<State>)
        return {y.data(), static_cast<std::size_t>(y.size())};
    else
        return y.values();
}

namespace detail {

// How many numbers there are, where the type says so; else 0.
template <class State>
constexpr std::size_t n_numbers() {
    if constexpr (scalar_state<State>)
        return 1;
    else if constexpr (requires { std::tuple_size<State>::value; })
        return std::tuple_size<State>::value;
    else if constexpr (requires { State::SizeAtCompileTime; })
        return State::SizeAtCompileTime > 0 ? static_cast<std::size_t>(State::SizeAtCompileTime) : 0;
    else
        return 0;
}

// States of few numbers, which the compiler may keep in registers.
template <class State>
inline constexpr bool is_small = n_numbers<State>() > 0 && n_numbers<State>() <= 16;

}  // namespace detail
}  // namespace poise::ode
