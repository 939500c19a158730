// SPDX-License-Identifier: MIT
// Private to ode: ∂f/∂y and a vector, without ∂f/∂y.
#pragma once

#include <poise/ode/detail/dual_states.hpp>
#include <poise/ode/detail/right_hand_side.hpp>
#include <poise/ode/dual.hpp>
#include <poise/ode/jacobian.hpp>
#include <poise/ode/state.hpp>

#include <cmath>
#include <cstddef>
#include <span>
#include <utility>

namespace poise::ode::detail {

template <class F, class State>
concept gives_jacobian_product = requires(F const& f, State const& y, std::span<double const> v, std::span<double> to) {
    f.jacobian_product(0.0, y, v, to);
};

template <class F>
inline constexpr bool is_with_product = false;
template <class F, class Product>
inline constexpr bool is_with_product<with_jacobian_product<F, Product>> = true;

/// Of f at one place after another.
template <class F, class State>
class directional_derivative {
    using number = dual<1>;
    using duals = dual_storage<F, State, number>;

public:
    static constexpr bool takes_differences = !is_differentiable<F> && !gives_jacobian_product<F, State>;
    static_assert(!is_with_product<F> || gives_jacobian_product<F, State>,
                  "a Jacobian's product is called as product(double t, State const& y, std::span<double const> v, "
                  "std::span<double> to)");

    directional_derivative(F const& f, State const& y0) : f_{f}, trial_{y0}, trial_slope_{y0} {
        dual_y_ = dual_slope_ = make_duals<F, number>(y0);
    }

    /// to = ∂f/∂y(t, y) v, where f(t, y) is slope. By differences over what weights, of each component, take for
    /// nothing: as far from y as the solution is uncertain, so that what f is not linear in is of the size of that.
    /// Source: Hindmarsh & Serban, User Documentation for CVODE, "Krylov: difference quotients".
    template <class Evaluate>
    void multiply(double t, State const& y, State const& slope, std::span<double const> weights,
                  Evaluate const& evaluate, std::span<double const> v, std::span<double> to) {
        if constexpr (is_differentiable<F>)
            by_duals(t, y, v, to);
        else if constexpr (gives_jacobian_product<F, State>)
            f_.jacobian_product(t, y, v, to);
        else
            by_differences(t, y, slope, weights, evaluate, v, to);
    }

private:
    void by_duals(double t, State const& y, std::span<double const> v, std::span<double> to) {
        auto const value = numbers_of(y);
        for (std::size_t i = 0; i < v.size(); ++i) {
            auto& seeded = dual_at(dual_y_, i);
            seeded = number{value[i]};
            seeded.derivative[0] = v[i];
        }
        if constexpr (std::is_invocable_v<F const&, double, duals const&, duals&>)
            f_(t, std::as_const(dual_y_), dual_slope_);
        else
            dual_slope_ = f_(t, std::as_const(dual_y_));
        for (std::size_t i = 0; i < to.size(); ++i) to[i] = dual_at(dual_slope_, i).derivative[0];
    }

    template <class Evaluate>
    void by_differences(double t, State const& y, State const& slope, std::span<double const> weights,
                        Evaluate const& evaluate, std::span<double const> v, std::span<double> to) {
        double square = 0.0;
        for (std::size_t i = 0; i < v.size(); ++i) square += (v[i] / weights[i]) * (v[i] / weights[i]);
        if (square == 0.0) {
            for (double& value : to) value = 0.0;
            return;
        }
        double const length = std::sqrt(static_cast<double>(v.size()) / square);
        // Where f ends there, as a root does, the other way.
        if (!difference(t, y, slope, length, evaluate, v, to)) (void)difference(t, y, slope, -length, evaluate, v, to);
    }
    // False where it is not finite.
    template <class Evaluate>
    [[nodiscard]] bool difference(double t, State const& y, State const& slope, double length, Evaluate const& evaluate,
                                  std::span<double const> v, std::span<double> to) {
        auto const from = numbers_of(y), before = numbers_of(slope);
        auto const at = numbers_of(trial_);
        for (std::size_t i = 0; i < v.size(); ++i) at[i] = from[i] + length * v[i];
        evaluate(t, trial_, trial_slope_);
        auto const after = numbers_of(std::as_const(trial_slope_));
        bool is_finite = true;
        for (std::size_t i = 0; i < to.size(); ++i) {
            to[i] = (after[i] - before[i]) / length;
            is_finite &= std::isfinite(to[i]);
        }
        return is_finite;
    }

    F const& f_;
    State trial_, trial_slope_;
    [[no_unique_address]] duals dual_y_{}, dual_slope_{};
};

}  // namespace poise::ode::detail
