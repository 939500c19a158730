// SPDX-License-Identifier: MIT
// Private to ode: ∂f/∂y and ∂f/∂t at a point.
#pragma once

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
#include <vector>

namespace poise::ode::detail {

// Which way the derivatives of F come about.
template <class F>
inline constexpr bool is_differentiable = false;
template <class F>
inline constexpr bool is_differentiable<differentiable<F>> = true;
template <class F, class State>
concept gives_jacobian = requires(F const& f, State const& y, ndspan<double, 2> J) {
    f.jacobian(0.0, y, J);
};

// A state of duals beside one of doubles.
template <class State, class Dual>
struct dual_state;
template <class Dual>
struct dual_state<double, Dual> {
    using type = Dual;
};
template <std::size_t N, class Dual>
struct dual_state<std::array<double, N>, Dual> {
    using type = std::array<Dual, N>;
};
template <class Dual>
struct dual_state<std::vector<double>, Dual> {
    using type = std::vector<Dual>;
};

/// Of f at (t, y). Matrices are by columns. WithTime: whether ∂f/∂t will be asked for.
template <class F, class State, bool WithTime = true>
class derivatives {
    static constexpr std::size_t n_fixed = n_numbers<State>();
    // Of one call: all of a small state, and t; of a long one so many columns as are a vector's.
    static constexpr std::size_t chunk = is_small<State> ? n_fixed : 8;
    using number = dual<chunk + (WithTime ? 1 : 0)>;

public:
    derivatives(F const& f, State const& y0, error_weights const& weights)
        : f_{f}, weights_{weights}, trial_{y0}, trial_slope_{y0} {
        if constexpr (is_differentiable<F> && !scalar_state<State>) dual_y_ = dual_slope_ = make_duals(y0);
    }

    /// Where the slope is known. jacobian: n × n; time_slope: n. reach: as far from t as f may be asked, with its sign;
    /// not 0.
    template <class Evaluate>
    void compute(double t, State const& y, State const& slope, double reach, Evaluate const& evaluate,
                 std::span<double> jacobian, std::span<double> time_slope) {
        bool is_time_known = false;
        if constexpr (is_differentiable<F>)
            is_time_known = by_duals(t, y, jacobian, time_slope);
        else if constexpr (gives_jacobian<F, State>) {
            std::ranges::fill(jacobian, 0.0);
            auto const n = static_cast<std::ptrdiff_t>(time_slope.size());
            f_.jacobian(t, y, ndspan<double, 2>{jacobian.data(), {n, n}});
        } else {
            by_differences(t, y, slope, reach, evaluate, jacobian);
        }
        if (is_time_known) return;
        double const step =
            std::copysign(std::min(std::sqrt(epsilon * std::max(1e-5, std::abs(t))), std::abs(reach)), reach);
        double const there = t + step;
        evaluate(there, y, trial_slope_);
        auto const before = numbers_of(slope);
        auto const after = numbers_of(std::as_const(trial_slope_));
        for (std::size_t i = 0; i < time_slope.size(); ++i) time_slope[i] = (after[i] - before[i]) / (there - t);
    }

    /// The slope and ∂f/∂y at once.
    template <class Evaluate>
    void compute_with_slope(double t, State const& y, State& slope, double reach, Evaluate const& evaluate,
                            std::span<double> jacobian) {
        if constexpr (is_differentiable<F>) {
            by_duals(t, y, jacobian, {});
            auto const to = numbers_of(slope);
            for (std::size_t i = 0; i < to.size(); ++i) to[i] = dual_at(dual_slope_, i).value;
        } else if constexpr (gives_jacobian<F, State>) {
            evaluate(t, y, slope);
            std::ranges::fill(jacobian, 0.0);
            auto const n = static_cast<std::ptrdiff_t>(numbers_of(y).size());
            f_.jacobian(t, y, ndspan<double, 2>{jacobian.data(), {n, n}});
        } else {
            evaluate(t, y, slope);
            by_differences(t, y, slope, reach, evaluate, jacobian);
        }
    }

private:
    static constexpr double epsilon = std::numeric_limits<double>::epsilon();

