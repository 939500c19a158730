// SPDX-License-Identifier: MIT
// Private to ode and pde: the coefficients of Runge-Kutta-Legendre 2.
#pragma once

#include <algorithm>
#include <cmath>

namespace poise::ode::detail {

/// Of s ≥ 3 stages and a step of 1: Y₁ = y + first f(y), and for j = 2 … s
///   Yⱼ = μ Yⱼ₋₁ + ν Yⱼ₋₂ + (1 − μ − ν) y + of_slope f(Yⱼ₋₁) + of_first f(y),
/// f(Yⱼ₋₁) at the time c. The last is the next y; Y₀ is y. Source: Meyer, Balsara & Aslam (2014), J. Comput. Phys. 257,
/// 594, eqs. 16–17.
class rkl2_stages {
public:
    struct stage {
        double mu, nu, of_slope, of_first, c;
    };

    explicit rkl2_stages(int s) noexcept : whole_{static_cast<double>(s) * s + s - 2.0} {}

    [[nodiscard]] double first() const noexcept { return share_of(1) * w(); }
    [[nodiscard]] stage operator[](int j) const noexcept {
        double const x = j, before = x - 1.0;
        double const mu = (2.0 * x - 1.0) / x * share_of(j) / share_of(j - 1);
        double const nu = -before / x * share_of(j) / share_of(j - 2);
        double const c = j == 2 ? first() : (before * before + before - 2.0) / whole_;
        return {mu, nu, mu * w(), -(1.0 - share_of(j - 1)) * mu * w(), c};
    }

    /// How far to the left on the real axis s stages are stable.
    [[nodiscard]] static constexpr double reach(double s) noexcept { return 0.5 * (s * s + s - 2.0); }
    /// The s, not whole and maybe less than 3, that reaches so far.
    [[nodiscard]] static double stages_for(double reach) noexcept { return 0.5 * (std::sqrt(9.0 + 8.0 * reach) - 1.0); }
    [[nodiscard]] static int rounded(double stages) noexcept {
        return std::max(3, static_cast<int>(std::ceil(stages)));
    }

private:
    [[nodiscard]] double w() const noexcept { return 4.0 / whole_; }
    // bⱼ.
    [[nodiscard]] static double share_of(int j) noexcept {
        double const x = std::max(j, 2);
        return (x * x + x - 2.0) / (2.0 * x * (x + 1.0));
    }

    double whole_;
};

}  // namespace poise::ode::detail
