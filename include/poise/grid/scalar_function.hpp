// SPDX-License-Identifier: MIT
// A scalar over a domain, however the user has it: a number, a callable of the coordinates, or a field.
#pragma once

#include <poise/grid/field.hpp>

#include <concepts>
#include <functional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace poise::grid {

namespace detail {
template <class F, std::size_t D, class = std::make_index_sequence<D>>
struct takes_coordinates;
template <class F, std::size_t D, std::size_t... I>
struct takes_coordinates<F, D, std::index_sequence<I...>>
    : std::is_invocable_r<double, F const&, decltype(static_cast<double>(I))...> {};
}  // namespace detail

/// F can be called as f(x), f(x, y) or f(x, y, z) and gives a double.
template <class F, std::size_t D>
concept function_of_coordinates = detail::takes_coordinates<std::remove_cvref_t<F>, D>::value;

/// Source terms and boundary data. Holds a copy of what it is given. Callables are called from the thread that solves;
/// several solves may run at once, so a callable must be safe to call from several threads.
template <std::size_t D>
class scalar_function {
public:
    scalar_function(double constant = 0.0) : value_{constant} {}
    scalar_function(field<D> values) : value_{std::move(values)} {}
    template <function_of_coordinates<D> F>
    scalar_function(F f)
        : value_{std::function<double(point<D> const&)>{
              [f = std::move(f)](point<D> const& x) -> double { return std::apply(f, x); }}} {}

    /// The constant, or nullptr.
    [[nodiscard]] double const* constant() const noexcept { return std::get_if<double>(&value_); }
    /// The field, or nullptr.
    [[nodiscard]] field<D> const* values() const noexcept { return std::get_if<field<D>>(&value_); }
    /// The value at a position. Throws std::invalid_argument for a field, which has values at its points only.
    [[nodiscard]] double operator()(point<D> const& x) const;

    /// The values on every point of a grid, written to `out` (grid.size() doubles). Throws std::invalid_argument when
    /// a field lives on another grid.
    void evaluate(cartesian<D> const& grid, std::span<double> out) const;

private:
    std::variant<double, field<D>, std::function<double(point<D> const&)>> value_;
};

}  // namespace poise::grid
