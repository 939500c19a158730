// SPDX-License-Identifier: MIT
// Private to ode: the size of the next step.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

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
    double const whole = std::floor(x + 0.5), f = (x - whole) * 0.6931471805599453;
    double const series = 1.0 + f * (1.0 + f * (1.0 / 2.0 + f * (1.0 / 6.0 + f * (1.0 / 24.0 + f * (1.0 / 120.0)))));
    auto const exponent = static_cast<std::uint64_t>(static_cast<std::int64_t>(whole) + 1023) << 52;
    return series * std::bit_cast<double>(exponent);
}

/// A proportional-integral controller of error ~ hᵏ. Source: Gustafsson (1991), ACM TOMS 17, 533; Hairer, Nørsett &
/// Wanner (1993), Solving Ordinary Differential Equations I, §IV.2 of II for the constants.
class step_controller {
public:
    explicit step_controller(int k) : integral_{0.04}, proportional_{1.0 / k - 0.75 * 0.04}, rejection_{1.0 / k} {}

    /// What the next step is times this one, which was accepted with that squared norm of the error.
    [[nodiscard]] double after_accepted(double square) noexcept {
        double const log = log_of(square);
        double const factor = quick_exp2(log_of_safety - proportional_ * log + integral_ * log_before_);
        log_before_ = std::max(log, log_of_least);
        return std::clamp(factor, 0.2, was_rejected() ? 1.0 : 10.0);
    }
    /// The same after one that was not. A square that is not finite says nothing but that it was too large.
    [[nodiscard]] double after_rejected(double square) noexcept {
        rejections_ += 1;
        if (!(square < 1e300)) return 0.1;
        return std::clamp(quick_exp2(log_of_safety - rejection_ * log_of(square)), 0.2, 0.9);
    }
    void step_taken() noexcept { rejections_ = 0; }
    [[nodiscard]] bool was_rejected() const noexcept { return rejections_ > 0; }

private:
    static constexpr double log_of_safety = -0.152003093;  // of 0.9
    static constexpr double log_of_least = -13.287712;     // of 1e-4

    [[nodiscard]] static double log_of(double square) noexcept {
        return square > 1e-40 ? 0.5 * quick_log2(square) : -66.0;
    }

    double integral_, proportional_, rejection_;
    double log_before_ = log_of_least;
    int rejections_ = 0;
};

}  // namespace poise::ode::detail
