// SPDX-License-Identifier: MIT
// Private to ode: steps of Radau IIA methods.
#pragma once

#include <poise/ode/detail/algebra.hpp>
#include <poise/ode/detail/derivatives.hpp>
#include <poise/ode/detail/kept_scalar.hpp>
#include <poise/ode/detail/newton_rate.hpp>
#include <poise/ode/detail/radau_order.hpp>
#include <poise/ode/detail/radau_system.hpp>
#include <poise/ode/detail/right_hand_side.hpp>
#include <poise/ode/detail/stepper_base.hpp>
#include <poise/ode/detail/stepper_setup.hpp>
#include <poise/ode/radau_tableau.hpp>
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

/// As explicit_stepper. Source: Hairer & Wanner (1996), Solving Ordinary Differential Equations II, §IV.8.
template <class Method, class F, class State>
class radau_stepper : public stepper_base<F, State> {
    using base = stepper_base<F, State>;
    using base::f_, base::weights_, base::y_, base::new_y_, base::work_, base::n_, base::counts_;
    static constexpr std::size_t fewest = Method::fewest_stages, most = Method::most_stages;
    using algebra = algebra_of<State>;
    using vector = typename algebra::template vector<double>;

public:
    using base::evaluate;
    static constexpr bool is_implicit = true;
    static constexpr std::size_t degree = most;

    radau_stepper(F const& f, State const& y0, stepper_setup const& setup)
        : base{f, y0, setup.weights},
          slope_{y0},
          derivatives_{f, y0, setup.weights},
          jacobian_{algebra::make_jacobian(setup.jacobian, n_)},
          system_{n_, jacobian_},
          inverse_weight_{algebra::template make_vector<double>(n_)},
          error_{inverse_weight_},
          rate_{setup.has_fixed_steps} {
        slopes_.fill(y0);
        use_stages(weights_.rtol < 1e-5 ? std::min<std::size_t>(5, most) : fewest);
    }

    [[nodiscard]] static constexpr bool ends_at_saved_times() noexcept { return true; }
    [[nodiscard]] State const& slope() const noexcept { return slope_; }
    [[nodiscard]] State& slope_to_fill() noexcept { return slopes_[0]; }
    [[nodiscard]] stop_reason failure() const noexcept { return failure_; }

    void begin_at(double t) {
        evaluate(t, y_, slope_);
        is_slope_known_ = true;
        is_jacobian_known_ = is_jacobian_new_ = false;
        is_first_ = true;
    }

    /// The square is of an error relative to tolerances that are of the estimate's order.
    [[nodiscard]] double attempt(double t, double t_new, double latest) {
        if (!is_slope_known_) {
            evaluate(t, y_, slope_);
            is_slope_known_ = true;
        }
        t_ = t, latest_ = latest, h_ = t_new - t;
        base::blame_none();
        if (!prepare()) {
            auto const why = algebra::why_singular(jacobian_);
            is_jacobian_known_ = why == stop_reason::singular_matrix;
            if (why == stop_reason::not_finite) base::blame(algebra::row_that_is_not_finite(jacobian_));
            return failed(why);
        }
        return with_stages(n_stages_, [&]<std::size_t S>(stages<S>) { return attempt_with<S>(); });
    }

    [[nodiscard]] double after_accepted(double h, double square) {
        double const exponent = -1.0 / static_cast<double>(n_stages_ + 1);
        double const error = std::max(std::sqrt(square), 1e-10);
        double factor = rate_.safety() * std::pow(error, exponent);
        if (h_before_ > 0.0 && !has_order_changed_)
            factor = std::min(factor, 0.9 * h / h_before_ * std::pow(error * error / error_before_, exponent));
        h_before_ = h, error_before_ = std::max(1e-2, error);
        factor = std::clamp(factor, 0.125, is_retried_ ? 1.0 : 8.0);
        bool const keeps_jacobian = rate_.theta() <= rate_to_keep_jacobian;
        if (!keeps_jacobian) is_jacobian_known_ = false;
        return keeps_jacobian && factor >= 1.0 && factor <= 1.2 ? 1.0 : factor;
    }
    [[nodiscard]] double after_rejected(double, double square) {
        if (!is_jacobian_new_) is_jacobian_known_ = false;
        is_retried_ = true;
        if (!std::isfinite(square)) return failure_ == stop_reason::not_finite ? 0.1 : shrink_;
        if (is_first_) return 0.1;
        return std::clamp(0.9 * std::pow(square, -0.5 / static_cast<double>(n_stages_ + 1)), 0.125, 0.9);
    }

