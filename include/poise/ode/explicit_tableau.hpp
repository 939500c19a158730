// SPDX-License-Identifier: MIT
// The coefficients of an explicit Runge–Kutta method with an embedded one and dense output.
#pragma once

#include <array>
#include <cstddef>

namespace poise::ode {

/// kᵢ = f(t + cᵢ h, y + h Σⱼ aᵢⱼ kⱼ); the step is y + h Σ bᵢ kᵢ, its error about h Σ errorᵢ kᵢ. Between its ends the
/// solution is y + h Σᵢ kᵢ Σₘ interpolantᵢₘ θᵐ⁺¹ at t + θ h. Stages takes an attempt; the others up to AllStages are
/// for dense output alone, but for the first of them, which is f at the end of the step, unless the last stage is that.
template <std::size_t Stages, std::size_t AllStages, std::size_t Degree>
struct explicit_tableau {
    static constexpr std::size_t n_stages = Stages, n_all_stages = AllStages, degree = Degree;

    std::array<double, AllStages> c;
    std::array<std::array<double, AllStages>, AllStages> a;
    std::array<double, AllStages> b;
    std::array<double, Stages> error;                 ///< b less the weights of the embedded method
    std::array<double, Stages> error_of_low_order{};  ///< of a second embedded method, or all 0
    std::array<std::array<double, Degree>, AllStages> interpolant;

    /// The stage that is f at the end of the step.
    [[nodiscard]] constexpr std::size_t end_stage() const { return is_end(Stages - 1) ? Stages - 1 : Stages; }
    [[nodiscard]] constexpr bool is_first_same_as_last() const { return end_stage() < Stages; }

private:
    [[nodiscard]] constexpr bool is_end(std::size_t stage) const { return a[stage] == b; }
};

}  // namespace poise::ode
