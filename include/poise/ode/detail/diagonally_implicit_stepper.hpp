// SPDX-License-Identifier: MIT
// Private to ode: steps of a diagonally implicit Runge-Kutta method.
#pragma once

#include <poise/ode/detail/algebra.hpp>
#include <poise/ode/detail/linear_combinations.hpp>
#include <poise/ode/detail/newton_rate.hpp>
#include <poise/ode/detail/newton_stepper.hpp>
#include <poise/ode/detail/step_controller.hpp>
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
class diagonally_implicit_stepper : public newton_stepper<F, State> {
    using base = newton_stepper<F, State>;
    using base::y_, base::new_y_, base::work_, base::n_, base::counts_, base::slope_, base::work_slope_, base::step_,
        base::rate_;
    using typename base::vector, typename base::verdict;
    static constexpr auto const& tableau = Method::tableau;
    static constexpr std::size_t n_stages = tableau.n_stages;
    static constexpr auto guess_weights = tableau.guesses();

public:
    using base::evaluate;
    static constexpr std::size_t degree = tableau.degree;

    diagonally_implicit_stepper(F const& f, State const& y0, stepper_setup const& setup)
        : base{f, y0, setup, most_iterations}, known_{step_} {
        k_.fill(known_);
    }

    [[nodiscard]] static constexpr bool ends_at_saved_times() noexcept { return true; }

    void begin_at(double t) {
        evaluate(t, y_, slope_);
        auto const slope = numbers_of(std::as_const(slope_));
        if (slope.size() == n_) std::ranges::copy(slope, k_[0].begin());
        is_slope_known_ = true;
        base::forget_jacobian();
    }

    [[nodiscard]] double attempt(double t, double t_new, double latest) {
        t_ = t, latest_ = latest, h_ = t_new - t;
        base::blame_none();
        if (!base::is_jacobian_known()) read_jacobian();
        auto why = solve_stages();
        if (why == stop_reason::newton_failed && !base::is_jacobian_new()) {
            read_jacobian();
            why = solve_stages();
        }
        if (why != stop_reason::reached_end) return base::failed(why);
        std::ranges::fill(step_, 0.0);
        // The error divided by hγ, for the factors are of 1/(hγ) − J.
        combine(step_, 1.0 / (part_of_tolerance * tableau.gamma), tableau.error, n_stages, step_);
        base::renew_slope(latest_);
        if (why = base::solve(latest_); why != stop_reason::reached_end) return base::failed(why);
        double const square = base::squared_norm(1.0, step_, new_y_);
        return std::isfinite(square) ? square : base::failed(stop_reason::not_finite);
    }

    [[nodiscard]] double after_accepted(double h, double square) noexcept {
        double const factor = controller_.after_accepted(h, square) * rate_.safety() / newton_rate::most_safety;
        bool const keeps_jacobian = base::is_matrix_free() || rate_.theta() <= rate_to_keep_jacobian;
        if (!keeps_jacobian) base::forget_jacobian();
        // A step that is a little longer is not worth new factors.
        return keeps_jacobian && factor >= 1.0 && factor <= 1.2 ? 1.0 : factor;
    }
    [[nodiscard]] double after_rejected(double, double square) noexcept {
        double const factor = controller_.after_rejected(square);
        return std::isfinite(square) ? factor : base::shrink();
    }

    void accept() noexcept {
        using std::swap;
        swap(y_, new_y_);
        swap(k_.front(), k_.back());
        base::keep_jacobian();
        is_slope_known_ = false;
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
            return std::abs(step_[d]) * base::inverse_weight(d, std::max(std::abs(y[d]), std::abs(z[d])));
        });
    }

private:
    static constexpr double rate_to_keep_jacobian = 1e-2;
    static constexpr std::size_t most_iterations = 7;
    // The estimate is of order 3, multiplied by what damps it, and errors of steps add up.
    static constexpr double part_of_tolerance = 0.5;

    [[nodiscard]] double time_of(double c) const noexcept { return c == 1.0 ? latest_ : t_ + c * h_; }
    // Of products it is that at the iterate, whatever the slope here.
    void read_jacobian() {
        if (!base::is_matrix_free() && !std::exchange(is_slope_known_, true)) evaluate(t_, y_, slope_);
        base::read_jacobian(t_, y_, slope_, latest_ - t_);
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
        if (auto const why = base::prepare(t_, y_, shift); why != stop_reason::reached_end) return why;
        for (std::size_t i = 1; i < n_stages; ++i)
            if (auto const why = solve_stage(i, shift); why != stop_reason::reached_end) return why;
        std::ranges::copy(numbers_of(std::as_const(work_)), numbers_of(new_y_).begin());
        return stop_reason::reached_end;
    }

    [[nodiscard]] stop_reason solve_stage(std::size_t i, double shift) {
        auto const y = numbers_of(std::as_const(y_));
        auto const at = numbers_of(work_);
        combine(y, h_, tableau.a[i], i, known_);
        combine(y, h_, guess_weights[i], i, at);
        rate_.begin();
        for (auto now = verdict::go_on; now != verdict::converged;) {
            ++counts_.n_newton_iterations;
            double const t = time_of(tableau.c[i]);
            evaluate(t, work_, work_slope_);
            auto const f = numbers_of(std::as_const(work_slope_));
            for (std::size_t d = 0; d < n_; ++d) step_[d] = f[d] - shift * (at[d] - known_[d]);
            if (auto const why = base::solve(t); why != stop_reason::reached_end) return why;
            if (auto const why = base::judge(work_, now); why != stop_reason::reached_end) return why;
            for (std::size_t d = 0; d < n_; ++d) at[d] += step_[d];
        }
        for (std::size_t d = 0; d < n_; ++d) k_[i][d] = shift * (at[d] - known_[d]);
        return stop_reason::reached_end;
    }

    std::array<vector, n_stages> k_;
    vector known_;
    step_controller controller_{std::min(Method::order, Method::embedded_order) + 1};
    double t_ = 0.0, latest_ = 0.0, h_ = 0.0;
    bool is_slope_known_ = false;
};

}  // namespace poise::ode::detail
