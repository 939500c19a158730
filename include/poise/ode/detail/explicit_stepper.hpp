// SPDX-License-Identifier: MIT
// Private to ode: steps of an explicit Runge–Kutta method.
#pragma once

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
#include <span>
#include <utility>
#include <vector>

namespace poise::ode::detail {

template <class Method, class F, class State>
class explicit_stepper : public stepper_base<F, State> {
    using base = stepper_base<F, State>;
    using base::f_, base::weights_, base::y_, base::new_y_, base::work_, base::n_, base::counts_;
    static constexpr auto const& tableau = Method::tableau;
    static constexpr std::size_t n_stages = tableau.n_stages, n_all_stages = tableau.n_all_stages,
                                 end_stage = tableau.end_stage();

public:
    using base::evaluate;
    static constexpr bool is_implicit = false;
    static constexpr std::size_t degree = tableau.degree;

    explicit_stepper(F const& f, State const& y0, stepper_setup const& setup)
        : base{f, y0, setup.weights}, keeps_stages_{setup.keeps_stages} {
        k_.fill(y0);
    }

    /// f(t, y).
    [[nodiscard]] State const& slope() const noexcept { return k_[0]; }
    /// For others to fill, as work(), before an attempt.
    [[nodiscard]] State& slope_to_fill() noexcept { return k_[1]; }

    void begin_at(double t) {
        evaluate(t, y_, k_[0]);
        is_first_known_ = true;
    }

    /// A step from t to t_new; the mean of the squared components of the error, by their weights. f is asked no later
    /// than at latest, which is t_new or, where f jumps there, the last number before it.
    [[nodiscard]] double attempt(double t, double t_new, double latest) {
        if (!is_first_known_) begin_at(t);
        is_end_known_ = is_dense_known_ = false;
        t_ = t, t_new_ = t_new, latest_ = latest, h_ = t_new - t;
        if constexpr (is_small<State>)
            return attempt_small();
        else
            return attempt_large();
    }

    /// What the next step is times this one, h > 0, which was accepted or rejected with that square.
    [[nodiscard]] double after_accepted(double h, double square) noexcept {
        return controller_.after_accepted(h, square);
    }
    [[nodiscard]] double after_rejected(double, double square) noexcept { return controller_.after_rejected(square); }
    /// What was wrong with an attempt whose square is not finite.
    [[nodiscard]] stop_reason failure() const noexcept { return stop_reason::not_finite; }

    /// |hλ| as the stages at the step's end see it, of the step that was tried last; their slopes differ by λ times
    /// what they do. With keeps_stages. Source: Hairer & Wanner (1996), Solving Ordinary Differential Equations II, eq.
    /// IV.2.26.
    [[nodiscard]] double stiffness() const noexcept {
        constexpr std::size_t last = n_stages - 1, other = n_stages - 2;
        static_assert(tableau.c[last] == 1.0 && tableau.c[other] == 1.0);
        auto const y = numbers_of(y_);
        double of_slopes = 0.0, of_states = 0.0;
        for (std::size_t d = 0; d < n_; ++d) {
            double const inverse_weight = 1.0 / weight_of(d, y[d], y[d]);
            double difference = 0.0;
            for (std::size_t j = 0; j < last; ++j)
                difference += (tableau.a[last][j] - tableau.a[other][j]) * numbers_of(k_[j])[d];
            double const change = numbers_of(k_[last])[d] - numbers_of(k_[other])[d];
            of_slopes += change * inverse_weight * change * inverse_weight;
            of_states += difference * inverse_weight * difference * inverse_weight;
        }
        return of_states > 0.0 ? std::sqrt(of_slopes / of_states) : 0.0;
    }

    /// The step that was tried last is taken.
    void accept() noexcept {
        using std::swap;
        swap(y_, new_y_);
        is_first_known_ = tableau.is_first_same_as_last() || is_end_known_;
        if (is_first_known_) swap(k_[0], k_[end_stage]);
    }

