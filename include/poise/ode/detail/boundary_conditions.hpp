// SPDX-License-Identifier: MIT
// Private to ode: g and its Jacobians.
#pragma once

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/core/ndspan.hpp>
#include <poise/ode/detail/dual_states.hpp>
#include <poise/ode/dual.hpp>
#include <poise/ode/state.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <type_traits>
#include <utility>

namespace poise::ode::detail {

template <class G, class State>
concept gives_both_jacobians = requires(G const& g, State const& y, ndspan<double, 2> J) {
    g.jacobian(y, y, J, J);
};

/// The n conditions g(ya, yb) = 0.
template <class G, class State>
class boundary_conditions {
    static constexpr std::size_t n_fixed = n_numbers<State>();
    static constexpr std::size_t chunk = is_small<State> ? n_fixed : 8;
    using number = dual<chunk>;
    using duals = dual_storage<G, State, number>;

public:
    boundary_conditions(G const& g, State const& prototype)
        : g_{g}, ya_{prototype}, yb_{prototype}, residual_{prototype}, moved_{prototype}, n_{numbers_of(ya_).size()} {
        dual_ya_ = dual_yb_ = dual_residual_ = make_duals<G, number>(prototype);
    }

    /// Where false, g is not finite.
    bool evaluate(std::span<double const> ya, std::span<double const> yb, std::span<double> residual) {
        std::ranges::copy(ya, numbers_of(ya_).begin());
        std::ranges::copy(yb, numbers_of(yb_).begin());
        call(g_, std::as_const(ya_), std::as_const(yb_), residual_);
        POISE_REQUIRE(numbers_of(std::as_const(residual_)).size() == n_, "ode: g gives ",
                      numbers_of(std::as_const(residual_)).size(), " conditions for a state of ", n_,
                      " numbers; give as many");
        std::ranges::copy(numbers_of(std::as_const(residual_)), residual.begin());
        return std::ranges::all_of(residual, [](double x) { return std::isfinite(x); });
    }

    /// n × n each, by columns, where g was evaluated last. scales: the size of each component.
    void differentiate(std::span<double const> scales, std::span<double> of_ya, std::span<double> of_yb) {
        if constexpr (is_differentiable<G>) {
            by_duals(dual_ya_, ya_, of_ya);
            by_duals(dual_yb_, yb_, of_yb);
        } else if constexpr (gives_both_jacobians<G, State>) {
            auto const n = static_cast<std::ptrdiff_t>(n_);
            std::ranges::fill(of_ya, 0.0);
            std::ranges::fill(of_yb, 0.0);
            g_.jacobian(std::as_const(ya_), std::as_const(yb_), ndspan<double, 2>{of_ya.data(), {n, n}},
                        ndspan<double, 2>{of_yb.data(), {n, n}});
        } else {
            by_differences(ya_, scales, of_ya);
            by_differences(yb_, scales, of_yb);
        }
    }

private:
    template <class S>
    static void call(G const& g, S const& ya, S const& yb, S& residual) {
        if constexpr (std::is_invocable_v<G const&, S const&, S const&, S&>)
            g(ya, yb, residual);
        else
            residual = g(ya, yb);
    }

    // By one of both ends, whose duals are those.
    void by_duals(duals& seeded, State const& y, std::span<double> jacobian) {
        for (std::size_t i = 0; i < n_; ++i) {
            dual_at(dual_ya_, i) = number{numbers_of(std::as_const(ya_))[i]};
            dual_at(dual_yb_, i) = number{numbers_of(std::as_const(yb_))[i]};
        }
        for (std::size_t first = 0; first < n_; first += chunk) {
            std::size_t const length = std::min(chunk, n_ - first);
            for (std::size_t i = 0; i < n_; ++i) {
                double const value = numbers_of(y)[i];
                dual_at(seeded, i) = i - first < length ? number{value, i - first} : number{value};
            }
            call(g_, std::as_const(dual_ya_), std::as_const(dual_yb_), dual_residual_);
            for (std::size_t i = 0; i < n_; ++i)
                for (std::size_t j = 0; j < length; ++j)
                    jacobian[i + n_ * (first + j)] = dual_at(dual_residual_, i).derivative[j];
        }
    }

    // By central ones: g is asked rarely, and is exact so where it is quadratic.
    void by_differences(State& end, std::span<double const> scales, std::span<double> jacobian) {
        double const share = std::cbrt(std::numeric_limits<double>::epsilon());
        auto const y = numbers_of(end);
        for (std::size_t j = 0; j < n_; ++j) {
            double const at = y[j], step = share * std::max(std::abs(at), scales[j]);
            double const above = at + step, below = at - step;
            y[j] = below;
            call(g_, std::as_const(ya_), std::as_const(yb_), moved_);
            y[j] = above;
            call(g_, std::as_const(ya_), std::as_const(yb_), residual_);
            y[j] = at;
            for (std::size_t i = 0; i < n_; ++i)
                jacobian[i + n_ * j] =
                    (numbers_of(std::as_const(residual_))[i] - numbers_of(std::as_const(moved_))[i]) / (above - below);
        }
    }

    G const& g_;
    State ya_, yb_, residual_, moved_;
    std::size_t n_;
    [[no_unique_address]] duals dual_ya_{}, dual_yb_{}, dual_residual_{};
};

}  // namespace poise::ode::detail
