// SPDX-License-Identifier: MIT
#include "grid/whole.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/grid/gradient.hpp>

#include <span>
#include <utility>
#include <vector>

namespace poise::grid {
namespace {

// A direction of a field: lines of n points, `stride` places apart.
struct lines {
    std::size_t n;
    std::size_t stride;
};

template <std::size_t D>
lines lines_along(cartesian<D> const& grid, std::size_t d) {
    std::size_t stride = 1;
    for (std::size_t k = 0; k < d; ++k) stride *= static_cast<std::size_t>(grid.points()[k]);
    return {static_cast<std::size_t>(grid.points()[d]), stride};
}

// Of all lines that begin in u[0 … stride-1]; neighbouring lines at once, as they lie beside each other.
void differentiate(double const* u, double* du, lines const& l, double h) {
    auto const at = [&](std::size_t i, std::size_t line) { return u[i * l.stride + line]; };
    double const half = 0.5 / h;
    for (std::size_t i = 1; i + 1 < l.n; ++i)
        for (std::size_t line = 0; line < l.stride; ++line)
            du[i * l.stride + line] = half * (at(i + 1, line) - at(i - 1, line));
    std::size_t const last = l.n - 1;
    for (std::size_t line = 0; line < l.stride; ++line) {
        double& first = du[line];
        double& end = du[last * l.stride + line];
        if (l.n == 2) {
            first = end = (at(1, line) - at(0, line)) / h;
        } else {
            first = half * (4.0 * (at(1, line) - at(0, line)) - (at(2, line) - at(0, line)));
            end = half * (4.0 * (at(last, line) - at(last - 1, line)) - (at(last, line) - at(last - 2, line)));
        }
    }
}

// The same for points at different distances: by the slopes on both sides, weighted so that parabolas are exact.
void differentiate(double const* u, double* du, lines const& l, std::span<double const> distances) {
    auto const slope = [&](std::size_t i, std::size_t line) {
        return (u[(i + 1) * l.stride + line] - u[i * l.stride + line]) / distances[i];
    };
    std::size_t const last = l.n - 1;
    for (std::size_t line = 0; line < l.stride; ++line) {
        double below = slope(0, line);
        double& first = du[line];
        double& end = du[last * l.stride + line];
        first = end = below;
        for (std::size_t i = 1; i < last; ++i) {
            double const above = slope(i, line), whole = distances[i - 1] + distances[i];
            double const part_below = distances[i - 1] / whole, part_above = distances[i] / whole;
            du[i * l.stride + line] = part_above * below + part_below * above;
            if (i == 1) first = below + part_below * (below - above);
            if (i + 1 == last) end = above + part_above * (above - below);
            below = above;
        }
    }
}

// Between one point and the next; empty where they are the spacing apart.
template <std::size_t D>
std::vector<double> distances_along(cartesian<D> const& grid, std::size_t d) {
    std::vector<double> distances;
    for (std::ptrdiff_t i = 0; !grid.is_uniform(d) && i + 1 < grid.points()[d]; ++i)
        distances.push_back(grid.coordinate(d, i + 1) - grid.coordinate(d, i));
    return distances;
}

}  // namespace

template <std::size_t D>
field<D> derivative(field<D> const& u, std::size_t d) {
    detail::require_whole(u);
    POISE_REQUIRE(d < D, "derivative: direction ", d, " of ", D, "; directions are counted from 0");
    lines const l = lines_along(u.grid(), d);
    POISE_REQUIRE(l.n >= 2, "derivative: there is one point along direction ", d, "; a difference needs two");
    field<D> du{u.grid()};
    auto const distances = distances_along(u.grid(), d);
    for (std::size_t begin = 0; begin < u.values().size(); begin += l.n * l.stride) {
        double const* const from = u.values().data() + begin;
        double* const to = du.values().data() + begin;
        if (distances.empty())
            differentiate(from, to, l, u.grid().spacing(d));
        else
            differentiate(from, to, l, distances);
    }
    return du;
}

template <std::size_t D>
std::array<field<D>, D> gradient(field<D> const& u) {
    return [&]<std::size_t... d>(std::index_sequence<d...>) { return std::array{derivative(u, d)...}; }
    (std::make_index_sequence<D>{});
}

template field<1> derivative(field<1> const&, std::size_t);
template field<2> derivative(field<2> const&, std::size_t);
template field<3> derivative(field<3> const&, std::size_t);
template std::array<field<1>, 1> gradient(field<1> const&);
template std::array<field<2>, 2> gradient(field<2> const&);
template std::array<field<3>, 3> gradient(field<3> const&);

}  // namespace poise::grid
