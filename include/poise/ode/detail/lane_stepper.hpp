// SPDX-License-Identifier: MIT
// Private to ode: steps of an explicit Runge–Kutta method, of one trajectory in each lane.
#pragma once

#include <poise/ode/lanes.hpp>

#include <array>
#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

namespace poise::ode::detail {

/// body(0) … body(N - 1), one after the other in the code where they are few, so that what they are about need not be
/// in memory.
template <std::size_t N, class Body>
POISE_ALWAYS_INLINE inline void for_each_component(Body const& body) {
    if constexpr (N <= 8) [&]<std::size_t... D>(std::index_sequence<D...>) POISE_INLINE_LAMBDA {
            (body(D), ...);
        }
    (std::make_index_sequence<N>{});
    else for (std::size_t d = 0; d < N; ++d) body(d);
}

/// f, with parameters where there are any.
template <class F, class Time, class State, class Parameters>
POISE_ALWAYS_INLINE inline void call_ensemble_function(F const& f, Time const& t, State const& y, State& dydt,
                                                       Parameters const& p) {
    constexpr bool has_parameters = std::tuple_size<Parameters>::value != 0;
    static_assert(has_parameters ? std::is_invocable_v<F const&, Time const&, State const&, State&, Parameters const&>
                                 : std::is_invocable_v<F const&, Time const&, State const&, State&>,
                  "ensemble: f(t, y, dydt, p), or f(t, y, dydt) without parameters, takes numbers of any type: "
                  "[](auto const& t, auto const& y, auto& dydt, auto const& p)");
    if constexpr (!has_parameters)
        POISE_INLINE_CALL f(t, y, dydt);
    else
        POISE_INLINE_CALL f(t, y, dydt, p);
}

/// As explicit_stepper, of small states. Lanes whose attempt was in vain, or that have nothing to do, are the caller's
/// concern.
template <class Method, class F, class Registers, std::size_t N, std::size_t P>
class lane_stepper {
    static constexpr std::size_t n_stages = Method::tableau.n_stages, n_all_stages = Method::tableau.n_all_stages,
                                 end_stage = Method::tableau.end_stage(), degree = Method::tableau.degree;

public:
    using number = lanes<Registers>;
    using mask = typename number::mask;
    using state = std::array<number, N>;
    using polynomial = std::array<state, degree + 1>;
    static constexpr bool is_first_same_as_last = Method::tableau.is_first_same_as_last();
    /// Of an attempt, and of interpolate().
    static constexpr std::size_t n_evaluations = is_first_same_as_last ? n_stages - 1 : n_stages,
                                 n_dense_evaluations = n_all_stages - n_stages;

    POISE_ALWAYS_INLINE lane_stepper(F const& f, double rtol, std::array<double, N> const& atol, bool keeps_stages)
        : f_{f}, rtol_{rtol}, atol_{atol}, keeps_stages_{keeps_stages} {}

    POISE_ALWAYS_INLINE void evaluate(number const& t, state const& at, state& dydt) const {
        call_ensemble_function(f_, t, at, dydt, p);
    }
    [[nodiscard]] POISE_ALWAYS_INLINE number weight_of(std::size_t d, number const& size) const noexcept {
        return atol_[d] + rtol_ * size;
    }

    /// A step from t to t + h = t_new; the mean of the squared components of the error, by their weights.
    [[nodiscard]] POISE_ALWAYS_INLINE number attempt(number const& t, number const& h, number const& t_new) {
        std::array<state, n_stages> k;
        state at;
        if constexpr (is_first_same_as_last)
            k[0] = slope;
        else
            evaluate(t, y, k[0]);
        stages_from<1>(t, h, t_new, k, at);
        if constexpr (!is_first_same_as_last)
            for_each_component<N>([&](std::size_t d) POISE_INLINE_LAMBDA {
                at[d] = y[d] + h * sum<n_stages>([](std::size_t s) { return Method::tableau.b[s]; }, k, d);
            });
        new_y = at;
        if constexpr (is_first_same_as_last) new_slope = k[end_stage];
        if (keeps_stages_) keep(k);
        return mean_square_of(h, k);
    }

    /// Of the step that was tried last, of a stepper that keeps stages: y = Σ coefficients θᵐ.
    POISE_ALWAYS_INLINE void interpolate(number const& t, number const& h, number const& t_new,
                                         polynomial& coefficients) {
        if constexpr (!is_first_same_as_last) evaluate(t_new, new_y, k_[end_stage]);
        state at;
        [&]<std::size_t... I>(std::index_sequence<I...>) POISE_INLINE_LAMBDA {
            (further_stage<I>(t, h, t_new, at), ...);
        }
        (std::make_index_sequence<n_all_stages>{});
        coefficients[0] = y;
        [&]<std::size_t... M>(std::index_sequence<M...>) POISE_INLINE_LAMBDA {
            (for_each_component<N>([&](std::size_t d) POISE_INLINE_LAMBDA {
                 coefficients[M + 1][d] =
                     h * sum<n_all_stages>([](std::size_t s) { return Method::tableau.interpolant[s][M]; }, k_, d);
             }),
             ...);
        }
        (std::make_index_sequence<degree>{});
    }

