// SPDX-License-Identifier: MIT
// Private to ode: steps of a Rosenbrock method.
#pragma once

#include <poise/ode/detail/algebra.hpp>
#include <poise/ode/detail/derivatives.hpp>
#include <poise/ode/detail/kept_scalar.hpp>
#include <poise/ode/detail/linear_combinations.hpp>
#include <poise/ode/detail/right_hand_side.hpp>
#include <poise/ode/detail/step_controller.hpp>
#include <poise/ode/detail/stepper_base.hpp>
#include <poise/ode/detail/stepper_setup.hpp>
#include <poise/ode/report.hpp>
#include <poise/ode/state.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <utility>

namespace poise::ode::detail {

/// As explicit_stepper.
template <class Method, class F, class State>
class rosenbrock_stepper : public stepper_base<F, State> {
    using base = stepper_base<F, State>;
    using base::f_, base::weights_, base::y_, base::new_y_, base::work_, base::n_, base::counts_;
    static constexpr auto const& tableau = Method::tableau;
    static constexpr std::size_t n_stages = tableau.n_stages;
    using algebra = algebra_of<State>;

public:
    using base::evaluate;
    static constexpr bool is_implicit = true;
    static constexpr std::size_t degree = tableau.degree;

    rosenbrock_stepper(F const& f, State const& y0, stepper_setup const& setup)
        : base{f, y0, setup.weights},
          slope_{y0},
          work_slope_{y0},
          derivatives_{f, y0, setup.weights},
          jacobian_{algebra::make_jacobian(setup.jacobian, n_)},
          lu_{algebra::template make_lu<double>(jacobian_)},
          time_slope_{algebra::template make_vector<double>(n_)} {
        u_.fill(y0);
    }

    [[nodiscard]] static constexpr bool ends_at_saved_times() noexcept { return true; }
    [[nodiscard]] State const& slope() const noexcept { return slope_; }
    [[nodiscard]] State& slope_to_fill() noexcept { return work_slope_; }

    void begin_at(double t) {
        evaluate(t, y_, slope_);
        is_slope_known_ = true;
        are_derivatives_known_ = false;
    }

    [[nodiscard]] double attempt(double t, double t_new, double latest) {
        if (!is_slope_known_) begin_at(t);
        t_ = t, latest_ = latest, h_ = t_new - t;
        if (!std::exchange(are_derivatives_known_, true)) {
            ++counts_.n_jacobians;
            derivatives_.jacobian_and_time_slope(
                t, y_, slope_, latest - t, [this](double time, State const& y, State& out) { evaluate(time, y, out); },
                jacobian_, time_slope_);
        }
        ++counts_.n_factorisations;
        failure_ = stop_reason::not_finite;
        if (!lu_.factor(1.0 / (tableau.gamma * h_), jacobian_)) {
            failure_ = algebra::why_singular(jacobian_);
            are_derivatives_known_ = failure_ == stop_reason::singular_matrix;
            if (failure_ == stop_reason::not_finite) base::blame(algebra::row_that_is_not_finite(jacobian_));
            return std::numeric_limits<double>::infinity();
        }
        base::blame_none();
        double const square = attempt_stages();
        if (!std::isfinite(square)) blame();
        return square;
    }

    [[nodiscard]] double after_accepted(double h, double square) noexcept {
        return controller_.after_accepted(h, square);
    }
    [[nodiscard]] double after_rejected(double, double square) noexcept { return controller_.after_rejected(square); }
    [[nodiscard]] stop_reason failure() const noexcept { return failure_; }

    void accept() noexcept {
        using std::swap;
        swap(y_, new_y_);
        is_slope_known_ = false;
    }

