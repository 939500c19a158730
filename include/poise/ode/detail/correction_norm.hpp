// SPDX-License-Identifier: MIT
// Private to ode: how long Newton corrections are.
#pragma once

#include <poise/ode/detail/linear_combinations.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

namespace poise::ode::detail {

/// The largest of each component over n_states states, `stride` numbers apart; not less than what tolerances take for
/// nothing.
inline void measure_components(double const* states, std::size_t stride, std::size_t n_states,
                               error_weights const& weights, std::span<double> scales) noexcept {
    std::ranges::fill(scales, 0.0);
    for (std::size_t i = 0; i < n_states; ++i)
        for (std::size_t c = 0; c < scales.size(); ++c)
            scales[c] = std::max(scales[c], std::abs(states[i * stride + c]));
    for (std::size_t c = 0; c < scales.size(); ++c) {
        double const least = weights.atol_of(c);
        scales[c] = weights.rtol > 0.0 ? std::max(scales[c], least / weights.rtol) : least;
        if (scales[c] == 0.0) scales[c] = 1.0;
    }
}

/// The root of the mean square of (e − share d) / scale; components in turn.
[[nodiscard]] inline double correction_norm(std::span<double const> e, std::span<double const> d, double share,
                                            std::span<double const> scales) noexcept {
    std::size_t const n = scales.size();
    double sum = 0.0;
    for (std::size_t c = 0; c < n; ++c) {
        double square = 0.0;
        for (std::size_t i = c; i < e.size(); i += n) {
            double const value = e[i] - share * d[i];
            square += value * value;
        }
        sum += square / (scales[c] * scales[c]);
    }
    return std::sqrt(sum / static_cast<double>(e.size()));
}

}  // namespace poise::ode::detail
