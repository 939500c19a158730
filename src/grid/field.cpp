// SPDX-License-Identifier: MIT
#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/core/memory.hpp>
#include <poise/core/reductions.hpp>
#include <poise/grid/field.hpp>

namespace poise::grid {
namespace {

// Σ over the points, the boundary's nodes of the slowest direction counted half, and so on down the directions.
double weighted_sum(std::span<double const> values, std::span<std::ptrdiff_t const> points, bool nodes) {
    if (points.empty()) return values.front();
    if (points.size() == 1) {
        double const total = sum(values);
        return nodes ? total - 0.5 * (values.front() + values.back()) : total;
    }
    auto const n = static_cast<std::size_t>(points.back());
    auto const stride = values.size() / n;
    std::vector<double> slices(n);
    for (std::size_t i = 0; i < n; ++i)
        slices[i] = weighted_sum(values.subspan(i * stride, stride), points.first(points.size() - 1), nodes);
    return weighted_sum(slices, points.last(1), nodes);
}

}  // namespace

template <std::size_t D>
field<D>::field(cartesian<D> const& grid, double value) : grid_{grid} {
    if (grid.size() > values_.max_size())
        throw not_enough_memory{concat("a field of ", grid.size(), " points"), UINT64_MAX, available_memory_bytes()};
    values_.assign(grid.size(), value);
}

template <std::size_t D>
field<D>::field(cartesian<D> const& grid, std::vector<double> values) : grid_{grid}, values_{std::move(values)} {
    POISE_REQUIRE(values_.size() == grid_.size(), "field: ", values_.size(), " values for a grid of ", grid_.size(),
                  " points");
}

template <std::size_t D>
double integral(field<D> const& u) {
    bool const nodes = u.grid().centering() == centering::node;
    return u.grid().cell_measure() * weighted_sum(u.values(), u.grid().points(), nodes);
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
