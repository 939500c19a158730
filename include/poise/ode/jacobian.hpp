// SPDX-License-Identifier: MIT
// How implicit methods come to know ∂f/∂y.
#pragma once

#include <poise/core/ndspan.hpp>

#include <concepts>
#include <utility>

namespace poise::ode {

/// f with its Jacobian: jacobian(t, y, J) writes J(i, j) = ∂fᵢ/∂yⱼ into an n × n view, which is 0 before.
///   ode::problem const p{ode::with_jacobian{f, jacobian}, y0, {0.0, 1.0}};
template <class F, class Jacobian>
struct with_jacobian {
    F f;
    Jacobian jacobian;

    template <class... Arguments>
    requires std::invocable<F const&, Arguments...>
    decltype(auto) operator()(Arguments&&... arguments) const { return f(std::forward<Arguments>(arguments)...); }
};
template <class F, class Jacobian>
with_jacobian(F, Jacobian) -> with_jacobian<F, Jacobian>;

/// f with products of its Jacobian, for jacobian = matrix_free{}: product(t, y, v, to), v and to spans of as many
/// numbers as y has, writes to = ∂f/∂y(t, y) v.
///   ode::problem const p{ode::with_jacobian_product{f, product}, y0, {0.0, 1.0}};
template <class F, class Product>
struct with_jacobian_product {
    F f;
    Product jacobian_product;

    template <class... Arguments>
    requires std::invocable<F const&, Arguments...>
    decltype(auto) operator()(Arguments&&... arguments) const { return f(std::forward<Arguments>(arguments)...); }
};
template <class F, class Product>
with_jacobian_product(F, Product) -> with_jacobian_product<F, Product>;

/// f that can be called with dual numbers in the place of doubles, as a generic lambda can which calls sqrt() and its
/// like without std::. Its Jacobian is exact to rounding and costs about as much as 1 + n/4 calls. Where t is generic
/// too, ∂f/∂t is exact as well. States: double, std::array, std::vector.
///   ode::problem const p{ode::differentiable{[](auto t, auto const& y, auto& dydt) { … }}, {1.0, 0.0}, {0.0, 1.0}};
/// Of an f that is neither, derivatives are differences, one-sided: half of the digits, which is enough for tolerances
/// down to about 10⁻⁸.
template <class F>
struct differentiable {
    F f;

    template <class... Arguments>
    requires std::invocable<F const&, Arguments...>
    decltype(auto) operator()(Arguments&&... arguments) const { return f(std::forward<Arguments>(arguments)...); }
};
template <class F>
differentiable(F) -> differentiable<F>;

}  // namespace poise::ode
