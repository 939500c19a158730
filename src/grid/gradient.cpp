// SPDX-License-Identifier: MIT
#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/grid/gradient.hpp>

#include <algorithm>
#include <utility>

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

}  // namespace

template <std::size_t D>
field<D> derivative(field<D> const& u, std::size_t d) {
    POISE_REQUIRE(d < D, "derivative: direction ", d, " of ", D, "; directions are counted from 0");
    lines const l = lines_along(u.grid(), d);
    POISE_REQUIRE(l.n >= 2, "derivative: there is one point along direction ", d, "; a difference needs two");
    field<D> du{u.grid()};
    for (std::size_t begin = 0; begin < u.values().size(); begin += l.n * l.stride)
        differentiate(u.values().data() + begin, du.values().data() + begin, l, u.grid().spacing(d));
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
