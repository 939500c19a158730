// SPDX-License-Identifier: MIT
// Private to ode: steps of a stabilised explicit method.
#pragma once

#include <poise/ode/detail/linear_combinations.hpp>
#include <poise/ode/detail/right_hand_side.hpp>
#include <poise/ode/detail/rkl2_stages.hpp>
#include <poise/ode/detail/spectral_radius.hpp>
#include <poise/ode/detail/step_controller.hpp>
#include <poise/ode/detail/stepper_base.hpp>
#include <poise/ode/detail/stepper_setup.hpp>
#include <poise/ode/report.hpp>
#include <poise/ode/rkl2.hpp>
#include <poise/ode/state.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <utility>

namespace poise::ode::detail {

/// As explicit_stepper.
template <class F, class State>
class rkl2_stepper : public stepper_base<F, State> {
    using base = stepper_base<F, State>;
    using base::f_, base::weights_, base::y_, base::new_y_, base::work_, base::n_, base::counts_;

public:
    using base::evaluate;
    static constexpr bool is_implicit = false;
    static constexpr std::size_t degree = 3;

    rkl2_stepper(F const& f, State const& y0, stepper_setup const& setup)
        : base{f, y0, setup.weights},
          slope_{y0},
          end_slope_{y0},
          before_{y0},
          stage_slope_{y0},
          radius_{y0},
          has_fixed_steps_{setup.has_fixed_steps} {}

    [[nodiscard]] State const& slope() const noexcept { return slope_; }
    [[nodiscard]] State& slope_to_fill() noexcept { return stage_slope_; }
    [[nodiscard]] stop_reason failure() const noexcept { return failure_; }

    void begin_at(double t) {
        evaluate(t, y_, slope_);
        steps_to_estimate_ = 0;
    }

    [[nodiscard]] double attempt(double t, double t_new, double latest) {
        t_ = t, h_ = t_new - t;
        if (steps_to_estimate_ == 0) {
            steps_to_estimate_ = steps_between_estimates;
            largest_ = 1.2 * radius_.estimate(y_, slope_, weights_,
                                              [&](State const& y, State& slope) { evaluate(t, y, slope); });
        }
        if (!std::isfinite(largest_)) return std::numeric_limits<double>::quiet_NaN();
        double const needed = rkl2_stages::stages_for(std::abs(h_) * largest_);
        failure_ = stop_reason::not_finite;
        if (needed > most_stages) {
            failure_ = stop_reason::step_too_small;
            return has_fixed_steps_ ? std::numeric_limits<double>::infinity() : too_long;
        }
        take_stages(rkl2_stages::rounded(needed));
        evaluate(latest, new_y_, end_slope_);
        weighted const terms[] = {{0.8 / h_, numbers_of(std::as_const(y_)).data()},
                                  {-0.8 / h_, numbers_of(std::as_const(new_y_)).data()},
                                  {0.4, numbers_of(std::as_const(slope_)).data()},
                                  {0.4, numbers_of(std::as_const(end_slope_)).data()}};
        double* const e = numbers_of(work_).data();
        sum_weighted(h_, terms, e, n_);
        double const square = weighted_square(e, terms[0].vector, terms[1].vector, weights_, n_);
        return square / static_cast<double>(std::max<std::size_t>(n_, 1));
    }

    [[nodiscard]] double after_accepted(double h, double square) noexcept {
        return controller_.after_accepted(h, square);
    }
    [[nodiscard]] double after_rejected(double, double square) noexcept {
        steps_to_estimate_ = 0;
        return controller_.after_rejected(square);
    }
    void accept() noexcept {
        using std::swap;
        swap(y_, new_y_);
        swap(slope_, end_slope_);
        if (steps_to_estimate_ > 0) --steps_to_estimate_;
    }

    // Hermite's cubic: y + h θ k₀ + θ² (3 Δ − h (2 k₀ + k₁)) + θ³ (h (k₀ + k₁) − 2 Δ).
    void interpolate(std::span<double> coefficients) const noexcept {
        auto const y = numbers_of(y_), z = numbers_of(new_y_), k = numbers_of(slope_), end = numbers_of(end_slope_);
        for (std::size_t d = 0; d < n_; ++d) {
            double const change = z[d] - y[d];
            coefficients[d] = h_ * k[d];
            coefficients[n_ + d] = 3.0 * change - h_ * (2.0 * k[d] + end[d]);
            coefficients[2 * n_ + d] = h_ * (k[d] + end[d]) - 2.0 * change;
        }
    }

    [[nodiscard]] std::size_t worst_component() const {
        auto const y = numbers_of(y_), z = numbers_of(new_y_), k = numbers_of(slope_), end = numbers_of(end_slope_);
        return base::worst_by([&](std::size_t d) {
            double const e = 0.8 * (y[d] - z[d]) + 0.4 * h_ * (k[d] + end[d]);
            return std::abs(e) / weights_.weight(d, std::max(std::abs(y[d]), std::abs(z[d])));
        });
    }

private:
    static constexpr int steps_between_estimates = 25;
    // Rounding grows by about s² ε.
    static constexpr double most_stages = 5000.0;
    // The square of an error that asks for a step of half the size or less.
    static constexpr double too_long = 1e4;

    // The last of them comes to be in new_y_.
    void take_stages(int s) {
        rkl2_stages const stages{s};
        State *now = &new_y_, *before = &before_, *next = &work_;
        double const* const y = numbers_of(std::as_const(y_)).data();
        double const* const k = numbers_of(std::as_const(slope_)).data();
        *before = y_;
        weighted const first{stages.first(), k};
        add_weighted(y, h_, {&first, 1}, numbers_of(*now).data(), n_);
        for (int j = 2; j <= s; ++j) {
            auto const [mu, nu, of_slope, of_first, c] = stages[j];
            evaluate(t_ + c * h_, *now, stage_slope_);
            weighted const terms[] = {{mu, numbers_of(std::as_const(*now)).data()},
                                      {nu, numbers_of(std::as_const(*before)).data()},
                                      {-mu - nu, y},
                                      {of_slope * h_, numbers_of(std::as_const(stage_slope_)).data()},
                                      {of_first * h_, k}};
            add_weighted(y, 1.0, terms, numbers_of(*next).data(), n_);
            State* const oldest = std::exchange(before, now);
            now = std::exchange(next, oldest);
        }
        using std::swap;
        if (now != &new_y_) swap(*now, new_y_);
    }

    State slope_, end_slope_, before_, stage_slope_;
    spectral_radius<State> radius_;
    step_controller controller_{3};
    bool has_fixed_steps_;
    stop_reason failure_ = stop_reason::not_finite;
    int steps_to_estimate_ = 0;
    double t_ = 0.0, h_ = 0.0, largest_ = 0.0;
};

}  // namespace poise::ode::detail
