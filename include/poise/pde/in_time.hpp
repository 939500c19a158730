// SPDX-License-Identifier: MIT
// Sources and boundary conditions that change with time.
#pragma once

#include <poise/grid/boundary.hpp>
#include <poise/grid/scalar_function.hpp>

#include <concepts>
#include <cstddef>
#include <functional>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace poise::pde {

namespace detail {
template <class F, std::size_t D, class = std::make_index_sequence<D>>
struct takes_coordinates_and_time;
template <class F, std::size_t D, std::size_t... I>
struct takes_coordinates_and_time<F, D, std::index_sequence<I...>>
    : std::is_invocable_r<double, F const&, decltype(static_cast<double>(I))..., double> {};
}  // namespace detail

/// F can be called as f(x, t), f(x, y, t) or f(x, y, z, t) and gives a double.
template <class F, std::size_t D>
concept function_of_coordinates_and_time = detail::takes_coordinates_and_time<std::remove_cvref_t<F>, D>::value;

/// F can be called as f(t) and gives what a Result is made of; on a line, a number from one number is a function of x.
template <class F, class Result>
concept function_of_time = std::is_invocable_r_v < Result,
        std::remove_cvref_t<F>
const&, double > ;

/// A source term that may change with time:
///   source_in_time<2> s = 1.0;                                              // constant in time: a number, a callable
///   source_in_time<2> s = [](double x, double y) { return x * y; };         // of the coordinates, a field
///   source_in_time<2> s = [](double x, double y, double t) { return x * std::exp(-t); };
///   source_in_time<2> s = [](double t) { return grid::scalar_function<2>{std::sin(t)}; };
/// Holds a copy of what it is given. On a line f(a) with a number for its result is a function of x, f(a, b) of x and
/// t. const member functions are as thread-safe as the callable is.
template <std::size_t D>
class source_in_time {
public:
    source_in_time(double constant = 0.0) : source_{grid::scalar_function<D>{constant}} {}
    template <class Source>
    requires(std::convertible_to<Source, grid::scalar_function<D>> &&
             !std::same_as<std::remove_cvref_t<Source>, source_in_time> && !std::convertible_to<Source, double>)
        source_in_time(Source&& constant)
        : source_{grid::scalar_function<D>(std::forward<Source>(constant))} {}
    template <function_of_coordinates_and_time<D> F>
    requires(!std::convertible_to<F, grid::scalar_function<D>>) source_in_time(F f)
        : source_{of_place_and_time{[f = std::move(f)](grid::point<D> const& x, double t) -> double {
              return std::apply([&](auto... coordinate) { return f(coordinate..., t); }, x);
          }}} {}
    template <function_of_time<grid::scalar_function<D>> F>
    requires(!std::convertible_to<F, grid::scalar_function<D>> && !function_of_coordinates_and_time<F, D>)
        source_in_time(F f)
        : source_{of_time{[f = std::move(f)](double t) -> grid::scalar_function<D> { return f(t); }}} {}

    [[nodiscard]] bool is_constant() const noexcept { return constant() != nullptr; }
    /// What does not change, or nullptr.
    [[nodiscard]] grid::scalar_function<D> const* constant() const noexcept {
        return std::get_if<grid::scalar_function<D>>(&source_);
    }
    /// The source at time t.
    [[nodiscard]] grid::scalar_function<D> at(double t) const;
    /// use(f), f(x) the source at a point and time t: as at(t), without a copy of what was given.
    template <class Use>
    void use_at(double t, Use const& use) const {
        if (auto const* const unchanging = constant())
            use(*unchanging);
        else if (auto const* const f = std::get_if<of_time>(&source_))
            use((*f)(t));
        else
            use([&f = std::get<of_place_and_time>(source_), t](grid::point<D> const& x) { return f(x, t); });
    }
    /// Its values on every point of a grid, written to `out` (grid.size() doubles), without allocation but for what the
    /// callable does. Throws std::invalid_argument when a field lives on another grid.
    void evaluate(double t, grid::cartesian<D> const& grid, std::span<double> out) const;

private:
    using of_place_and_time = std::function<double(grid::point<D> const&, double)>;
    using of_time = std::function<grid::scalar_function<D>(double)>;

    std::variant<grid::scalar_function<D>, of_place_and_time, of_time> source_;
};

/// One condition for each side of the box, with data that may change with time; the kinds of the sides and the
/// coefficients of Robin sides do not.
///   boundary_in_time<2> b = grid::dirichlet{0.0};                           // whatever a grid::boundary is made of
///   boundary_in_time<2> b = [](double t) { return grid::boundary<2>{grid::dirichlet{std::sin(t)}}; };
///   boundary_in_time<2> b = [](double t) { return grid::dirichlet{[t](double x, double) { return x * t; }}; };
/// Holds a copy of what it is given. const member functions are as thread-safe as the callable is.
template <std::size_t D>
class boundary_in_time {
public:
    template <class Boundary>
    requires(std::convertible_to<Boundary, grid::boundary<D>> &&
             !std::same_as<std::remove_cvref_t<Boundary>, boundary_in_time>) boundary_in_time(Boundary&& constant)
        : boundary_{grid::boundary<D>(std::forward<Boundary>(constant))} {}
    template <function_of_time<grid::boundary<D>> F>
    requires(!std::convertible_to<F, grid::boundary<D>>) boundary_in_time(F f)
        : boundary_{of_time{[f = std::move(f)](double t) -> grid::boundary<D> { return f(t); }}} {}

    [[nodiscard]] bool is_constant() const noexcept { return constant() != nullptr; }
    /// What does not change, or nullptr.
    [[nodiscard]] grid::boundary<D> const* constant() const noexcept {
        return std::get_if<grid::boundary<D>>(&boundary_);
    }
    /// The conditions at time t.
    [[nodiscard]] grid::boundary<D> at(double t) const;
    /// The same, of these kinds: throws std::invalid_argument where a side is of another one, naming it.
    [[nodiscard]] grid::boundary<D> at(double t, grid::condition_kinds<D> const& kinds) const;

private:
    using of_time = std::function<grid::boundary<D>(double)>;

    std::variant<grid::boundary<D>, of_time> boundary_;
};

}  // namespace poise::pde
