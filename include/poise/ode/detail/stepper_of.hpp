// SPDX-License-Identifier: MIT
// Private to ode: which stepper a method has, by the kind of its coefficients.
#pragma once

#include <poise/ode/automatic.hpp>
#include <poise/ode/bdf.hpp>
#include <poise/ode/detail/automatic_stepper.hpp>
#include <poise/ode/detail/bdf_stepper.hpp>
#include <poise/ode/detail/diagonally_implicit_stepper.hpp>
#include <poise/ode/detail/explicit_stepper.hpp>
#include <poise/ode/detail/radau_stepper.hpp>
#include <poise/ode/detail/rkl2_stepper.hpp>
#include <poise/ode/detail/rosenbrock_stepper.hpp>
#include <poise/ode/diagonally_implicit_tableau.hpp>
#include <poise/ode/esdirk4.hpp>
#include <poise/ode/explicit_tableau.hpp>
#include <poise/ode/rkl2.hpp>
#include <poise/ode/rosenbrock_tableau.hpp>

#include <cstddef>
#include <type_traits>

namespace poise::ode::detail {

template <class Tableau>
inline constexpr bool is_explicit_tableau = false;
template <std::size_t Stages, std::size_t AllStages, std::size_t Degree>
inline constexpr bool is_explicit_tableau<explicit_tableau<Stages, AllStages, Degree>> = true;

template <class Tableau>
inline constexpr bool is_diagonally_implicit_tableau = false;
template <std::size_t Stages, std::size_t Degree>
inline constexpr bool is_diagonally_implicit_tableau<diagonally_implicit_tableau<Stages, Degree>> = true;

template <class Method>
concept has_tableau = requires {
    Method::tableau;
};
template <class Method>
concept is_explicit_runge_kutta =
    has_tableau<Method> && is_explicit_tableau<std::remove_cvref_t<decltype(Method::tableau)>>;
template <class Method>
concept is_diagonally_implicit =
    has_tableau<Method> && is_diagonally_implicit_tableau<std::remove_cvref_t<decltype(Method::tableau)>>;

template <class Method, class F, class State>
struct stepper_type;
template <is_explicit_runge_kutta Method, class F, class State>
struct stepper_type<Method, F, State> {
    using type = explicit_stepper<Method, F, State>;
};
template <is_diagonally_implicit Method, class F, class State>
struct stepper_type<Method, F, State> {
    using type = diagonally_implicit_stepper<Method, F, State>;
};
template <has_tableau Method, class F, class State>
struct stepper_type<Method, F, State> {
    using type = rosenbrock_stepper<Method, F, State>;
};
template <class Method, class F, class State>
requires requires { Method::fewest_stages; }
struct stepper_type<Method, F, State> {
    using type = radau_stepper<Method, F, State>;
};

template <class F, class State>
struct stepper_type<automatic, F, State> {
    using type = automatic_stepper<F, State>;
};

template <class F, class State>
struct stepper_type<bdf, F, State> {
    using type = bdf_stepper<F, State>;
};

template <class F, class State>
struct stepper_type<rkl2, F, State> {
    using type = rkl2_stepper<F, State>;
};

template <class Method, class F, class State>
using stepper_of = typename stepper_type<Method, F, State>::type;

}  // namespace poise::ode::detail
