// SPDX-License-Identifier: MIT
// Fields as vectors: sums, multiples, inner products and norms.
#pragma once

#include <poise/grid/field.hpp>

#include <utility>

namespace poise::grid {

/// Point by point. Throws std::invalid_argument when the fields are on different grids. No allocation.
template <std::size_t D>
field<D>& operator+=(field<D>& u, field<D> const& v);
template <std::size_t D>
field<D>& operator-=(field<D>& u, field<D> const& v);
template <std::size_t D>
field<D>& operator*=(field<D>& u, double factor) noexcept;
/// u += a·v.
template <std::size_t D>
void axpy(double a, field<D> const& v, field<D>& u);

template <std::size_t D>
[[nodiscard]] field<D> operator+(field<D> u, field<D> const& v) {
    return std::move(u += v);
}
template <std::size_t D>
[[nodiscard]] field<D> operator-(field<D> u, field<D> const& v) {
    return std::move(u -= v);
}
template <std::size_t D>
[[nodiscard]] field<D> operator*(double factor, field<D> u) noexcept {
    return std::move(u *= factor);
}
template <std::size_t D>
[[nodiscard]] field<D> operator*(field<D> u, double factor) noexcept {
    return std::move(u *= factor);
}

/// ∫ u v, ∫ |u| and (∫ u²)^½ over the box by the rule of integral(): midpoint on cells, trapezoidal on nodes; max |u|
/// over the points, NaN when one is. The sums are pairwise: the same fields give the same bits always. norm_l2() does
/// not overflow where its value does not. Throw std::invalid_argument for fields on different grids.
/// Cost: a pass (norm_l2: two) and a buffer of one row.
template <std::size_t D>
[[nodiscard]] double inner_product(field<D> const& u, field<D> const& v);
template <std::size_t D>
[[nodiscard]] double norm_l1(field<D> const& u);
template <std::size_t D>
[[nodiscard]] double norm_l2(field<D> const& u);
template <std::size_t D>
[[nodiscard]] double norm_max(field<D> const& u) noexcept;

}  // namespace poise::grid
