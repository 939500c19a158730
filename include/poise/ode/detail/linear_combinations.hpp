// SPDX-License-Identifier: MIT
// Private to ode: the loops over long states, compiled for several processors.
#pragma once

#include <cstddef>
#include <span>

namespace poise::ode::detail {

/// A weight and the vector that it is of.
struct weighted {
    double weight;
    double const* vector;
};

/// result = y + h Σ weight·vector; n numbers each, result apart from the others but for y. One pass for every eight
/// terms.
void add_weighted(double const* y, double h, std::span<weighted const> terms, double* result, std::size_t n) noexcept;

/// result = h Σ weight·vector.
void sum_weighted(double h, std::span<weighted const> terms, double* result, std::size_t n) noexcept;

/// What an error is measured by: atolᵢ + rtol·|yᵢ|; atol: of each, or one for all where each is nullptr.
struct error_weights {
    double rtol;
    double atol;
    double const* atol_of_each;

    [[nodiscard]] double atol_of(std::size_t i) const noexcept {
        return atol_of_each != nullptr ? atol_of_each[i] : atol;
    }
    /// Of a component of that size.
    [[nodiscard]] double weight(std::size_t i, double size) const noexcept { return atol_of(i) + rtol * size; }
};

/// Σ (eᵢ / (atolᵢ + rtol·max(|yᵢ|, |zᵢ|)))², of a component that has no tolerance at all with the least number there
/// is. The same bits always.
[[nodiscard]] double weighted_square(double const* e, double const* y, double const* z, error_weights const& weights,
                                     std::size_t n) noexcept;

}  // namespace poise::ode::detail
