// SPDX-License-Identifier: MIT
// Boundary-value problems with solutions that are known.
#pragma once

#include <poise/ode/boundary_problem.hpp>
#include <poise/ode/jacobian.hpp>

#include <array>
#include <cmath>
#include <numbers>

namespace poise_test {

using pair = std::array<double, 2>;

// y" = −λ eʸ, y(0) = y(1) = 0 (Bratu). Two solutions for λ < 3.5138307…, none beyond.
inline auto bratu(double lambda) {
    using namespace poise;
    ode::differentiable const f{[lambda](auto const&, auto const& y, auto& slope) {
        slope = {y[1], -lambda * exp(y[0])};
    }};
    ode::differentiable const g{[](auto const& ya, auto const& yb, auto& residual) { residual = {ya[0], yb[0]}; }};
    return ode::boundary_problem{f, g, {0.0, 1.0}};
}
// y = −2 ln(cosh((x − ½) θ/2) / cosh(θ/4)), with the roots of θ = √(2λ) cosh(θ/4) for λ = 3.5, by mpmath to 30 digits.
struct bratu_branch {
    double theta;

    [[nodiscard]] pair operator()(double x) const {
        double const at = 0.5 * (x - 0.5) * theta;
        return {-2.0 * std::log(std::cosh(at) / std::cosh(0.25 * theta)), -theta * std::tanh(at)};
    }
};
inline constexpr bratu_branch lower_branch{4.5518536628383467683}, upper_branch{5.0543426986370220759};

// ε y" + x y' = −ε π² cos πx − πx sin πx, y(−1) = −2, y(1) = 0: a layer of width √ε at 0.
inline auto shock_layer(double epsilon) {
    using namespace poise;
    constexpr double pi = std::numbers::pi;
    ode::differentiable const f{[epsilon](double x, auto const& y, auto& slope) {
        slope = {y[1],
                 (-x * y[1] - epsilon * pi * pi * std::cos(pi * x) - pi * x * std::sin(pi * x)) * (1.0 / epsilon)};
    }};
    ode::differentiable const g{[](auto const& ya, auto const& yb, auto& residual) {
        residual = {ya[0] + 2.0, yb[0]};
    }};
    return ode::boundary_problem{f, g, {-1.0, 1.0}};
}
inline double shock_layer_solution(double epsilon, double x) {
    double const width = std::sqrt(2.0 * epsilon);
    return std::cos(std::numbers::pi * x) + std::erf(x / width) / std::erf(1.0 / width);
}

// y" = μ sinh μy, y(0) = 0, y(1) = 1 (Troesch).
inline auto troesch(double mu) {
    using namespace poise;
    ode::differentiable const f{[mu](auto const&, auto const& y, auto& slope) {
        slope = {y[1], mu * sinh(mu * y[0])};
    }};
    ode::differentiable const g{[](auto const& ya, auto const& yb, auto& residual) {
        residual = {ya[0], yb[0] - 1.0};
    }};
    return ode::boundary_problem{f, g, {0.0, 1.0}};
}
// μ = 10. From y'² = s² + 2 (cosh μy − 1) and ∫ dy/y' = 1, by mpmath's quadrature with 30 digits.
inline constexpr double troesch_slope_at_0 = 0.00035833778463081369, troesch_slope_at_1 = 148.4064211560101339,
                        troesch_at_nine_tenths = 0.15211407640471317805;

}  // namespace poise_test
