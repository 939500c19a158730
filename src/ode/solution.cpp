// SPDX-License-Identifier: MIT
#include <poise/ode/solution.hpp>

namespace poise::ode::detail {

// Horner's scheme.
void evaluate_polynomial(std::span<double const> coefficients, std::size_t degree, double theta,
                         std::span<double> y) noexcept {
    std::size_t const n = y.size();
    for (std::size_t i = 0; i < n; ++i) {
        double value = coefficients[degree * n + i];
        for (std::size_t m = degree; m-- > 0;) value = value * theta + coefficients[m * n + i];
        y[i] = value;
    }
}

void dense_steps::evaluate(std::size_t step, double t, std::span<double> y) const noexcept {
    std::size_t const length = (degree + 1) * y.size();
    evaluate_polynomial(std::span{coefficients}.subspan(step * length, length), degree, (t - begin[step]) / h[step], y);
}

}  // namespace poise::ode::detail
