// SPDX-License-Identifier: MIT
// Private to ode: what steppers whose Newton iterations have one real matrix hold.
#pragma once

#include <poise/ode/detail/algebra.hpp>
#include <poise/ode/detail/linear_combinations.hpp>
#include <poise/ode/detail/newton_rate.hpp>
#include <poise/ode/detail/newton_system.hpp>
#include <poise/ode/detail/stepper_base.hpp>
#include <poise/ode/detail/stepper_setup.hpp>
#include <poise/ode/report.hpp>
#include <poise/ode/state.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <type_traits>
#include <utility>
#include <variant>

namespace poise::ode::detail {

/// Newton's iteration, simplified: with the Jacobian at the step's beginning, or an older one; or matrix-free, with
/// that at the iterate.
template <class F, class State>
class newton_stepper : public stepper_base<F, State> {
    using base = stepper_base<F, State>;

public:
    static constexpr bool is_implicit = true;
    using base::evaluate;

    [[nodiscard]] State const& slope() const noexcept { return slope_; }
    [[nodiscard]] State& slope_to_fill() noexcept { return work_slope_; }
    [[nodiscard]] stop_reason failure() const noexcept { return failure_; }

protected:
    using base::weights_, base::y_, base::work_, base::n_, base::counts_;
    using vector = typename algebra_of<State>::template vector<double>;
    using verdict = newton_rate::verdict;

    newton_stepper(F const& f, State const& y0, stepper_setup const& setup, std::size_t most_iterations)
        : base{f, y0, setup.weights},
          slope_{y0},
          work_slope_{y0},
          step_{algebra_of<State>::template make_vector<double>(n_)},
          rate_{setup.has_fixed_steps},
          system_{make_system(f, y0, setup)} {
        // Products are of the Jacobian at the iterate, so that a step more makes the error a small part of what it was.
        rate_.begin_order(most_iterations, is_matrix_free() ? 1.0 : relative_tolerance(weights_));
    }

    [[nodiscard]] bool is_matrix_free() const noexcept {
        if constexpr (is_small<State>)
            return false;
        else
            return std::holds_alternative<products>(system_);
    }
    [[nodiscard]] bool is_jacobian_known() const noexcept { return is_known_; }
    /// Whether it was read for this step.
    [[nodiscard]] bool is_jacobian_new() const noexcept { return is_new_; }
    void forget_jacobian() noexcept { is_known_ = false; }
    void keep_jacobian() noexcept { is_new_ = false; }

    /// At (t, y), where f is slope; reach: as far from t as f may be asked.
    void read_jacobian(double t, State const& y, State const& slope, double reach) {
        is_known_ = is_new_ = true;
        if constexpr (!is_small<State>)
            if (auto* const free = std::get_if<products>(&system_)) return free->forget();
        std::get<factors>(system_).read(t, y, slope, reach, evaluation(), counts_);
    }
    /// For systems with that shift near (t, y). reached_end where it can be.
    [[nodiscard]] stop_reason prepare(double t, State const& y, double shift) {
        if constexpr (!is_small<State>)
            if (auto* const free = std::get_if<products>(&system_)) {
                free->prepare(t, y, shift, counts_);
                return stop_reason::reached_end;
            }
        auto& factored = std::get<factors>(system_);
        auto const why = factored.factor(shift, counts_);
        if (why == stop_reason::not_finite) {
            is_known_ = false;
            base::blame(factored.row_that_is_not_finite());
        }
        return why;
    }
    /// step_ = (shift·I − ∂f/∂y)⁻¹ step_; f(t, work_) is work_slope_. reached_end where it is.
    [[nodiscard]] stop_reason solve(double t) {
        if constexpr (!is_small<State>)
            if (auto* const free = std::get_if<products>(&system_)) {
                auto const why =
                    free->solve(t, work_, work_slope_, 0.1 * rate_.tolerance(), evaluation(), step_, counts_);
                if (why == stop_reason::not_finite) blame_slopes();
                return why;
            }
        std::get<factors>(system_).solve(step_);
        return stop_reason::reached_end;
    }

    /// For systems at work_ where that was moved since f was asked: products that are differences begin there.
    void renew_slope(double t) {
        if (is_matrix_free() && directional_derivative<F, State>::takes_differences) evaluate(t, work_, work_slope_);
    }

    /// Of an iteration whose last step is step_, the iterate at. What was not solved to the end has not converged.
    [[nodiscard]] stop_reason judge(State const& at, verdict& now) {
        double const norm = std::sqrt(squared_norm(1.0, step_, at));
        if (!std::isfinite(norm)) {
            blame_slopes();
            return stop_reason::not_finite;
        }
        now = rate_.after(norm);
        if constexpr (!is_small<State>)
            if (auto const* const free = std::get_if<products>(&system_);
                free != nullptr && !free->is_solved() && now == verdict::converged)
                now = verdict::go_on;
        bool const goes_on = now == verdict::converged || now == verdict::go_on;
        return goes_on ? stop_reason::reached_end : stop_reason::newton_failed;
    }

    /// The mean square of factor·x in tolerances. Of small states in place: a call takes as long as what it does.
    [[nodiscard]] double squared_norm(double factor, vector const& x, State const& at) const noexcept {
        auto const y = numbers_of(y_), z = numbers_of(at);
        double square = 0.0;
        if constexpr (is_small<State>)
            for (std::size_t d = 0; d < n_; ++d) {
                double const share = x[d] * inverse_weight(d, std::max(std::abs(y[d]), std::abs(z[d])));
                square += share * share;
            }
        else
            square = weighted_square(x.data(), y.data(), z.data(), weights_, n_);
        return factor * factor * square / static_cast<double>(std::max<std::size_t>(n_, 1));
    }
    /// A component that is 0 and has no atol counts by where it goes.
    [[nodiscard]] double inverse_weight(std::size_t d, double size) const noexcept {
        return 1.0 / std::max(weights_.weight(d, size), std::numeric_limits<double>::min());
    }
    [[nodiscard]] double failed(stop_reason why) noexcept {
        failure_ = why;
        return std::numeric_limits<double>::infinity();
    }
    /// Of a step whose error is no number: what is left of it.
    [[nodiscard]] double shrink() const noexcept { return failure_ == stop_reason::not_finite ? 0.25 : 0.5; }

    State slope_, work_slope_;
    vector step_;
    newton_rate rate_;

private:
    // What the step began with has made all others so, if it is.
    void blame_slopes() {
        bool const began_so = first_not_finite(numbers_of(std::as_const(slope_))).has_value();
        base::blame_first_of(numbers_of(std::as_const(began_so ? slope_ : work_slope_)));
    }

    using factors = factored_system<F, State>;
    using products = matrix_free_system<F, State>;
    using system = std::conditional_t<is_small<State>, std::variant<factors>, std::variant<factors, products>>;

    [[nodiscard]] static system make_system(F const& f, State const& y0, stepper_setup const& setup) {
        if constexpr (!is_small<State>)
            if (std::holds_alternative<matrix_free>(setup.jacobian))
                return system{std::in_place_type<products>, f, y0, setup};
        return system{std::in_place_type<factors>, f, y0, setup};
    }
    [[nodiscard]] auto evaluation() noexcept {
        return [this](double t, State const& y, State& out) { evaluate(t, y, out); };
    }

    system system_;
    stop_reason failure_ = stop_reason::not_finite;
    bool is_known_ = false, is_new_ = false;
};

}  // namespace poise::ode::detail
