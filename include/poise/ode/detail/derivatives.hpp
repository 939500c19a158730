// SPDX-License-Identifier: MIT
// Private to ode: ∂f/∂y and ∂f/∂t at a point.
#pragma once

#include <poise/core/error.hpp>
#include <poise/ode/detail/algebra.hpp>
#include <poise/ode/detail/dual_states.hpp>
#include <poise/ode/detail/linear_combinations.hpp>
#include <poise/ode/detail/right_hand_side.hpp>
#include <poise/ode/dual.hpp>
#include <poise/ode/jacobian.hpp>
#include <poise/ode/state.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <type_traits>

namespace poise::ode::detail {

template <class F, class State, class J = ndspan<double, 2>>
concept gives_jacobian = requires(F const& f, State const& y, J const& to) {
    f.jacobian(0.0, y, to);
};

/// Of f at (t, y). WithTime: whether ∂f/∂t will be asked for.
template <class F, class State, bool WithTime = true>
class derivatives {
    static constexpr std::size_t n_fixed = n_numbers<State>();
    // Of one call: all of a small state, and t; of a long one so many columns as are a vector's.
    static constexpr std::size_t chunk = is_small<State> ? n_fixed : 8;
    using number = dual<chunk + (WithTime ? 1 : 0)>;
    using duals = dual_storage<F, State, number>;
    using algebra = algebra_of<State>;
    using jacobian_type = typename algebra::jacobian;

public:
    derivatives(F const& f, State const& y0, error_weights const& weights)
        : f_{f}, weights_{weights}, trial_{y0}, trial_slope_{y0} {
        dual_y_ = dual_slope_ = make_duals<F, number>(y0);
    }

    /// Where the slope is known. reach: as far from t as f may be asked, with its sign; not 0. Throws
    /// std::invalid_argument where a Jacobian that is given does not fit its structure.
    template <class Evaluate>
    void jacobian(double t, State const& y, State const& slope, double reach, Evaluate const& evaluate,
                  jacobian_type& J) {
        if constexpr (is_differentiable<F>)
            by_duals(t, y, J, {});
        else if constexpr (gives_jacobian<F, State>)
            as_given(t, y, J);
        else
            by_differences(t, y, slope, reach, evaluate, J);
    }
    /// The same and the slope.
    template <class Evaluate>
    void jacobian_and_slope(double t, State const& y, State& slope, double reach, Evaluate const& evaluate,
                            jacobian_type& J) {
        if constexpr (is_differentiable<F>) {
            by_duals(t, y, J, {});
            auto const to = numbers_of(slope);
            for (std::size_t i = 0; i < to.size(); ++i) to[i] = dual_at(dual_slope_, i).value;
        } else {
            evaluate(t, y, slope);
            jacobian(t, y, slope, reach, evaluate, J);
        }
    }
    /// The Jacobian and ∂f/∂t.
    template <class Evaluate>
    void jacobian_and_time_slope(double t, State const& y, State const& slope, double reach, Evaluate const& evaluate,
                                 jacobian_type& J, std::span<double> time_slope) {
        if constexpr (is_differentiable<F> && has_dual_time())
            return by_duals(t, y, J, time_slope);
        else
            jacobian(t, y, slope, reach, evaluate, J);
        double const step =
            std::copysign(std::min(std::sqrt(epsilon * std::max(1e-5, std::abs(t))), std::abs(reach)), reach);
        double const there = t + step;
        evaluate(there, y, trial_slope_);
        auto const before = numbers_of(slope);
        auto const after = numbers_of(std::as_const(trial_slope_));
        for (std::size_t i = 0; i < time_slope.size(); ++i) time_slope[i] = (after[i] - before[i]) / (there - t);
    }

private:
    static constexpr double epsilon = std::numeric_limits<double>::epsilon();

