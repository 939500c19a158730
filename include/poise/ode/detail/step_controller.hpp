// SPDX-License-Identifier: MIT
// Private to ode: the size of the next step.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <utility>

namespace poise::ode::detail {

/// log₂ x to 10⁻⁶, x positive and normal. In the loops of small systems std::log2 and std::exp2 would take as long as
/// f.
[[nodiscard]] inline double quick_log2(double x) noexcept {
    auto const bits = std::bit_cast<std::uint64_t>(x);
    // With the mantissa in [√½, √2), so that the series below is short.
    auto const shifted = bits - 0x3FE6A09E667F3BCDULL;
    auto const exponent = static_cast<std::int64_t>(shifted) >> 52;
    double const m = std::bit_cast<double>(bits - (static_cast<std::uint64_t>(exponent) << 52));
    double const z = (m - 1.0) / (m + 1.0), square = z * z;
    constexpr double two_over_ln2 = 2.8853900817779268;
    return static_cast<double>(exponent) +
           two_over_ln2 * z * (1.0 + square * (1.0 / 3.0 + square * (1.0 / 5.0 + square * (1.0 / 7.0))));
}

/// 2ˣ to 10⁻⁵, |x| < 1000.
[[nodiscard]] inline double quick_exp2(double x) noexcept {
    auto const biased = static_cast<std::int64_t>(x + 1023.5);  // positive: cut to the nearest
    double const f = (x - static_cast<double>(biased - 1023)) * 0.6931471805599453;
    double const series = 1.0 + f * (1.0 + f * (1.0 / 2.0 + f * (1.0 / 6.0 + f * (1.0 / 24.0 + f * (1.0 / 120.0)))));
    return series * std::bit_cast<double>(static_cast<std::uint64_t>(biased) << 52);
}

/// Of an error C hᵏ, C taken to grow on as it did from the step before: where a solution comes to a bend, as a planet
/// to its sun, a step that is as short as the last error asks for is still too long, and would be tried in vain.
/// Source: Gustafsson (1994), ACM TOMS 20, 496; Hairer & Wanner (1996), Solving Ordinary Differential Equations II,
/// §IV.8.
class step_controller {
public:
    explicit step_controller(int k) : deadbeat_{1.0 / k} {}

    /// What the next step is times this one, h > 0, which was accepted with that squared norm of the error.
    [[nodiscard]] double after_accepted(double h, double square) noexcept {
        double const log = log_of(square);
        double const of_this = log_of_safety - deadbeat_ * log;
        double exponent = of_this;
        if (h_before_ > 0.0)
            exponent = std::min(of_this, of_this + quick_log2(h / h_before_) + deadbeat_ * (log_before_ - log));
        h_before_ = h;
        log_before_ = std::max(log, log_of_least);
        return std::clamp(quick_exp2(exponent), 0.2, std::exchange(was_rejected_, false) ? 1.0 : 10.0);
    }
    /// The same after one that was not. A square that is not finite says nothing but that it was too large.
    [[nodiscard]] double after_rejected(double square) noexcept {
        was_rejected_ = true;
        if (!(square < 1e300)) return 0.1;
        return std::clamp(quick_exp2(log_of_safety - deadbeat_ * log_of(square)), 0.2, 0.9);
    }

private:
    static constexpr double log_of_safety = -0.234465254;  // of 0.85
    static constexpr double log_of_least = -13.287712;     // of 1e-4

    [[nodiscard]] static double log_of(double square) noexcept {
        return square > 1e-40 ? 0.5 * quick_log2(square) : -66.0;
    }

    double deadbeat_;
    double log_before_ = log_of_least;
    double h_before_ = 0.0;
    bool was_rejected_ = false;
};

}  // namespace poise::ode::detail