    void accept() noexcept {
        using std::swap;
        swap(y_, new_y_);
        system_.accept();
        last_h_ = h_, n_last_stages_ = n_stages_;
        is_slope_known_ = is_jacobian_new_ = is_first_ = is_retried_ = has_order_changed_ = false;
    }

    void interpolate(std::span<double> coefficients) {
        std::ranges::fill(coefficients, 0.0);
        with_stages(n_stages_, [&]<std::size_t S>(stages<S>) {
            for (std::size_t m = 0; m < S; ++m)
                for (std::size_t d = 0; d < n_; ++d)
                    coefficients[m * n_ + d] = system_.template sum<S>(radau_iia<S>.interpolant[m], d);
        });
    }

    /// At most |hλ| of any eigenvalue of the Jacobian.
    [[nodiscard]] double stiffness() const noexcept { return std::abs(h_) * algebra::norm1(jacobian_); }

    [[nodiscard]] std::size_t worst_component() const {
        return base::worst_by([&](std::size_t d) { return std::abs(error_[d]) * inverse_weight_[d]; });
    }

private:
    static constexpr double rate_to_keep_jacobian = 1e-3;

    template <std::size_t S>
    using stages = std::integral_constant<std::size_t, S>;
    template <class Visit>
    static decltype(auto) with_stages(std::size_t n, Visit const& visit) {
        if constexpr (fewest == most) {
            return visit(stages<most>{});
        } else {
            if (n == 3) return visit(stages<3>{});
            if (n == 5) return visit(stages<5>{});
            return visit(stages<7>{});
        }
    }
    [[nodiscard]] double time_of(double c) const noexcept { return c == 1.0 ? latest_ : t_ + c * h_; }
    [[nodiscard]] double failed(stop_reason why) noexcept {
        failure_ = why;
        return std::numeric_limits<double>::infinity();
    }

    // What is asked of the whole error is asked of an estimate of lower order: a root of it.
    void use_stages(std::size_t n) {
        n_stages_ = n;
        auto const s = static_cast<double>(n);
        double const asked = relative_tolerance(weights_);
        double const margin = n == 3 ? 0.1 : n == 5 ? 0.03 : 0.01;
        loosening_ = margin * std::pow(asked, (1.0 - s) / (2.0 * s));
        rate_.begin_order(7 + (n - 3) * 5 / 2, asked * loosening_);
    }
    [[nodiscard]] double inverse_weight(std::size_t d, double size) const noexcept {
        double const weight = loosening_ * weights_.weight(d, size);
        return 1.0 / std::max(weight, std::numeric_limits<double>::min());
    }

    // Jacobian and factors, where those at hand do not do.
    [[nodiscard]] bool prepare() {
        bool const is_factored = factored_stages_ == n_stages_ && std::abs(h_ - factored_h_) <= 1e-8 * std::abs(h_);
        if (is_jacobian_known_ && is_factored) return true;
        if constexpr (fewest != most) {
            std::size_t const n = order_.next(n_stages_, last_h_ != 0.0 ? h_ / last_h_ : 1.0, rate_);
            has_order_changed_ = n != n_stages_;
            if (has_order_changed_) use_stages(n);
        }
        if (!std::exchange(is_jacobian_known_, true)) {
            ++counts_.n_jacobians;
            is_jacobian_new_ = true;
            derivatives_.jacobian(
                t_, y_, slope_, latest_ - t_,
                [this](double time, State const& y, State& out) { evaluate(time, y, out); }, jacobian_);
        }
        ++counts_.n_factorisations;
        factored_stages_ = 0;
        bool const done =
            with_stages(n_stages_, [&]<std::size_t S>(stages<S>) { return system_.template factor<S>(h_, jacobian_); });
        if (done) factored_stages_ = n_stages_, factored_h_ = h_;
        return done;
    }