    /// Of the step that was tried last, before it is taken: coefficients of θ … θ^degree, size() each. y at its
    /// beginning is what they are added to.
    void interpolate(std::span<double> coefficients) {
        complete_stages();
        for (std::size_t m = 0; m < degree; ++m) {
            std::array<double, n_all_stages> weights;
            for (std::size_t i = 0; i < n_all_stages; ++i) weights[i] = tableau.interpolant[i][m];
            sum_weighted(h_, terms_of(weights, n_all_stages), coefficients.data() + m * n_, n_);
        }
    }

    /// The component whose error is largest, of the step that was tried last; one that is not finite before all others.
    [[nodiscard]] std::size_t worst_component() {
        if (!std::exchange(keeps_stages_, true)) (void)attempt(t_, t_new_, latest_);
        auto const y = numbers_of(y_), z = numbers_of(new_y_);
        return base::worst_by([&](std::size_t i) {
            double e = 0.0;
            for (std::size_t s = 0; s < n_stages; ++s)
                if (tableau.error[s] != 0.0) e += tableau.error[s] * numbers_of(k_[s])[i];
            return std::abs(h_ * e) / weight_of(i, y[i], z[i]);
        });
    }

private:
    // No stage is beyond the end, by rounding either.
    [[nodiscard]] double time_of(double c) const noexcept { return c == 1.0 ? latest_ : t_ + c * h_; }
    [[nodiscard]] double weight_of(std::size_t i, double y, double z) const noexcept {
        return weights_.weight(i, std::max(std::abs(y), std::abs(z)));
    }

    // Weights that are 0 cost nothing: which they are is known to the compiler. What the stage before gives is added
    // last: the others are summed up while f is still at it.
    template <std::size_t I, class Stages>
    void small_stage(State const& y, Stages const& k, State& result) const noexcept {
        auto const from = numbers_of(y);
        auto const to = numbers_of(result);
        double const of_last = h_ * tableau.a[I][I - 1];
        for (std::size_t d = 0; d < n_numbers<State>(); ++d) {
            double sum = 0.0;
            [&]<std::size_t... J>(std::index_sequence<J...>) {
                ((tableau.a[I][J] != 0.0 ? void(sum += tableau.a[I][J] * numbers_of(k[J])[d]) : void()), ...);
            }
            (std::make_index_sequence<I - 1>{});
            to[d] = kept_scalar<State>((from[d] + h_ * sum) + of_last * numbers_of(k[I - 1])[d]);
        }
    }
    template <std::size_t I, class Stages>
    void small_stages_from(State const& y, Stages& k, State& at) {
        if constexpr (I < n_stages) {
            small_stage<I>(y, k, at);
            call_right_hand_side(f_, time_of(tableau.c[I]), std::as_const(at), k[I]);
            small_stages_from<I + 1>(y, k, at);
        }
    }

    // By copies on the stack, which the compiler keeps where it likes.
    [[nodiscard]] double attempt_small() {
        std::array<State, n_stages> k;
        State at = y_;
        State const y = y_;
        k[0] = k_[0];
        small_stages_from<1>(y, k, at);
        counts_.n_evaluations += n_stages - 1;
        State z = at;
        if constexpr (!tableau.is_first_same_as_last()) {
            auto const from = numbers_of(y);
            auto const to = numbers_of(z);
            for (std::size_t d = 0; d < n_numbers<State>(); ++d)
                to[d] = from[d] + h_ * sum_small<&explicit_stepper::solution_weight>(k, d);
        }
        double square = 0.0, low_square = 0.0;
        auto const from = numbers_of(std::as_const(y)), to = numbers_of(std::as_const(z));
        for (std::size_t d = 0; d < n_numbers<State>(); ++d) {
            double const weight = weight_of(d, from[d], to[d]);
            double const share = h_ * sum_small<&explicit_stepper::error_weight>(k, d) / weight;
            square += share * share;
            if constexpr (has_low_order) {
                double const low = h_ * sum_small<&explicit_stepper::low_error_weight>(k, d) / weight;
                low_square += low * low;
            }
        }
        new_y_ = z;
        if (keeps_stages_)
            for (std::size_t s = 1; s < n_stages; ++s) k_[s] = k[s];
        else if constexpr (tableau.is_first_same_as_last())
            k_[end_stage] = k[end_stage];
        return mean_of(square, low_square);
    }