    /// The step that was tried last is taken where it says so.
    POISE_ALWAYS_INLINE void accept(mask const& where) noexcept {
        for_each_component<N>([&](std::size_t d) POISE_INLINE_LAMBDA {
            y[d] = select(where, new_y[d], y[d]);
            if constexpr (is_first_same_as_last) slope[d] = select(where, new_slope[d], slope[d]);
        });
    }

    state y{}, slope{}, new_y{}, new_slope{};
    std::array<number, P> p{};
    state share{};  ///< of the step that was tried last: errors by their weights

private:
    template <std::size_t I>
    [[nodiscard]] POISE_ALWAYS_INLINE static number time_of(number const& t, number const& h,
                                                            number const& t_new) noexcept {
        constexpr double c = Method::tableau.c[I];
        if constexpr (c == 1.0)
            return t_new;
        else
            return t + c * h;
    }
    // Σ weight k, without those that are 0.
    template <std::size_t Count, class Weight, class Stages>
    [[nodiscard]] POISE_ALWAYS_INLINE static number sum(Weight const&, Stages const& k, std::size_t d) noexcept {
        number result{0.0};
        [&]<std::size_t... S>(std::index_sequence<S...>) POISE_INLINE_LAMBDA {
            (
                [&]() POISE_INLINE_LAMBDA {
                    if constexpr (constexpr double weight = Weight{}(S); weight != 0.0) result += weight * k[S][d];
                }(),
                ...);
        }
        (std::make_index_sequence<Count>{});
        return result;
    }
    // What the stage before gives is added last: the others are summed up while f is still at it.
    template <std::size_t I, class Stages>
    POISE_ALWAYS_INLINE void stage(number const& h, Stages const& k, state& at) const noexcept {
        constexpr double last = Method::tableau.a[I][I - 1];
        number const of_last = h * last;
        for_each_component<N>([&](std::size_t d) POISE_INLINE_LAMBDA {
            at[d] = (y[d] + h * sum<I - 1>([](std::size_t s) { return Method::tableau.a[I][s]; }, k, d)) +
                    of_last * k[I - 1][d];
        });
    }
    template <std::size_t I>
    POISE_ALWAYS_INLINE void stages_from(number const& t, number const& h, number const& t_new,
                                         std::array<state, n_stages>& k, state& at) const {
        if constexpr (I < n_stages) {
            stage<I>(h, k, at);
            evaluate(time_of<I>(t, h, t_new), at, k[I]);
            stages_from<I + 1>(t, h, t_new, k, at);
        }
    }
    template <std::size_t I>
    POISE_ALWAYS_INLINE void further_stage(number const& t, number const& h, number const& t_new, state& at) {
        if constexpr (I >= n_stages && I > end_stage) {
            stage<I>(h, k_, at);
            evaluate(time_of<I>(t, h, t_new), at, k_[I]);
        }
    }
    POISE_ALWAYS_INLINE void keep(std::array<state, n_stages> const& k) noexcept {
        for_each_component<n_stages>([&](std::size_t s) POISE_INLINE_LAMBDA { k_[s] = k[s]; });
    }

    static constexpr bool has_low_order =
        Method::tableau.error_of_low_order != decltype(Method::tableau.error_of_low_order){};
    // With a second estimate, of low order: Hairer, Nørsett & Wanner (1993), eq. II.10.17.
    template <class Stages>
    [[nodiscard]] POISE_ALWAYS_INLINE number mean_square_of(number const& h, Stages const& k) noexcept {
        number square{0.0}, low_square{0.0};
        for_each_component<N>([&](std::size_t d) POISE_INLINE_LAMBDA {
            number const weight = weight_of(d, max(abs(y[d]), abs(new_y[d])));
            share[d] = h * sum<n_stages>([](std::size_t s) { return Method::tableau.error[s]; }, k, d) / weight;
            square += share[d] * share[d];
            if constexpr (has_low_order) {
                number const low =
                    h * sum<n_stages>([](std::size_t s) { return Method::tableau.error_of_low_order[s]; }, k, d) /
                    weight;
                low_square += low * low;
            }
        });
        constexpr double per_component = 1.0 / static_cast<double>(N);
        if constexpr (has_low_order) {
            number const both = square + 0.01 * low_square;
            return select(both == 0.0, 0.0, per_component * square * (square / both));
        }
        return per_component * square;
    }

    F const& f_;
    number rtol_;
    std::array<double, N> atol_;
    bool keeps_stages_;
    std::array<state, n_all_stages> k_{};
};

}  // namespace poise::ode::detail
