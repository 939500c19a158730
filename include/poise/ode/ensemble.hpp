// SPDX-License-Identifier: MIT
// The same equation for many starts and parameters.
#pragma once

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/ode/problem.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <iterator>
#include <ranges>
#include <span>
#include <type_traits>
#include <utility>

namespace poise::ode {

/// Where a trajectory begins, and its parameters, of which there may be none: start{{1.0, 0.0}, {0.3}}.
template <std::size_t N, std::size_t P>
struct start {
    std::array<double, N> y0;
    std::array<double, P> p;
};
template <std::size_t N>
struct start<N, 0> {
    std::array<double, N> y0;
    [[no_unique_address]] std::array<double, 0> p = {};
};
template <std::size_t N, std::size_t P>
start(double const (&)[N], double const (&)[P]) -> start<N, P>;
template <std::size_t N>
start(double const (&)[N]) -> start<N, 0>;
template <std::size_t N, std::size_t P>
start(std::array<double, N>, std::array<double, P>) -> start<N, P>;
template <std::size_t N>
start(std::array<double, N>) -> start<N, 0>;

namespace detail {
template <class T>
inline constexpr bool is_start = false;
template <std::size_t N, std::size_t P>
inline constexpr bool is_start<start<N, P>> = true;

template <class T>
inline constexpr std::size_t n_doubles = 0;
template <std::size_t N>
inline constexpr std::size_t n_doubles<std::array<double, N>> = N;
template <class Range>
concept list_of_states = std::ranges::contiguous_range<Range> && std::ranges::borrowed_range<Range> &&
    (n_doubles<std::ranges::range_value_t<Range>> > 0);

/// Of lists; y0 may be one for all.
template <std::size_t N, std::size_t P>
struct listed_starts {
    std::span<std::array<double, N> const> y0;
    std::span<std::array<double, P> const> p;

    start<N, P> operator()(std::size_t i) const {
        if constexpr (P == 0)
            return {y0[i]};
        else
            return {y0[i], p[i]};
    }
};
template <std::size_t N, std::size_t P>
struct listed_parameters {
    std::array<double, N> y0;
    std::span<std::array<double, P> const> p;

    start<N, P> operator()(std::size_t i) const { return {y0, p[i]}; }
};
}  // namespace detail

/// y' = f(t, y, p) from t.begin to t.end for n starts y0 and parameters p, which start(i) gives, i = 0 … n − 1.
///   auto const f = [](auto const&, auto const& y, auto& dydt, auto const& p) { dydt = {y[1], -p[0] * sin(y[0])}; };
///   ode::ensemble const pendulums{f, {0.0, 10.0}, 1000, [](std::size_t i) { return ode::start{{1.0, 0.0}, {0.01 * i}};
///   }};
/// F: f(t, y, dydt, p), which writes all of dydt, or f(t, y, dydt) where there are no parameters; called as const, from
/// several threads at a time. It is called with numbers of several trajectories in the place of double (ode::lanes), so
/// that t and what y, dydt and p hold are of types it does not name; functions of numbers are called without std::, and
/// branches on their values are written with select(condition, a, b). Start: called as const, from several threads.
template <class F, class Start>
class ensemble {
public:
    using start_type = std::remove_cvref_t<std::invoke_result_t<Start const&, std::size_t>>;
    static_assert(detail::is_start<start_type>, "ensemble: start(i) returns an ode::start{{y0, …}, {p, …}}");
    static constexpr std::size_t n_components = detail::n_doubles<decltype(start_type::y0)>;
    static constexpr std::size_t n_parameters = detail::n_doubles<decltype(start_type::p)>;
    static_assert(n_components > 0, "ensemble: a state has at least one component");

    ensemble(F f, time_span t, std::size_t n, Start starts)
        : f_{std::move(f)}, t_{t}, n_{n}, starts_{std::move(starts)} {}
    /// From lists, of std::array<double, …> each, that outlive the ensemble. Throws std::invalid_argument where they
    /// are not equally long.
    template <detail::list_of_states Y, detail::list_of_states P>
    ensemble(F f, time_span t, Y&& y0, P&& p) : ensemble{std::move(f), t, std::ranges::size(p), Start{y0, p}} {
        POISE_REQUIRE(std::ranges::size(y0) == n_, "ode::ensemble: ", std::ranges::size(y0), " starts and ", n_,
                      " sets of parameters; give one for each");
    }
    template <detail::list_of_states Y>
    ensemble(F f, time_span t, Y&& y0) : ensemble{std::move(f), t, std::ranges::size(y0), Start{y0, {}}} {}
    /// One start for all.
    template <std::size_t N, detail::list_of_states P>
    ensemble(F f, time_span t, double const (&y0)[N], P&& p)
        : ensemble{std::move(f), t, std::ranges::size(p), Start{std::to_array(y0), p}} {}

    [[nodiscard]] F const& f() const noexcept { return f_; }
    [[nodiscard]] time_span t() const noexcept { return t_; }
    [[nodiscard]] std::size_t size() const noexcept { return n_; }
    [[nodiscard]] start_type start(std::size_t i) const { return starts_(i); }

private:
    F f_;
    time_span t_;
    std::size_t n_;
    Start starts_;
};

template <class F, class Start>
ensemble(F, time_span, std::size_t, Start) -> ensemble<F, Start>;
template <class F, detail::list_of_states Y, detail::list_of_states P>
ensemble(F, time_span, Y&&, P&&)
    -> ensemble<F, detail::listed_starts<detail::n_doubles<std::ranges::range_value_t<Y>>,
                                         detail::n_doubles<std::ranges::range_value_t<P>>>>;
template <class F, detail::list_of_states Y>
ensemble(F, time_span, Y&&) -> ensemble<F, detail::listed_starts<detail::n_doubles<std::ranges::range_value_t<Y>>, 0>>;
template <class F, std::size_t N, detail::list_of_states P>
ensemble(F, time_span, double const (&)[N], P&&)
    -> ensemble<F, detail::listed_parameters<N, detail::n_doubles<std::ranges::range_value_t<P>>>>;

}  // namespace poise::ode