    void interpolate(std::span<double> coefficients) {
        // θ Δy + θ (1 − θ) Σ θᵐ wₘ, by powers of θ.
        auto const power = [&](std::size_t m) { return coefficients.subspan(m * n_, n_); };
        auto const y = numbers_of(std::as_const(y_)), z = numbers_of(std::as_const(new_y_));
        std::ranges::fill(coefficients, 0.0);
        for (std::size_t i = 0; i < n_; ++i) power(0)[i] = z[i] - y[i];
        for (std::size_t m = 0; m < tableau.n_dense; ++m) {
            combine(power(m), 1.0, tableau.interpolant[m], n_stages, power(m));
            combine(power(m + 1), -1.0, tableau.interpolant[m], n_stages, power(m + 1));
        }
    }

    /// At most |hλ| of any eigenvalue of the Jacobian.
    [[nodiscard]] double stiffness() const noexcept { return std::abs(h_) * algebra::norm1(jacobian_); }

    [[nodiscard]] std::size_t worst_component() const {
        auto const e = numbers_of(u_[n_stages - 1]), y = numbers_of(y_), z = numbers_of(new_y_);
        return base::worst_by([&](std::size_t d) {
            return std::abs(e[d]) / weights_.weight(d, std::max(std::abs(y[d]), std::abs(z[d])));
        });
    }

private:
    [[nodiscard]] double time_of(double c) const noexcept { return c == 1.0 ? latest_ : t_ + c * h_; }

    // result = start + scale Σ weightᵢ uᵢ over the first n of them.
    void combine(std::span<double const> start, double scale, std::array<double, n_stages> const& weights,
                 std::size_t n, std::span<double> result) {
        if constexpr (is_small<State>) {
            for (std::size_t d = 0; d < n_; ++d) {
                double sum = 0.0;
                for (std::size_t i = 0; i < n; ++i) sum += weights[i] * numbers_of(std::as_const(u_[i]))[d];
                result[d] = start[d] + scale * sum;
            }
        } else {
            std::array<weighted, n_stages> terms;
            std::size_t n_terms = 0;
            for (std::size_t i = 0; i < n; ++i)
                if (weights[i] != 0.0) terms[n_terms++] = {weights[i], numbers_of(std::as_const(u_[i])).data()};
            add_weighted(start.data(), scale, std::span{terms}.first(n_terms), result.data(), n_);
        }
    }

    // Weights are known to the compiler, and those that a stage shares with the one before it are added up once.
    template <std::size_t I>
    static constexpr bool adds_to_the_stage_before() {
        if constexpr (I < 2) {
            return false;
        } else {
            for (std::size_t j = 0; j + 1 < I; ++j)
                if (tableau.a[I][j] != tableau.a[I - 1][j]) return false;
            return true;
        }
    }
    template <std::size_t I>
    void small_stage(State const& y, std::array<State, n_stages>& u, State& at, State& slope) {
        auto const right = numbers_of(u[I]);
        if constexpr (I == 0) {
            slope = slope_;
        } else {
            auto const from = numbers_of(y);
            auto const to = numbers_of(at);
            for (std::size_t d = 0; d < n_numbers<State>(); ++d) {
                double sum = 0.0;
                [&]<std::size_t... J>(std::index_sequence<J...>) {
                    if constexpr (adds_to_the_stage_before<I>())
                        sum = to[d] + tableau.a[I][I - 1] * numbers_of(u[I - 1])[d];
                    else
                        ((sum += tableau.a[I][J] * numbers_of(u[J])[d]), ..., (sum += from[d]));
                }
                (std::make_index_sequence<I>{});
                to[d] = kept_scalar<State>(sum);
            }
            call_right_hand_side(f_, time_of(tableau.c[I]), std::as_const(at), slope);
        }
        double const inverse_h = 1.0 / h_;
        auto const f = numbers_of(std::as_const(slope));
        for (std::size_t d = 0; d < n_numbers<State>(); ++d) {
            double sum = 0.0;
            [&]<std::size_t... J>(std::index_sequence<J...>) { ((sum += tableau.C[I][J] * numbers_of(u[J])[d]), ...); }
            (std::make_index_sequence<I>{});
            sum = f[d] + sum * inverse_h;
            if constexpr (tableau.d[I] != 0.0) sum += tableau.d[I] * h_ * time_slope_[d];
            right[d] = kept_scalar<State>(sum);
        }
        lu_.solve(right);
    }
    [[nodiscard]] double attempt_small() {
        State const y = y_;
        State at = y, slope = y;
        [&]<std::size_t... I>(std::index_sequence<I...>) { (small_stage<I>(y, u_, at, slope), ...); }
        (std::make_index_sequence<n_stages>{});
        counts_.n_evaluations += n_stages - 1;
        static_assert(tableau.b[n_stages - 1] == 1.0 && tableau.error[n_stages - 1] == 1.0, "stiffly accurate");
        auto const from = numbers_of(y), last = numbers_of(std::as_const(at));
        auto const to = numbers_of(new_y_);
        double square = 0.0;
        for (std::size_t d = 0; d < n_numbers<State>(); ++d) {
            double const e = numbers_of(u_[n_stages - 1])[d];
            to[d] = last[d] + e;
            double const share = e / weights_.weight(d, std::max(std::abs(from[d]), std::abs(to[d])));
            square += share * share;
        }
        return square / static_cast<double>(n_numbers<State>());
    }

