// SPDX-License-Identifier: MIT
// Private to ode: steps by numerical differentiation formulas.
#pragma once

#include <poise/ode/bdf.hpp>
#include <poise/ode/detail/algebra.hpp>
#include <poise/ode/detail/backward_differences.hpp>
#include <poise/ode/detail/derivatives.hpp>
#include <poise/ode/detail/newton_rate.hpp>
#include <poise/ode/detail/right_hand_side.hpp>
#include <poise/ode/detail/stepper_base.hpp>
#include <poise/ode/detail/stepper_setup.hpp>
#include <poise/ode/report.hpp>
#include <poise/ode/state.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <utility>

namespace poise::ode::detail {

/// As explicit_stepper. Source: Shampine & Reichelt (1997), SIAM J. Sci. Comput. 18, 1, §2.
template <class F, class State>
class bdf_stepper : public stepper_base<F, State> {
    using base = stepper_base<F, State>;
    using base::f_, base::weights_, base::y_, base::new_y_, base::work_, base::n_, base::counts_;
    using algebra = algebra_of<State>;
    using vector = typename algebra::template vector<double>;

public:
    using base::evaluate;
    static constexpr bool is_implicit = true;
    static constexpr std::size_t degree = bdf::most_order;

    bdf_stepper(F const& f, State const& y0, stepper_setup const& setup)
        : base{f, y0, setup.weights},
          slope_{y0},
          work_slope_{y0},
          derivatives_{f, y0, setup.weights},
          jacobian_{algebra::make_jacobian(setup.jacobian, n_)},
          lu_{algebra::template make_lu<double>(jacobian_)},
          differences_{algebra::template make_vector<double>(n_)},
          correction_{algebra::template make_vector<double>(n_)},
          psi_{correction_},
          step_{correction_},
          rate_{setup.has_fixed_steps} {
        rate_.begin_order(4, relative_tolerance(weights_));
    }

    [[nodiscard]] State const& slope() const noexcept { return slope_; }
    [[nodiscard]] State& slope_to_fill() noexcept { return work_slope_; }
    [[nodiscard]] stop_reason failure() const noexcept { return failure_; }

    void begin_at(double t) {
        evaluate(t, y_, slope_);
        is_first_ = true;
        is_jacobian_known_ = false;
    }

    [[nodiscard]] double attempt(double t, double t_new, double latest) {
        double const h = t_new - t;
        if (is_first_)
            differences_.begin(numbers_of(std::as_const(y_)), numbers_of(std::as_const(slope_)), h);
        else if (std::abs(h - differences_.step()) > 1e-10 * std::abs(h))
            differences_.rescale(h);
        if (!is_jacobian_known_) {
            if (!is_first_) evaluate(t, y_, slope_);
            read_jacobian(t, y_, slope_, latest - t);
        }
        differences_.predict(numbers_of(new_y_), psi_);
        auto why = iterate(latest);
        if (why == stop_reason::newton_failed && !is_jacobian_new_) {
            evaluate(latest, new_y_, work_slope_);
            read_jacobian(latest, new_y_, work_slope_, t - latest);
            why = iterate(latest);
        }
        if (why != stop_reason::reached_end) {
            failure_ = why;
            return std::numeric_limits<double>::infinity();
        }
        auto const y = numbers_of(new_y_);
        for (std::size_t d = 0; d < n_; ++d) y[d] += correction_[d];
        double const square = squared_norm(formula().error_constant, correction_);
        if (std::isfinite(square)) return square;
        failure_ = stop_reason::not_finite;
        return square;
    }

    [[nodiscard]] double after_accepted(double, double square) {
        if (differences_.n_equal_steps() < differences_.order()) return 1.0;
        auto const order = differences_.order();
        auto const factor_for = [](double error, std::size_t of) {
            return std::pow(std::max(error, 1e-10), -1.0 / static_cast<double>(of + 1));
        };
        double best = factor_for(std::sqrt(square), order);
        order_change_ = 0;
        if (order > 1) {
            differences_.difference_after(order, correction_, step_);
            double const lower =
                factor_for(std::sqrt(squared_norm(bdf_formulas[order - 1].error_constant, step_)), order - 1);
            if (lower > best) best = lower, order_change_ = -1;
        }
        if (order < bdf::most_order) {
            differences_.difference_after(order + 2, correction_, step_);
            double const higher =
                factor_for(std::sqrt(squared_norm(bdf_formulas[order + 1].error_constant, step_)), order + 1);
            if (higher > best) best = higher, order_change_ = 1;
        }
        double const factor = std::clamp(rate_.safety() * best, 0.2, 10.0);
        // A step that is a little longer is not worth new factors.
        if (order_change_ == 0 && factor >= 1.0 && factor < 1.2) return 1.0;
        return factor;
    }
    [[nodiscard]] double after_rejected(double, double square) {
        if (!std::isfinite(square)) return failure_ == stop_reason::not_finite ? 0.25 : 0.5;
        return std::clamp(rate_.safety() * std::pow(square, -0.5 / static_cast<double>(differences_.order() + 1)), 0.2,
                          0.9);
    }

