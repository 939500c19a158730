// SPDX-License-Identifier: MIT
// Private to ode: steps of a diagonally implicit Runge-Kutta method.
#pragma once

#include <poise/ode/detail/algebra.hpp>
#include <poise/ode/detail/derivatives.hpp>
#include <poise/ode/detail/linear_combinations.hpp>
#include <poise/ode/detail/newton_rate.hpp>
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

/// As explicit_stepper. Slopes of stages are what the stages' equations say, (Y − what is known of it) / hγ, and not f
/// at them, which would make what Newton's iteration leaves as many times larger as the problem is stiff. Source:
/// Hairer & Wanner (1996), Solving Ordinary Differential Equations II, §IV.8.
template <class Method, class F, class State>
class diagonally_implicit_stepper : public stepper_base<F, State> {
    using base = stepper_base<F, State>;
    using base::f_, base::weights_, base::y_, base::new_y_, base::work_, base::n_, base::counts_;
    static constexpr auto const& tableau = Method::tableau;
    static constexpr std::size_t n_stages = tableau.n_stages;
    static constexpr auto guess_weights = tableau.guesses();
    using algebra = algebra_of<State>;
    using vector = typename algebra::template vector<double>;

public:
    using base::evaluate;
    static constexpr bool is_implicit = true;
    static constexpr std::size_t degree = tableau.degree;

    diagonally_implicit_stepper(F const& f, State const& y0, stepper_setup const& setup)
        : base{f, y0, setup.weights},
          slope_{y0},
          work_slope_{y0},
          derivatives_{f, y0, setup.weights},
          jacobian_{algebra::make_jacobian(setup.jacobian, n_)},
          lu_{algebra::template make_lu<double>(jacobian_)},
          known_{algebra::template make_vector<double>(n_)},
          step_{known_},
          rate_{setup.has_fixed_steps} {
        k_.fill(known_);
        rate_.begin_order(most_iterations, relative_tolerance(weights_));
    }

    [[nodiscard]] static constexpr bool ends_at_saved_times() noexcept { return true; }
    [[nodiscard]] State const& slope() const noexcept { return slope_; }
    [[nodiscard]] State& slope_to_fill() noexcept { return work_slope_; }
    [[nodiscard]] stop_reason failure() const noexcept { return failure_; }

    void begin_at(double t) {
        evaluate(t, y_, slope_);
        auto const slope = numbers_of(std::as_const(slope_));
        if (slope.size() == n_) std::ranges::copy(slope, k_[0].begin());
        is_slope_known_ = true;
        is_jacobian_known_ = false;
    }

    [[nodiscard]] double attempt(double t, double t_new, double latest) {
        t_ = t, latest_ = latest, h_ = t_new - t;
        if (!is_jacobian_known_) read_jacobian();
        auto why = solve_stages();
        if (why == stop_reason::newton_failed && !is_jacobian_new_) {
            read_jacobian();
            why = solve_stages();
        }
        if (why != stop_reason::reached_end) return failed(why);
        std::ranges::fill(step_, 0.0);
        // The error divided by hγ, for the factors are of 1/(hγ) − J.
        combine(step_, 1.0 / (part_of_tolerance * tableau.gamma), tableau.error, n_stages, step_);
        lu_.solve(step_);
        double const square = squared_norm(step_, new_y_);
        return std::isfinite(square) ? square : failed(stop_reason::not_finite);
    }

    [[nodiscard]] double after_accepted(double h, double square) noexcept {
        double const factor = controller_.after_accepted(h, square) * rate_.safety() / newton_rate::most_safety;
        bool const keeps_jacobian = rate_.theta() <= rate_to_keep_jacobian;
        if (!keeps_jacobian) is_jacobian_known_ = false;
        // A step that is a little longer is not worth new factors.
        return keeps_jacobian && factor >= 1.0 && factor <= 1.2 ? 1.0 : factor;
    }
    [[nodiscard]] double after_rejected(double, double square) noexcept {
        double const factor = controller_.after_rejected(square);
        if (std::isfinite(square)) return factor;
        return failure_ == stop_reason::not_finite ? 0.25 : 0.5;
    }

    void accept() noexcept {
        using std::swap;
        swap(y_, new_y_);
        swap(k_.front(), k_.back());
        is_jacobian_new_ = is_slope_known_ = false;
    }

    void interpolate(std::span<double> coefficients) {
        std::ranges::fill(coefficients, 0.0);
        for (std::size_t m = 0; m < degree; ++m) {
            std::array<double, n_stages> weights;
            for (std::size_t i = 0; i < n_stages; ++i) weights[i] = tableau.interpolant[i][m];
            auto const power = coefficients.subspan(m * n_, n_);
            combine(power, h_, weights, n_stages, power);
        }
    }

    [[nodiscard]] std::size_t worst_component() const {
        auto const y = numbers_of(y_), z = numbers_of(new_y_);
        return base::worst_by([&](std::size_t d) {
            return std::abs(step_[d]) * inverse_weight(d, std::max(std::abs(y[d]), std::abs(z[d])));
        });
    }

private:
    static constexpr double rate_to_keep_jacobian = 1e-2;
    static constexpr std::size_t most_iterations = 7;
    // The estimate is of order 3, multiplied by what damps it, and errors of steps add up.
    static constexpr double part_of_tolerance = 0.5;

