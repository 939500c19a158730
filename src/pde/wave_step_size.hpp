// SPDX-License-Identifier: MIT
// Private to src/pde: how long leapfrog steps may be, for stability and for a tolerance.
#pragma once

#include "pde/leapfrog/leapfrog.hpp"

#include <poise/core/reductions.hpp>

#include <cmath>
#include <limits>
#include <span>

namespace poise::pde::detail {

/// 2/√λ, of fourth order √12/√λ.
[[nodiscard]] inline double stable_step(double largest_eigenvalue, time_order order) {
    if (largest_eigenvalue == 0.0) return std::numeric_limits<double>::infinity();
    return (order == time_order::second ? 2.0 : std::sqrt(12.0)) / std::sqrt(largest_eigenvalue);
}

/// The error in time of steps dt is about error_rate·|span|·dtᵖ; amplitude: the size of u. Roots of means over the box.
struct step_errors {
    double amplitude = 0.0;
    double of_second = 0.0, of_fourth = 0.0;  ///< the error rates for p = 2 and 4

    /// The largest step for which the error is at most rtol·amplitude + atol.
    [[nodiscard]] double step_for(time_order order, double span, double rtol, double atol) const {
        double const rate = order == time_order::second ? of_second : of_fourth;
        double const ratio = (rtol * amplitude + atol) / (rate * span);
        if (!(rate > 0.0) || !(ratio < std::numeric_limits<double>::infinity()))
            return std::numeric_limits<double>::infinity();
        return order == time_order::second ? std::sqrt(ratio) : std::sqrt(std::sqrt(ratio));
    }
};

/// A mode of frequency ω turns too fast by ω³dt²/24, by steps of fourth order ω⁵dt⁴/720: after a time T the state is
/// off by T |Λ^{3/2} u| dt²/24 or T |Λ^{5/2} u| dt⁴/720, Λ = −c²Δ, and by as much of Λ^{-1/2} ∂u/∂t. With what acts, u
/// is how far it is from where it would rest: a = −Λu is the acceleration. step: any step length and order. u, v:
/// states at the beginning. Allocates four states.
template <std::size_t D>
[[nodiscard]] step_errors errors_of_steps(leapfrog<D> const& step, double const* u, double const* v) {
    auto a = step.make_state(), more = step.make_state(), most = step.make_state();
    double const dt2 = step.dt() * step.dt();
    double const mass = step.total_mass();
    auto const inner = [&](double const* x, double const* y) { return step.inner_product(x, y) / mass; };
    step_errors result;
    // couple() is −dt²Λ, force() dt² a.
    step.force(u, a.data());
    step.couple(a.data(), more.data());
    step.couple(more.data(), most.data());
    double const a_a = inner(a.data(), a.data()) / (dt2 * dt2);
    double const a_bent = std::abs(inner(a.data(), more.data())) / (dt2 * dt2 * dt2);  // aᵀΛa
    double const bent_most = std::abs(inner(more.data(), most.data())) / (dt2 * dt2 * dt2 * dt2 * dt2);
    result.of_second = std::sqrt(a_bent) / 24.0;
    result.of_fourth = std::sqrt(bent_most) / 720.0;
    result.amplitude = std::sqrt(inner(u, u));
    if (a_bent > 0.0) result.amplitude = std::max(result.amplitude, std::sqrt(a_a) * (a_a / a_bent));
    step.couple(v, more.data());
    step.couple(more.data(), most.data());
    double const v_v = inner(v, v), v_bent = std::abs(inner(v, more.data())) / dt2;
    result.of_second += std::sqrt(inner(more.data(), more.data())) / dt2 / 24.0;
    result.of_fourth += std::sqrt(inner(most.data(), most.data())) / (dt2 * dt2) / 720.0;
    if (v_bent > 0.0) result.amplitude = std::max(result.amplitude, v_v / std::sqrt(v_bent));
    return result;
}

}  // namespace poise::pde::detail
