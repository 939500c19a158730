// SPDX-License-Identifier: MIT
// Private to ode: what Newton's iterations with one real shift solve, by factors or by products.
#pragma once

#include <poise/ode/detail/algebra.hpp>
#include <poise/ode/detail/derivatives.hpp>
#include <poise/ode/detail/directional_derivative.hpp>
#include <poise/ode/detail/linear_combinations.hpp>
#include <poise/ode/detail/newton_gmres.hpp>
#include <poise/ode/detail/stepper_setup.hpp>
#include <poise/ode/report.hpp>
#include <poise/ode/state.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <variant>
#include <vector>

namespace poise::ode::detail {

/// shift·I − ∂f/∂y at a place that is not far, factored.
template <class F, class State>
class factored_system {
    using algebra = algebra_of<State>;

public:
    factored_system(F const& f, State const& y0, stepper_setup const& setup)
        : derivatives_{f, y0, setup.weights},
          jacobian_{algebra::make_jacobian(setup.jacobian, numbers_of(y0).size())},
          lu_{algebra::template make_lu<double>(jacobian_)} {}

    template <class Evaluate>
    void read(double t, State const& y, State const& slope, double reach, Evaluate const& evaluate,
              statistics& counts) {
        ++counts.n_jacobians;
        derivatives_.jacobian(t, y, slope, reach, evaluate, jacobian_);
        factored_shift_ = 0.0;
    }
    /// reached_end where it is.
    [[nodiscard]] stop_reason factor(double shift, statistics& counts) {
        if (std::abs(shift - factored_shift_) <= 1e-8 * std::abs(shift)) return stop_reason::reached_end;
        ++counts.n_factorisations;
        factored_shift_ = 0.0;
        if (!lu_.factor(shift, jacobian_)) return algebra::why_singular(jacobian_);
        factored_shift_ = shift;
        return stop_reason::reached_end;
    }
    template <class Vector>
    void solve(Vector& x) {
        lu_.solve(x);
    }
    [[nodiscard]] std::optional<std::size_t> row_that_is_not_finite() {
        return algebra::row_that_is_not_finite(jacobian_);
    }

private:
    derivatives<F, State, false> derivatives_;
    typename algebra::jacobian jacobian_;
    typename algebra::template lu<double> lu_;
    double factored_shift_ = 0.0;
};

/// The same at the last iterate, which nothing is stored of.
template <class F, class State>
class matrix_free_system {
public:
    matrix_free_system(F const& f, State const& y0, stepper_setup const& setup)
        : derivative_{f, y0},
          has_preparation_{std::get<matrix_free>(setup.jacobian).prepare != nullptr},
          gmres_{std::get<matrix_free>(setup.jacobian), numbers_of(y0).size()},
          tolerances_{setup.weights},
          weights_(numbers_of(y0).size()) {}

    /// The preconditioner is of another place.
    void forget() noexcept { prepared_shift_ = 0.0; }
    void prepare(double t, State const& y, double shift, statistics& counts) {
        auto const numbers = numbers_of(y);
        double const largest = std::abs(*std::ranges::max_element(numbers, {}, [](double x) { return std::abs(x); }));
        // A component that is 0 and has no tolerance of its own counts as the largest.
        double const of_none = tolerances_.rtol * (largest > 0.0 ? largest : 1.0);
        for (std::size_t d = 0; d < weights_.size(); ++d) {
            double const weight = tolerances_.weight(d, std::abs(numbers[d]));
            weights_[d] = weight > 0.0 ? weight : of_none;
        }
        if (std::abs(shift - prepared_shift_) <= 1e-8 * std::abs(shift) && !gmres_.is_stale()) return;
        if (has_preparation_) ++counts.n_factorisations;
        gmres_.prepare(t, numbers, shift);
        prepared_shift_ = shift;
    }
    /// f(t, y) is slope. reached_end where it is solved.
    template <class Evaluate>
    [[nodiscard]] stop_reason solve(double t, State const& y, State const& slope, double tolerance,
                                    Evaluate const& evaluate, std::span<double> x, statistics& counts) {
        auto const times_v = [&](std::span<double const> v, std::span<double> to) {
            derivative_.multiply(t, y, slope, weights_, evaluate, v, to);
        };
        auto const outcome = gmres_.solve(prepared_shift_, weights_, tolerance, times_v, x);
        counts.n_products = gmres_.n_products();
        switch (outcome) {
            case newton_gmres::outcome::solved:
            case newton_gmres::outcome::reduced:
                is_solved_ = outcome == newton_gmres::outcome::solved;
                return stop_reason::reached_end;
            case newton_gmres::outcome::too_slow:
                return stop_reason::newton_failed;
            case newton_gmres::outcome::not_finite:
                break;
        }
        return stop_reason::not_finite;
    }

    /// Whether the last system was, to the tolerance.
    [[nodiscard]] bool is_solved() const noexcept { return is_solved_; }

private:
    directional_derivative<F, State> derivative_;
    bool has_preparation_, is_solved_ = true;
    newton_gmres gmres_;
    error_weights tolerances_;
    std::vector<double> weights_;
    double prepared_shift_ = 0.0;
};

}  // namespace poise::ode::detail
