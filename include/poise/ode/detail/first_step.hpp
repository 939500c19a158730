// SPDX-License-Identifier: MIT
// Private to ode: a first step that is neither too long nor far too short.
#pragma once

#include <poise/ode/detail/linear_combinations.hpp>
#include <poise/ode/state.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace poise::ode::detail {

/// From the state of the stepper at t, whose slope it knows; at most `most`, which is also as far as f is asked. One
/// evaluation. Source: Hairer, Nørsett & Wanner (1993), Solving Ordinary Differential Equations I, §II.4.
template <class Stepper>
[[nodiscard]] double guess_first_step(Stepper& stepper, double t, double direction, double most,
                                      error_weights const& weights, int order) {
    auto const y = numbers_of(stepper.y()), slope = numbers_of(stepper.slope());
    double const* const at = y.data();
    auto const norm = [&](double const* v) {
        return std::sqrt(weighted_square(v, at, at, weights, y.size()) /
                         static_cast<double>(std::max<std::size_t>(y.size(), 1)));
    };
    double const d0 = norm(at), d1 = norm(slope.data());
    double const h0 = std::min(d0 < 1e-5 || d1 < 1e-5 ? 1e-6 : 0.01 * d0 / d1, most);
    if (!std::isfinite(d1) || !(h0 > 0.0)) return std::min(1e-6, most);
    auto &trial = stepper.work(), &trial_slope = stepper.slope_to_fill();
    weighted const term{1.0, slope.data()};
    add_weighted(at, direction * h0, {&term, 1}, numbers_of(trial).data(), y.size());
    stepper.evaluate(t + direction * h0, trial, trial_slope);
    weighted const change[] = {{1.0, numbers_of(trial_slope).data()}, {-1.0, slope.data()}};
    sum_weighted(1.0 / h0, change, numbers_of(trial).data(), y.size());
    double const d2 = norm(numbers_of(trial).data());
    double const most_of_both = std::max(d1, d2);
    if (!std::isfinite(most_of_both)) return std::min(1e-3 * h0, most);
    double const h1 =
        most_of_both <= 1e-15 ? std::max(1e-6, 1e-3 * h0) : std::pow(0.01 / most_of_both, 1.0 / (order + 1));
    return std::min({100.0 * h0, h1, most});
}

}  // namespace poise::ode::detail