    [[nodiscard]] double attempt_stages() {
        if constexpr (is_small<State>) return attempt_small();
        for (std::size_t i = 0; i < n_stages; ++i) stage(i);
        auto const y = numbers_of(std::as_const(y_));
        combine(y, 1.0, tableau.b, n_stages, numbers_of(new_y_));
        auto const e = numbers_of(work_);
        std::ranges::fill(e, 0.0);
        combine(e, 1.0, tableau.error, n_stages, e);
        double const square =
            weighted_square(e.data(), y.data(), numbers_of(std::as_const(new_y_)).data(), weights_, n_);
        return square / static_cast<double>(std::max<std::size_t>(n_, 1));
    }

    // What f gave first that is not finite: once more, as solving takes it on to all components.
    void blame() {
        if (first_not_finite(time_slope_)) return base::blame_first_of(time_slope_);
        for (std::size_t i = 1; i < n_stages; ++i) {
            combine(numbers_of(std::as_const(y_)), 1.0, tableau.a[i], i, numbers_of(work_));
            evaluate(time_of(tableau.c[i]), work_, work_slope_);
            if (first_not_finite(numbers_of(std::as_const(work_slope_))))
                return base::blame_first_of(numbers_of(std::as_const(work_slope_)));
        }
    }

    void stage(std::size_t i) {
        auto const right = numbers_of(u_[i]);
        if (i == 0) {
            std::ranges::copy(numbers_of(std::as_const(slope_)), right.begin());
        } else {
            combine(numbers_of(std::as_const(y_)), 1.0, tableau.a[i], i, numbers_of(work_));
            evaluate(time_of(tableau.c[i]), work_, work_slope_);
            combine(numbers_of(std::as_const(work_slope_)), 1.0 / h_, tableau.C[i], i, right);
        }
        if (tableau.d[i] != 0.0)
            for (std::size_t d = 0; d < n_; ++d) right[d] += tableau.d[i] * h_ * time_slope_[d];
        lu_.solve(right);
    }

    State slope_, work_slope_;
    std::array<State, n_stages> u_;
    derivatives<F, State> derivatives_;
    typename algebra::jacobian jacobian_;
    typename algebra::template lu<double> lu_;
    typename algebra::template vector<double> time_slope_;
    step_controller controller_{std::min(Method::order, Method::embedded_order) + 1};
    double t_ = 0.0, latest_ = 0.0, h_ = 0.0;
    stop_reason failure_ = stop_reason::not_finite;
    bool is_slope_known_ = false, are_derivatives_known_ = false;
};

}  // namespace poise::ode::detail