    template <std::size_t S>
    [[nodiscard]] double attempt_with() {
        auto const y = numbers_of(std::as_const(y_));
        auto const slope = numbers_of(std::as_const(slope_));
        // What begins at 0 is measured by where it goes.
        for (std::size_t d = 0; d < n_; ++d)
            inverse_weight_[d] = inverse_weight(d, std::abs(y[d] != 0.0 ? y[d] : h_ * slope[d]));
        if (is_first_)
            system_.template begin_at_rest<S>();
        else
            with_stages(n_last_stages_,
                        [&]<std::size_t L>(stages<L>) { system_.template begin_after<S, L>(h_ / last_h_); });
        if (auto const why = iterate<S>(); why != stop_reason::reached_end) return failed(why);
        auto const z = numbers_of(new_y_);
        for (std::size_t d = 0; d < n_; ++d) {
            z[d] = y[d] + system_.z(S - 1)[d];
            inverse_weight_[d] = inverse_weight(d, std::max(std::abs(y[d]), std::abs(z[d])));
        }
        double const square = squared_error<S>(slope_);
        // An estimate that is too large may be of a slope that is far from where the solution will soon be.
        if (!(square > 1.0) || !(is_first_ || is_retried_)) return square;
        auto const at = numbers_of(work_);
        for (std::size_t d = 0; d < n_; ++d) at[d] = y[d] + error_[d];
        evaluate(t_, work_, slopes_[0]);
        return squared_error<S>(slopes_[0]);
    }

    // Newton's, simplified: with the Jacobian at the step's beginning, or an older one. reached_end where it is there.
    template <std::size_t S>
    [[nodiscard]] stop_reason iterate() {
        rate_.begin();
        for (;;) {
            ++counts_.n_newton_iterations;
            for (std::size_t i = 0; i < S; ++i) {
                auto const y = numbers_of(std::as_const(y_));
                auto const at = numbers_of(work_);
                for (std::size_t d = 0; d < n_; ++d) at[d] = kept_scalar<State>(y[d] + system_.z(i)[d]);
                evaluate(time_of(radau_iia<S>.c[i]), work_, slopes_[i]);
            }
            double const norm = system_.template improve<S>(slopes_, h_, inverse_weight_, error_);
            if (!std::isfinite(norm)) {
                for (std::size_t i = S; i-- > 0;)
                    if (first_not_finite(numbers_of(slopes_[i])))
                        base::blame_first_of(numbers_of(std::as_const(slopes_[i])));
                return stop_reason::not_finite;
            }
            switch (rate_.after(norm)) {
                case newton_rate::verdict::converged:
                    return stop_reason::reached_end;
                case newton_rate::verdict::go_on:
                    break;
                case newton_rate::verdict::too_slow:
                    shrink_ = rate_.shrink();
                    order_.newton_was_slow();
                    return stop_reason::newton_failed;
                case newton_rate::verdict::diverges:
                    shrink_ = 0.5;
                    order_.newton_diverged();
                    return stop_reason::newton_failed;
            }
        }
    }

    template <std::size_t S>
    [[nodiscard]] double squared_error(State const& slope) {
        auto const f = numbers_of(slope);
        for (std::size_t d = 0; d < n_; ++d) error_[d] = f[d] + system_.template sum<S>(radau_iia<S>.error, d) / h_;
        system_.solve_real(error_);
        double square = 0.0;
        for (std::size_t d = 0; d < n_; ++d) {
            double const share = error_[d] * inverse_weight_[d];
            square += share * share;
        }
        if (!std::isfinite(square)) return failed(stop_reason::not_finite);
        return square / static_cast<double>(std::max<std::size_t>(n_, 1));
    }

    State slope_;
    std::array<State, most> slopes_;
    derivatives<F, State, false> derivatives_;
    typename algebra::jacobian jacobian_;
    radau_system<State, most> system_;
    vector inverse_weight_, error_;
    newton_rate rate_;
    radau_order order_;
    std::size_t n_stages_ = fewest, n_last_stages_ = fewest, factored_stages_ = 0;
    double t_ = 0.0, latest_ = 0.0, h_ = 0.0, last_h_ = 0.0, factored_h_ = 0.0;
    double loosening_ = 1.0, shrink_ = 0.5, h_before_ = 0.0, error_before_ = 1e-2;
    stop_reason failure_ = stop_reason::not_finite;
    bool is_slope_known_ = false, is_jacobian_known_ = false, is_jacobian_new_ = false;
    bool is_first_ = true, is_retried_ = false, has_order_changed_ = false;
};

}  // namespace poise::ode::detail
