// SPDX-License-Identifier: MIT
// The coefficients of a Runge-Kutta method whose stages are solved one after the other.
#pragma once

#include <array>
#include <cstddef>

namespace poise::ode {

/// kᵢ = f(t + cᵢ h, y + h Σⱼ aᵢⱼ kⱼ), j ≤ i; aᵢᵢ is 0 for the first stage, which is f at the step's beginning, and γ
/// for the others, so that all have the one matrix. The last row is b: the last stage is the step, and its slope the
/// next one's first. Its error is h Σ errorᵢ kᵢ. Between its ends: y + h Σₘ θᵐ⁺¹ Σᵢ interpolantᵢₘ kᵢ.
template <std::size_t Stages, std::size_t Degree>
struct diagonally_implicit_tableau {
    static constexpr std::size_t n_stages = Stages, n_all_stages = Stages, degree = Degree;
    using matrix = std::array<std::array<double, Stages>, Stages>;

    double gamma;
    std::array<double, Stages> c;
    matrix a;
    std::array<double, Stages> b;
    std::array<double, Stages> error;  ///< b less the weights of the embedded method
    std::array<std::array<double, Degree>, Stages> interpolant;

    /// Σⱼ guessᵢⱼ kⱼ h is the integral over [0, cᵢ] of the polynomial through the slopes of the stages before i: what a
    /// stage begins its iteration with.
    [[nodiscard]] constexpr matrix guesses() const;

    /// Π (x − node) over the places of the first n stages but `without`, divided by its value there: by powers of x.
    [[nodiscard]] constexpr std::array<double, Stages> lagrange(std::size_t n, std::size_t without) const;
};

template <std::size_t Stages, std::size_t Degree>
constexpr std::array<double, Stages> diagonally_implicit_tableau<Stages, Degree>::lagrange(std::size_t n,
                                                                                           std::size_t without) const {
    std::array<double, Stages> p{1.0};
    double value = 1.0;
    for (std::size_t k = 0, reached = 0; k < n; ++k) {
        if (k == without) continue;
        for (std::size_t m = ++reached; m > 0; --m) p[m] = p[m - 1] - c[k] * p[m];
        p[0] *= -c[k];
        value *= c[without] - c[k];
    }
    for (double& coefficient : p) coefficient /= value;
    return p;
}

template <std::size_t Stages, std::size_t Degree>
constexpr auto diagonally_implicit_tableau<Stages, Degree>::guesses() const -> matrix {
    matrix weights{};
    for (std::size_t i = 1; i < Stages; ++i)
        for (std::size_t j = 0; j < i; ++j) {
            auto const p = lagrange(i, j);
            for (std::size_t m = Stages; m > 0; --m)
                weights[i][j] = weights[i][j] * c[i] + p[m - 1] / static_cast<double>(m);
            weights[i][j] *= c[i];
        }
    return weights;
}

}  // namespace poise::ode
