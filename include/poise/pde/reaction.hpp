// SPDX-License-Identifier: MIT
// What species make of one another at a place.
#pragma once

#include <poise/pde/detail/react.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <functional>
#include <utility>

namespace poise::pde {

namespace detail {
/// F can be called with numbers of this type, in one of the ways that reaction names.
template <class F, std::size_t D, std::size_t S, class Number>
concept reacts_with = reacts_at_place<F, D, S, Number> || reacts_alone<F, S, Number> ||
    (S == 1 && gives_rate<F, Number>);
}  // namespace detail

/// The rates R(u) of S species, from their amounts at the same place:
///   reaction<2, 1> r = [](auto const& u) { return u - u * u * u; };                   // of one species
///   reaction<2, 2> r = [](auto const& u, auto& rate) { rate[0] = …; rate[1] = …; };   // u, rate: std::array of S
///   reaction<2, 2> r = [](double t, auto const& x, auto const& u, auto& rate) { … };  // x: std::array of D
/// Called with many places at a time where it is generic, with numbers that are ode::lanes in the place of double, so
/// that functions of <cmath> are to be called without std:: and choices made by select(); else with doubles, for one
/// place after the other. All of rate is to be set. Also called with u that is moved by a millionth
/// of the largest there is, to see how fast R is. Holds a copy of what it is given, which is called by several
/// threads at a time.
template <std::size_t D, std::size_t S>
class reaction {
public:
    template <class F>
    requires(!std::same_as<std::remove_cvref_t<F>, reaction> &&
             detail::reacts_with<std::remove_cvref_t<F>, D, S, double>) reaction(F f)
        : takes_time_{detail::reacts_at_place<F, D, S, double>},
          evaluate_{[f = std::move(f)](detail::reaction_block<D> const& block) { detail::react<D, S>(f, block); }} {}

    /// For the solvers.
    [[nodiscard]] detail::block_of_rates<D> const& evaluate() const noexcept { return evaluate_; }
    /// Whether it is a function of time and place too.
    [[nodiscard]] bool takes_time() const noexcept { return takes_time_; }

private:
    bool takes_time_;
    detail::block_of_rates<D> evaluate_;
};

}  // namespace poise::pde
