// SPDX-License-Identifier: MIT
#include "grid/weighted_sum.hpp"
#include "grid/whole.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/core/reductions.hpp>
#include <poise/grid/field_arithmetic.hpp>

#include <algorithm>
#include <cmath>
#include <functional>

namespace poise::grid {
namespace {

template <std::size_t D>
void require_same_grid(field<D> const& u, field<D> const& v) {
    POISE_REQUIRE(u.grid() == v.grid(), "field: the two fields are on different grids, of ", u.grid().size(), " and ",
                  v.grid().size(), " points; interpolate one onto the grid of the other");
}

// ∫ of f(u, v) point by point.
template <std::size_t D, class F>
double integral_of_pairs(field<D> const& u, field<D> const& v, F const& f) {
    detail::require_whole(u);
    detail::require_whole(v);
    require_same_grid(u, v);
    std::vector<double> values(static_cast<std::size_t>(u.grid().points()[0]));
    return detail::integral_of(u.grid(), [&](std::size_t place, std::size_t n) -> std::span<double const> {
        std::ranges::transform(u.values().subspan(place, n), v.values().subspan(place, n), values.begin(), f);
        return values;
    });
}

}  // namespace

template <std::size_t D>
field<D>& operator+=(field<D>& u, field<D> const& v) {
    axpy(1.0, v, u);
    return u;
}

template <std::size_t D>
field<D>& operator-=(field<D>& u, field<D> const& v) {
    axpy(-1.0, v, u);
    return u;
}

template <std::size_t D>
field<D>& operator*=(field<D>& u, double factor) noexcept {
    for (double& value : u.values()) value *= factor;
    return u;
}

template <std::size_t D>
void axpy(double a, field<D> const& v, field<D>& u) {
    require_same_grid(u, v);
    std::ranges::transform(u.values(), v.values(), u.values().begin(), [a](double x, double y) { return x + a * y; });
}

template <std::size_t D>
double inner_product(field<D> const& u, field<D> const& v) {
    return integral_of_pairs(u, v, std::multiplies{});
}

template <std::size_t D>
double norm_l1(field<D> const& u) {
    return integral_of_pairs(u, u, [](double x, double) { return std::abs(x); });
}

template <std::size_t D>
double norm_l2(field<D> const& u) {
    double const largest = norm_max(u);
    if (largest == 0.0 || !std::isfinite(largest)) return largest;
    // A power of two, so that scaling rounds nothing.
    double const scale = std::ldexp(1.0, -std::clamp(std::ilogb(largest), -1000, 1000));
    auto const square = [scale](double x, double) { return (scale * x) * (scale * x); };
    return std::sqrt(integral_of_pairs(u, u, square)) / scale;
}

template <std::size_t D>
double norm_max(field<D> const& u) noexcept {
    return poise::norm_max(u.values());
}

#define POISE_INSTANTIATE(D)                                         \
    template field<D>& operator+=(field<D>&, field<D> const&);       \
    template field<D>& operator-=(field<D>&, field<D> const&);       \
    template field<D>& operator*=(field<D>&, double) noexcept;       \
    template void axpy(double, field<D> const&, field<D>&);          \
    template double inner_product(field<D> const&, field<D> const&); \
    template double norm_l1(field<D> const&);                        \
    template double norm_l2(field<D> const&);                        \
    template double norm_max(field<D> const&) noexcept;
POISE_INSTANTIATE(1)
POISE_INSTANTIATE(2)
POISE_INSTANTIATE(3)
#undef POISE_INSTANTIATE

}  // namespace poise::grid
