// SPDX-License-Identifier: MIT
#include "grid/whole.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/grid/scalar_function.hpp>

#include <algorithm>

namespace poise::grid {

template <std::size_t D>
double scalar_function<D>::operator()(point<D> const& x) const {
    POISE_REQUIRE(values() == nullptr, "a field has values at its own points only; give a number or a callable");
    if (double const* value = constant()) return *value;
    return std::get<std::function<double(point<D> const&)>>(value_)(x);
}

template <std::size_t D>
void scalar_function<D>::evaluate(cartesian<D> const& grid, std::span<double> out) const {
    POISE_REQUIRE(out.size() == grid.size(), "room for ", out.size(), " values, the grid has ", grid.size(), " points");
    if (double const* value = constant()) {
        std::ranges::fill(out, *value);
    } else if (field<D> const* given = values()) {
        detail::require_whole(*given);
        POISE_REQUIRE(given->grid() == grid, "the field lives on a grid of ", given->grid().size(),
                      " points, not on this one of ", grid.size(), ", or its bounds or centring differ");
        std::ranges::copy(given->values(), out.begin());
    } else {
        for_each_point(grid, [&](std::size_t i, point<D> const& x) { out[i] = (*this)(x); });
    }
}

template class scalar_function<1>;
template class scalar_function<2>;
template class scalar_function<3>;

}  // namespace poise::grid