    static constexpr double solution_weight(std::size_t s) { return tableau.b[s]; }
    static constexpr double error_weight(std::size_t s) { return tableau.error[s]; }
    static constexpr double low_error_weight(std::size_t s) { return tableau.error_of_low_order[s]; }
    static constexpr bool has_low_order = tableau.error_of_low_order != decltype(tableau.error_of_low_order){};

    template <double (*Weight)(std::size_t), class Stages>
    static double sum_small(Stages const& k, std::size_t d) noexcept {
        double sum = 0.0;
        [&]<std::size_t... S>(std::index_sequence<S...>) {
            ((Weight(S) != 0.0 ? void(sum += Weight(S) * numbers_of(k[S])[d]) : void()), ...);
        }
        (std::make_index_sequence<n_stages>{});
        return sum;
    }

    template <class Weights>
    std::span<weighted const> terms_of(Weights const& weights, std::size_t n) {
        std::size_t n_terms = 0;
        for (std::size_t s = 0; s < n; ++s)
            if (weights[s] != 0.0) terms_[n_terms++] = {weights[s], numbers_of(std::as_const(k_[s])).data()};
        return std::span{terms_}.first(n_terms);
    }
    void large_stage(std::size_t i, State& result) {
        add_weighted(numbers_of(std::as_const(y_)).data(), h_, terms_of(tableau.a[i], i), numbers_of(result).data(),
                     n_);
    }
    [[nodiscard]] double attempt_large() {
        for (std::size_t i = 1; i < n_stages; ++i) {
            State& at = i + 1 == n_stages && tableau.is_first_same_as_last() ? new_y_ : work_;
            large_stage(i, at);
            evaluate(time_of(tableau.c[i]), at, k_[i]);
        }
        auto const y = numbers_of(std::as_const(y_)).data();
        if constexpr (!tableau.is_first_same_as_last())
            add_weighted(y, h_, terms_of(tableau.b, n_stages), numbers_of(new_y_).data(), n_);
        auto const error_by = [&](auto const& weights) {
            double* const e = numbers_of(work_).data();
            sum_weighted(h_, terms_of(weights, n_stages), e, n_);
            return weighted_square(e, y, numbers_of(std::as_const(new_y_)).data(), weights_, n_);
        };
        double const square = error_by(tableau.error);
        return mean_of(square, has_low_order ? error_by(tableau.error_of_low_order) : 0.0);
    }

    // With a second estimate, of low order: Hairer, Nørsett & Wanner (1993), eq. II.10.17.
    [[nodiscard]] double mean_of(double square, double low_square) const noexcept {
        auto const n = static_cast<double>(std::max<std::size_t>(n_, 1));
        if constexpr (has_low_order) {
            double const both = square + 0.01 * low_square;
            return both > 0.0 ? square / n * (square / both) : both;
        }
        return square / n;
    }

    void complete_stages() {
        if (is_dense_known_) return;
        if constexpr (!tableau.is_first_same_as_last()) evaluate(latest_, new_y_, k_[end_stage]);
        is_end_known_ = true;
        for (std::size_t i = std::max(n_stages, end_stage + 1); i < n_all_stages; ++i) {
            large_stage(i, work_);
            evaluate(time_of(tableau.c[i]), work_, k_[i]);
        }
        is_dense_known_ = true;
    }

    std::array<State, n_all_stages> k_;
    std::array<weighted, n_all_stages> terms_;
    bool keeps_stages_;
    step_controller controller_{std::min(Method::order, Method::embedded_order) + 1};
    double t_ = 0.0, t_new_ = 0.0, latest_ = 0.0, h_ = 0.0;
    bool is_first_known_ = false, is_end_known_ = false, is_dense_known_ = false;
};

}  // namespace poise::ode::detail