    void accept() noexcept {
        using std::swap;
        differences_.accept(correction_, order_change_);
        swap(y_, new_y_);
        order_change_ = 0;
        is_first_ = is_jacobian_new_ = false;
    }

    void interpolate(std::span<double> coefficients) { differences_.interpolate(correction_, coefficients); }

    [[nodiscard]] std::size_t worst_component() const {
        auto const y = numbers_of(y_), z = numbers_of(new_y_);
        return base::worst_by([&](std::size_t d) {
            return std::abs(correction_[d]) / weights_.weight(d, std::max(std::abs(y[d]), std::abs(z[d])));
        });
    }

private:
    [[nodiscard]] bdf_formula const& formula() const noexcept { return bdf_formulas[differences_.order()]; }
    // In place: of small states a call of weighted_square() takes as long as what it does.
    [[nodiscard]] double squared_norm(double factor, vector const& x) const noexcept {
        auto const y = numbers_of(y_), z = numbers_of(new_y_);
        double square = 0.0;
        for (std::size_t d = 0; d < n_; ++d) {
            double const inverse_weight = 1.0 / weights_.weight(d, std::max(std::abs(y[d]), std::abs(z[d])));
            double const share = factor * x[d] * inverse_weight;
            square += share * share;
        }
        return square / static_cast<double>(std::max<std::size_t>(n_, 1));
    }

    void read_jacobian(double t, State const& y, State const& slope, double reach) {
        ++counts_.n_jacobians;
        derivatives_.jacobian(
            t, y, slope, reach, [this](double time, State const& at, State& out) { evaluate(time, at, out); },
            jacobian_);
        is_jacobian_known_ = is_jacobian_new_ = true;
        factored_shift_ = 0.0;
    }

    // Newton's, for what is to be added to the prediction.
    [[nodiscard]] stop_reason iterate(double t_new) {
        double const shift = formula().alpha / differences_.step();
        if (shift != factored_shift_) {
            ++counts_.n_factorisations;
            factored_shift_ = 0.0;
            if (!lu_.factor(shift, jacobian_)) {
                auto const why = algebra::why_singular(jacobian_);
                is_jacobian_known_ = why == stop_reason::singular_matrix;
                return why;
            }
            factored_shift_ = shift;
        }
        std::ranges::fill(correction_, 0.0);
        rate_.begin();
        auto const from = numbers_of(std::as_const(new_y_));
        auto const at = numbers_of(work_);
        for (;;) {
            ++counts_.n_newton_iterations;
            for (std::size_t d = 0; d < n_; ++d) at[d] = from[d] + correction_[d];
            evaluate(t_new, work_, work_slope_);
            auto const f = numbers_of(std::as_const(work_slope_));
            for (std::size_t d = 0; d < n_; ++d) step_[d] = f[d] - shift * (psi_[d] + correction_[d]);
            lu_.solve(step_);
            double const norm = std::sqrt(squared_norm(1.0, step_));
            if (!std::isfinite(norm)) return stop_reason::not_finite;
            auto const verdict = rate_.after(norm);
            if (verdict == newton_rate::verdict::diverges || verdict == newton_rate::verdict::too_slow)
                return stop_reason::newton_failed;
            for (std::size_t d = 0; d < n_; ++d) correction_[d] += step_[d];
            if (verdict == newton_rate::verdict::converged) return stop_reason::reached_end;
        }
    }

    State slope_, work_slope_;
    derivatives<F, State, false> derivatives_;
    typename algebra::jacobian jacobian_;
    typename algebra::template lu<double> lu_;
    backward_differences<vector> differences_;
    vector correction_, psi_, step_;
    newton_rate rate_;
    double factored_shift_ = 0.0;
    int order_change_ = 0;
    stop_reason failure_ = stop_reason::not_finite;
    bool is_first_ = true, is_jacobian_known_ = false, is_jacobian_new_ = false;
};

}  // namespace poise::ode::detail
