// SPDX-License-Identifier: MIT
// Private to ode: states of dual numbers beside those of doubles.
#pragma once

#include <poise/ode/dual.hpp>
#include <poise/ode/jacobian.hpp>
#include <poise/ode/state.hpp>

#include <array>
#include <cstddef>
#include <type_traits>
#include <vector>

namespace poise::ode::detail {

// Whether derivatives of F come by duals.
template <class F>
inline constexpr bool is_differentiable = false;
template <class F>
inline constexpr bool is_differentiable<differentiable<F>> = true;

template <class State, class Dual>
struct dual_state;
template <class Dual>
struct dual_state<double, Dual> {
    using type = Dual;
};
template <std::size_t N, class Dual>
struct dual_state<std::array<double, N>, Dual> {
    using type = std::array<Dual, N>;
};
template <class Dual>
struct dual_state<std::vector<double>, Dual> {
    using type = std::vector<Dual>;
};

struct no_duals {};
template <class F, class State, class Dual>
struct duals_of {
    using type = no_duals;
};
template <class F, class State, class Dual>
requires is_differentiable<F>
struct duals_of<F, State, Dual> {
    using type = typename dual_state<State, Dual>::type;
};
/// What F is called with in the place of a State; nothing where it is not differentiable.
template <class F, class State, class Dual>
using dual_storage = typename duals_of<F, State, Dual>::type;

/// As many as the state has numbers.
template <class F, class Dual, class State>
[[nodiscard]] dual_storage<F, State, Dual> make_duals(State const& y) {
    using storage = dual_storage<F, State, Dual>;
    if constexpr (!is_differentiable<F> || n_numbers<State>() > 0)
        return storage{};
    else
        return storage(numbers_of(y).size());
}

template <std::size_t N>
[[nodiscard]] dual<N>& dual_at(dual<N>& one, std::size_t) noexcept {
    return one;
}
template <class Duals>
[[nodiscard]] auto& dual_at(Duals& duals, std::size_t i) noexcept {
    return duals[i];
}

}  // namespace poise::ode::detail