    static auto make_duals(State const& y) {
        using duals = typename dual_state<State, number>::type;
        if constexpr (n_fixed > 0)
            return duals{};
        else
            return duals(y.size());
    }
    struct none {};
    using dual_storage = typename decltype([] {
        if constexpr (!is_differentiable<F>)
            return std::type_identity<none>{};
        else
            return std::type_identity<typename dual_state<State, number>::type>{};
    }())::type;

    // Whether ∂f/∂t came along.
    bool by_duals(double t, State const& y, std::span<double> jacobian, [[maybe_unused]] std::span<double> time_slope) {
        constexpr bool has_time =
            WithTime && (std::is_invocable_v<F const&, number, dual_storage const&, dual_storage&> ||
                         std::is_invocable_v<F const&, number, dual_storage const&>);
        std::size_t const n = numbers_of(y).size();
        auto const value = numbers_of(y);
        for (std::size_t first = 0; first < n; first += chunk) {
            std::size_t const length = std::min(chunk, n - first);
            for (std::size_t i = 0; i < n; ++i)
                dual_at(dual_y_, i) = i - first < length ? number{value[i], i - first} : number{value[i]};
            if constexpr (has_time)
                call_right_hand_side_of(number{t, chunk});
            else
                call_right_hand_side_of(t);
            for (std::size_t i = 0; i < n; ++i) {
                auto const& row = dual_at(dual_slope_, i).derivative;
                for (std::size_t j = 0; j < length; ++j) jacobian[i + n * (first + j)] = row[j];
                if constexpr (has_time) time_slope[i] = row[chunk];
            }
        }
        return has_time;
    }
    static number& dual_at(dual_storage& duals, std::size_t i) {
        if constexpr (scalar_state<State>)
            return duals;
        else
            return duals[i];
    }
    template <class Time>
    void call_right_hand_side_of(Time const& t) {
        if constexpr (std::is_invocable_v<F const&, Time, dual_storage const&, dual_storage&> && !scalar_state<State>)
            f_(t, std::as_const(dual_y_), dual_slope_);
        else
            dual_slope_ = f_(t, std::as_const(dual_y_));
    }

    // By increments that are small beside y, and change f by more than its rounding where y is near 0. Source:
    // Hindmarsh & Serban, User Documentation for CVODE, "Linear solver: dense difference quotients".
    template <class Evaluate>
    void by_differences(double t, State const& y, State const& slope, double h, Evaluate const& evaluate,
                        std::span<double> jacobian) {
        trial_ = y;
        auto const moved = numbers_of(trial_);
        auto const before = numbers_of(slope);
        std::size_t const n = moved.size();
        double const* const from = moved.data();
        double const norm = std::sqrt(weighted_square(before.data(), from, from, weights_, n) / static_cast<double>(n));
        double const of_weight = norm > 0.0 ? 1000.0 * std::abs(h) * epsilon * static_cast<double>(n) * norm : 1.0;
        for (std::size_t j = 0; j < n; ++j) {
            double const at = moved[j];
            double const atol = weights_.atol_of(j);
            double const weight = atol + weights_.rtol * std::abs(at);
            moved[j] = at + std::max(std::sqrt(epsilon) * std::abs(at), of_weight * weight);
            double const step = moved[j] - at;
            evaluate(t, trial_, trial_slope_);
            auto const after = numbers_of(std::as_const(trial_slope_));
            for (std::size_t i = 0; i < n; ++i) jacobian[i + n * j] = (after[i] - before[i]) / step;
            moved[j] = at;
        }
    }

    F const& f_;
    error_weights weights_;
    State trial_, trial_slope_;
    [[no_unique_address]] dual_storage dual_y_{}, dual_slope_{};
};

}  // namespace poise::ode::detail