    [[nodiscard]] double time_of(double c) const noexcept { return c == 1.0 ? latest_ : t_ + c * h_; }
    [[nodiscard]] double failed(stop_reason why) noexcept {
        failure_ = why;
        return std::numeric_limits<double>::infinity();
    }
    // A component that is 0 and has no atol counts by where it goes.
    [[nodiscard]] double inverse_weight(std::size_t d, double size) const noexcept {
        return 1.0 / std::max(weights_.weight(d, size), std::numeric_limits<double>::min());
    }
    [[nodiscard]] double squared_norm(vector const& x, State const& at) const noexcept {
        auto const y = numbers_of(y_), z = numbers_of(at);
        double square = 0.0;
        for (std::size_t d = 0; d < n_; ++d) {
            double const share = x[d] * inverse_weight(d, std::max(std::abs(y[d]), std::abs(z[d])));
            square += share * share;
        }
        return square / static_cast<double>(std::max<std::size_t>(n_, 1));
    }

    void read_jacobian() {
        if (!std::exchange(is_slope_known_, true)) evaluate(t_, y_, slope_);
        ++counts_.n_jacobians;
        derivatives_.jacobian(
            t_, y_, slope_, latest_ - t_, [this](double time, State const& y, State& out) { evaluate(time, y, out); },
            jacobian_);
        is_jacobian_known_ = is_jacobian_new_ = true;
        factored_shift_ = 0.0;
    }

    // result = start + scale Σ weightᵢ kᵢ over the first n of them.
    void combine(std::span<double const> start, double scale, std::array<double, n_stages> const& weights,
                 std::size_t n, std::span<double> result) const noexcept {
        if constexpr (is_small<State>) {
            for (std::size_t d = 0; d < n_; ++d) {
                double sum = 0.0;
                for (std::size_t i = 0; i < n; ++i) sum += weights[i] * k_[i][d];
                result[d] = start[d] + scale * sum;
            }
        } else {
            std::array<weighted, n_stages> terms;
            std::size_t n_terms = 0;
            for (std::size_t i = 0; i < n; ++i)
                if (weights[i] != 0.0) terms[n_terms++] = {weights[i], k_[i].data()};
            add_weighted(start.data(), scale, std::span{terms}.first(n_terms), result.data(), n_);
        }
    }

    // reached_end where all are there.
    [[nodiscard]] stop_reason solve_stages() {
        double const shift = 1.0 / (tableau.gamma * h_);
        if (std::abs(shift - factored_shift_) > 1e-8 * std::abs(shift)) {
            ++counts_.n_factorisations;
            factored_shift_ = 0.0;
            if (!lu_.factor(shift, jacobian_)) {
                auto const why = algebra::why_singular(jacobian_);
                is_jacobian_known_ = why == stop_reason::singular_matrix;
                return why;
            }
            factored_shift_ = shift;
        }
        for (std::size_t i = 1; i < n_stages; ++i)
            if (auto const why = solve_stage(i, shift); why != stop_reason::reached_end) return why;
        std::ranges::copy(numbers_of(std::as_const(work_)), numbers_of(new_y_).begin());
        return stop_reason::reached_end;
    }

    // Newton's, simplified: with the Jacobian at the step's beginning, or an older one.
    [[nodiscard]] stop_reason solve_stage(std::size_t i, double shift) {
        auto const y = numbers_of(std::as_const(y_));
        auto const at = numbers_of(work_);
        combine(y, h_, tableau.a[i], i, known_);
        combine(y, h_, guess_weights[i], i, at);
        rate_.begin();
        for (auto verdict = newton_rate::verdict::go_on; verdict != newton_rate::verdict::converged;) {
            ++counts_.n_newton_iterations;
            evaluate(time_of(tableau.c[i]), work_, work_slope_);
            auto const f = numbers_of(std::as_const(work_slope_));
            for (std::size_t d = 0; d < n_; ++d) step_[d] = f[d] - shift * (at[d] - known_[d]);
            lu_.solve(step_);
            double const norm = std::sqrt(squared_norm(step_, work_));
            if (!std::isfinite(norm)) return stop_reason::not_finite;
            verdict = rate_.after(norm);
            if (verdict == newton_rate::verdict::diverges || verdict == newton_rate::verdict::too_slow)
                return stop_reason::newton_failed;
            for (std::size_t d = 0; d < n_; ++d) at[d] += step_[d];
        }
        for (std::size_t d = 0; d < n_; ++d) k_[i][d] = shift * (at[d] - known_[d]);
        return stop_reason::reached_end;
    }

    State slope_, work_slope_;
    derivatives<F, State, false> derivatives_;
    typename algebra::jacobian jacobian_;
    typename algebra::template lu<double> lu_;
    std::array<vector, n_stages> k_;
    vector known_, step_;
    newton_rate rate_;
    step_controller controller_{std::min(Method::order, Method::embedded_order) + 1};
    double t_ = 0.0, latest_ = 0.0, h_ = 0.0, factored_shift_ = 0.0;
    stop_reason failure_ = stop_reason::not_finite;
    bool is_slope_known_ = false, is_jacobian_known_ = false, is_jacobian_new_ = false;
};

}  // namespace poise::ode::detail