    static constexpr bool has_dual_time() {
        return WithTime && (std::is_invocable_v<F const&, number, duals const&, duals&> ||
                            std::is_invocable_v<F const&, number, duals const&>);
    }
    void by_duals(double t, State const& y, jacobian_type& J, std::span<double> time_slope) {
        auto const value = numbers_of(y);
        std::size_t const n = value.size(), n_all = algebra::n_colours(J);
        for (std::size_t first = 0; first < n_all; first += chunk) {
            for (std::size_t j = 0; j < n; ++j) {
                std::size_t const seed = algebra::colour(J, j) - first;
                dual_at(dual_y_, j) = seed < chunk ? number{value[j], seed} : number{value[j]};
            }
            if constexpr (has_dual_time())
                call_right_hand_side_of(number{t, chunk});
            else
                call_right_hand_side_of(t);
            for (std::size_t j = 0; j < n; ++j)
                if (std::size_t const seed = algebra::colour(J, j) - first; seed < chunk)
                    algebra::for_each_in_column(
                        J, j, [&](std::size_t i, double& entry) { entry = dual_at(dual_slope_, i).derivative[seed]; });
        }
        if constexpr (WithTime)
            for (std::size_t i = 0; i < time_slope.size(); ++i)
                time_slope[i] = dual_at(dual_slope_, i).derivative[chunk];
    }
    template <class Time>
    void call_right_hand_side_of(Time const& t) {
        if constexpr (std::is_invocable_v<F const&, Time, duals const&, duals&> && !scalar_state<State>)
            f_(t, std::as_const(dual_y_), dual_slope_);
        else
            dual_slope_ = f_(t, std::as_const(dual_y_));
    }

    void as_given(double t, State const& y, std::array<double, n_fixed * n_fixed>& J) {
        J.fill(0.0);
        f_.jacobian(t, y, dense_view(J.data(), n_fixed));
    }
    void as_given(double t, State const& y, jacobian_matrix& J) {
        std::ranges::fill(J.values(), 0.0);
        if (J.is_dense()) return f_.jacobian(t, y, dense_view(J.values().data(), J.n()));
        if constexpr (gives_jacobian<F, State, jacobian_entries>)
            f_.jacobian(t, y, jacobian_entries{J});
        else
            throw_invalid(
                "ode: the Jacobian writes to an ndspan, which is dense; take its third argument as auto where the "
                "options name a structure");
    }
    static ndspan<double, 2> dense_view(double* values, std::size_t n) {
        auto const extent = static_cast<std::ptrdiff_t>(n);
        return {values, {extent, extent}};
    }

    // By increments that are small beside y, and change f by more than its rounding where y is near 0. Source:
    // Hindmarsh & Serban, User Documentation for CVODE, "Linear solver: dense difference quotients".
    template <class Evaluate>
    void by_differences(double t, State const& y, State const& slope, double h, Evaluate const& evaluate,
                        jacobian_type& J) {
        auto const from = numbers_of(y), before = numbers_of(slope);
        std::size_t const n = from.size();
        if (n == 0) return;
        double const norm =
            std::sqrt(weighted_square(before.data(), from.data(), from.data(), weights_, n) / static_cast<double>(n));
        double const of_weight =
            norm > 0.0 && std::isfinite(norm) ? 1000.0 * std::abs(h) * epsilon * static_cast<double>(n) * norm : 1.0;
        double const largest = std::abs(*std::ranges::max_element(from, {}, [](double x) { return std::abs(x); }));
        trial_ = y;
        auto const moved = numbers_of(trial_);
        auto const move = [&](std::size_t c, double sign) {
            for (std::size_t j = 0; j < n; ++j) {
                if (algebra::colour(J, j) != c) continue;
                double const weight = weights_.weight(j, std::abs(from[j]));
                double step = std::max(std::sqrt(epsilon) * std::abs(from[j]), of_weight * weight);
                if (step == 0.0) step = std::sqrt(epsilon) * (largest > 0.0 ? largest : 1.0);
                moved[j] = from[j] + sign * step;
            }
            evaluate(t, trial_, trial_slope_);
        };
        for (std::size_t c = 0; c < algebra::n_colours(J); ++c) {
            move(c, 1.0);
            auto const after = numbers_of(std::as_const(trial_slope_));
            // Where f ends there, as a root does, the other way.
            if (!std::ranges::all_of(after, [](double x) { return std::isfinite(x); })) move(c, -1.0);
            for (std::size_t j = 0; j < n; ++j) {
                if (algebra::colour(J, j) != c) continue;
                double const step = moved[j] - from[j];
                algebra::for_each_in_column(
                    J, j, [&](std::size_t i, double& entry) { entry = (after[i] - before[i]) / step; });
                moved[j] = from[j];
            }
        }
    }

    F const& f_;
    error_weights weights_;
    State trial_, trial_slope_;
    [[no_unique_address]] duals dual_y_{}, dual_slope_{};
};

}  // namespace poise::ode::detail
