// SPDX-License-Identifier: MIT
// Private to ode: which stepper a method has, by the kind of its coefficients.
#pragma once

#include <poise/ode/automatic.hpp>
#include <poise/ode/bdf.hpp>
#include <poise/ode/detail/automatic_stepper.hpp>
#include <poise/ode/detail/bdf_stepper.hpp>
#include <poise/ode/detail/explicit_stepper.hpp>
#include <poise/ode/detail/radau_stepper.hpp>
#include <poise/ode/detail/rkl2_stepper.hpp>
#include <poise/ode/detail/rosenbrock_stepper.hpp>
#include <poise/ode/explicit_tableau.hpp>
#include <poise/ode/rkl2.hpp>
#include <poise/ode/rosenbrock_tableau.hpp>

#include <cstddef>
#include <type_traits>

namespace poise::ode::detail {

template <class Tableau>
inline constexpr bool is_rosenbrock = false;
template <std::size_t Stages, std::size_t Dense>
inline constexpr bool is_rosenbrock<rosenbrock_tableau<Stages, Dense>> = true;

template <class Method, class F, class State>
struct stepper_type;
template <class Method, class F, class State>
requires requires { Method::tableau; }
struct stepper_type<Method, F, State> {
    using type = std::conditional_t<is_rosenbrock<std::remove_cvref_t<decltype(Method::tableau)>>,
                                    rosenbrock_stepper<Method, F, State>, explicit_stepper<Method, F, State>>;
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
