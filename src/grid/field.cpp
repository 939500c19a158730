// SPDX-License-Identifier: MIT
#include "grid/weighted_sum.hpp"
#include "grid/whole.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/core/memory.hpp>
#include <poise/grid/field.hpp>

namespace poise::grid {

template <std::size_t D>
field<D>::field(cartesian<D> const& grid, double value) : grid_{grid} {
    if (grid.size() > values_.max_size())
        throw not_enough_memory{concat("a field of ", grid.size(), " points"), UINT64_MAX, available_memory_bytes()};
    values_.assign(grid.size(), value);
}

template <std::size_t D>
field<D>::field(cartesian<D> const& grid, std::vector<double> values) : values_{std::move(values)}, grid_{grid} {
    POISE_REQUIRE(values_.size() == grid_.size(), "field: ", values_.size(), " values for a grid of ", grid_.size(),
                  " points");
}

template <std::size_t D>
double integral(field<D> const& u) {
    detail::require_whole(u);
    return detail::integral_of(u.grid(),
                               [&](std::size_t place, std::size_t n) { return u.values().subspan(place, n); });
}

extrema_of_field extrema(std::span<double const> values) noexcept {
    extrema_of_field found;
    bool any = false;
    for (std::size_t i = 0; i < values.size(); ++i) {
        double const value = values[i];
        if (value != value) continue;
        if (!any || value < found.min) found.min = value, found.argmin = i;
        if (!any || value > found.max) found.max = value, found.argmax = i;
        any = true;
    }
    return found;
}

template class field<1>;
template class field<2>;
template class field<3>;
template double integral(field<1> const&);
template double integral(field<2> const&);
template double integral(field<3> const&);

}  // namespace poise::grid
