// SPDX-License-Identifier: MIT
// Private to ode: steps by numerical differentiation formulas.
#pragma once

#include <poise/ode/bdf.hpp>
#include <poise/ode/detail/algebra.hpp>
#include <poise/ode/detail/backward_differences.hpp>
#include <poise/ode/detail/newton_stepper.hpp>
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
class bdf_stepper : public newton_stepper<F, State> {
    using base = newton_stepper<F, State>;
    using base::weights_, base::y_, base::new_y_, base::work_, base::n_, base::counts_, base::slope_, base::work_slope_,
        base::step_, base::rate_;
    using typename base::vector, typename base::verdict;

public:
    using base::evaluate;
    static constexpr std::size_t degree = bdf::most_order;

    bdf_stepper(F const& f, State const& y0, stepper_setup const& setup)
        : base{f, y0, setup, 4}, differences_{step_}, correction_{step_}, psi_{step_} {}

    void begin_at(double t) {
        evaluate(t, y_, slope_);
        is_first_ = true;
        base::forget_jacobian();
    }

    [[nodiscard]] double attempt(double t, double t_new, double latest) {
        double const h = t_new - t;
        base::blame_none();
        if (is_first_)
            differences_.begin(numbers_of(std::as_const(y_)), numbers_of(std::as_const(slope_)), h);
        else if (std::abs(h - differences_.step()) > 1e-10 * std::abs(h))
            differences_.rescale(h);
        if (!base::is_jacobian_known()) {
            if (!is_first_ && !base::is_matrix_free()) evaluate(t, y_, slope_);
            base::read_jacobian(t, y_, slope_, latest - t);
        }
        differences_.predict(numbers_of(new_y_), psi_);
        auto why = iterate(latest);
        if (why == stop_reason::newton_failed && !base::is_jacobian_new()) {
            if (!base::is_matrix_free()) evaluate(latest, new_y_, work_slope_);
            base::read_jacobian(latest, new_y_, work_slope_, t - latest);
            why = iterate(latest);
        }
        if (why != stop_reason::reached_end) return base::failed(why);
        auto const y = numbers_of(new_y_);
        for (std::size_t d = 0; d < n_; ++d) y[d] += correction_[d];
        double const square = base::squared_norm(formula().error_constant, correction_, new_y_);
        return std::isfinite(square) ? square : base::failed(stop_reason::not_finite);
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
            double const lower = factor_for(
                std::sqrt(base::squared_norm(bdf_formulas[order - 1].error_constant, step_, new_y_)), order - 1);
            if (lower > best) best = lower, order_change_ = -1;
        }
        if (order < bdf::most_order) {
            differences_.difference_after(order + 2, correction_, step_);
            double const higher = factor_for(
                std::sqrt(base::squared_norm(bdf_formulas[order + 1].error_constant, step_, new_y_)), order + 1);
            if (higher > best) best = higher, order_change_ = 1;
        }
        double const factor = std::clamp(rate_.safety() * best, 0.2, 10.0);
        // A step that is a little longer is not worth new factors.
        if (order_change_ == 0 && factor >= 1.0 && factor < 1.2) return 1.0;
        return factor;
    }
    [[nodiscard]] double after_rejected(double, double square) {
        if (!std::isfinite(square)) return base::shrink();
        return std::clamp(rate_.safety() * std::pow(square, -0.5 / static_cast<double>(differences_.order() + 1)), 0.2,
                          0.9);
    }

    void accept() noexcept {
        using std::swap;
        differences_.accept(correction_, order_change_);
        swap(y_, new_y_);
        order_change_ = 0;
        is_first_ = false;
        base::keep_jacobian();
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

    // Newton's, for what is to be added to the prediction.
    [[nodiscard]] stop_reason iterate(double t_new) {
        double const shift = formula().alpha / differences_.step();
        if (auto const why = base::prepare(t_new, new_y_, shift); why != stop_reason::reached_end) return why;
        std::ranges::fill(correction_, 0.0);
        rate_.begin();
        auto const from = numbers_of(std::as_const(new_y_));
        auto const at = numbers_of(work_);
        for (auto now = verdict::go_on; now != verdict::converged;) {
            ++counts_.n_newton_iterations;
            for (std::size_t d = 0; d < n_; ++d) at[d] = from[d] + correction_[d];
            evaluate(t_new, work_, work_slope_);
            auto const f = numbers_of(std::as_const(work_slope_));
            for (std::size_t d = 0; d < n_; ++d) step_[d] = f[d] - shift * (psi_[d] + correction_[d]);
            if (auto const why = base::solve(t_new); why != stop_reason::reached_end) return why;
            if (auto const why = base::judge(new_y_, now); why != stop_reason::reached_end) return why;
            for (std::size_t d = 0; d < n_; ++d) correction_[d] += step_[d];
        }
        return stop_reason::reached_end;
    }

    backward_differences<vector> differences_;
    vector correction_, psi_;
    int order_change_ = 0;
    bool is_first_ = true;
};

}  // namespace poise::ode::detail
