// SPDX-License-Identifier: MIT
// How stiff a problem is, and how long the steps of a method may be.
#pragma once

#include <poise/core/ndspan.hpp>
#include <poise/linear/eigenvalues.hpp>
#include <poise/ode/detail/algebra.hpp>
#include <poise/ode/detail/derivatives.hpp>
#include <poise/ode/detail/right_hand_side.hpp>
#include <poise/ode/stability.hpp>
#include <poise/ode/state.hpp>

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstddef>
#include <limits>
#include <vector>

namespace poise::ode {

/// Of ∂f/∂y at a point. Rates are −Re λ of eigenvalues that decay, beyond rounding beside the largest one; 0 where none
/// does.
struct stiffness {
    std::vector<std::complex<double>> eigenvalues;  ///< of falling magnitude
    double fastest = 0.0, slowest = 0.0;            ///< rates
    double growth = 0.0;                            ///< the largest Re λ, where that is positive

    /// fastest / slowest; 1 where nothing decays. From 1000 on, over some of the slowest times, a problem is stiff.
    [[nodiscard]] double ratio() const noexcept { return slowest > 0.0 ? fastest / slowest : 1.0; }
};

/// At (t, y): the Jacobian as implicit methods have it (dense, n² numbers), and its eigenvalues, some 10 n³ operations.
/// Throws std::invalid_argument where the Jacobian is not finite; what f throws. Thread-safe where f is.
template <class F, state State>
[[nodiscard]] stiffness stiffness_of(F const& f, double t, State const& y) {
    auto const n = numbers_of(y).size();
    auto J = detail::algebra_of<State>::make_jacobian(dense{}, n);
    State slope = y;
    detail::derivatives<F, State, false> of_f{f, y, {0.0, 1e-9, nullptr}};
    of_f.jacobian_and_slope(
        t, y, slope, 1.0,
        [&](double time, State const& at, State& result) { detail::call_right_hand_side(f, time, at, result); }, J);
    auto const extent = static_cast<std::ptrdiff_t>(n);
    stiffness result;
    result.eigenvalues = linear::eigenvalues({detail::algebra_of<State>::entries(J), {extent, extent}});
    double const largest = result.eigenvalues.empty() ? 0.0 : std::abs(result.eigenvalues.front());
    double const rounding = 1e2 * std::numeric_limits<double>::epsilon() * largest;
    for (auto const& lambda : result.eigenvalues) {
        double const rate = -lambda.real();
        result.growth = std::max(result.growth, -rate);
        if (rate <= rounding) continue;
        result.fastest = std::max(result.fastest, rate);
        result.slowest = result.slowest == 0.0 ? rate : std::min(result.slowest, rate);
    }
    return result;
}

/// The longest step at which the method damps what decays, and lets no oscillation grow: the recommended one where
/// accuracy asks for none that is shorter. Infinite for methods that are A-stable. For each eigenvalue one
/// stability_limit().
template <class Method>
[[nodiscard]] double largest_stable_step(Method const& method, stiffness const& of_problem) {
    double step = std::numeric_limits<double>::infinity();
    for (auto const& lambda : of_problem.eigenvalues) {
        double const size = std::abs(lambda);
        if (size == 0.0 || lambda.real() > 0.0) continue;
        double const angle = std::atan2(std::abs(lambda.imag()), -lambda.real());
        step = std::min(step, stability_limit(method, angle) / size);
    }
    return step;
}

}  // namespace poise::ode
