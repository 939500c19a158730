// SPDX-License-Identifier: MIT
#include "grid/in_box.hpp"
#include "grid/whole.hpp"

#include <poise/grid/interpolate.hpp>

#include <algorithm>
#include <cmath>

namespace poise::grid {
namespace {

// The points left and right of x in direction d, and the weight of the right one.
struct neighbours {
    std::ptrdiff_t left;
    std::ptrdiff_t right;
    double weight;
};

// The last point of direction d that is not above x, or about that; before the first one -1.
template <std::size_t D>
std::ptrdiff_t last_point_below(cartesian<D> const& grid, std::size_t d, double x) {
    if (grid.is_uniform(d))
        return static_cast<std::ptrdiff_t>(std::floor((x - grid.coordinate(d, 0)) / grid.spacing(d)));
    auto const faces = grid.faces(d);
    std::ptrdiff_t const face = std::ranges::upper_bound(faces, x) - faces.begin() - 1;
    bool const is_past_middle = face < grid.cells()[d] && x >= grid.coordinate(d, face);
    return grid.centering() == centering::node || is_past_middle ? face : face - 1;
}

template <std::size_t D>
neighbours around(cartesian<D> const& grid, std::size_t d, double x) {
    detail::require_in_box("interpolate", grid, d, x);
    std::ptrdiff_t const last = grid.points()[d] - 1;
    if (last == 0) return {0, 0, 0.0};
    std::ptrdiff_t const left = std::clamp<std::ptrdiff_t>(last_point_below(grid, d, x), 0, last - 1);
    double const from = grid.coordinate(d, left), to = grid.coordinate(d, left + 1);
    return {left, left + 1, (x - from) / (to - from)};
}

// Between two values, exact at both.
double between(double left, double right, double weight) {
    if (weight == 0.0) return left;  // whatever is beside it
    return weight == 1.0 ? right : left + weight * (right - left);
}

}  // namespace

template <std::size_t D>
double interpolate(field<D> const& u, point<D> const& x) {
    detail::require_whole(u);
    std::array<neighbours, D> at;
    for (std::size_t d = 0; d < D; ++d) at[d] = around(u.grid(), d, x[d]);
    auto const along_x = [&](auto... others) {
        return between(u(at[0].left, others...), u(at[0].right, others...), at[0].weight);
    };
    auto const along_y = [&]([[maybe_unused]] auto... others) {
        if constexpr (D > 1)
            return between(along_x(at[1].left, others...), along_x(at[1].right, others...), at[1].weight);
        else
            return along_x();
    };
    if constexpr (D > 2)
        return between(along_y(at[2].left), along_y(at[2].right), at[2].weight);
    else
        return along_y();
}

template <std::size_t D>
field<D> interpolate(field<D> const& u, cartesian<D> const& onto) {
    detail::require_whole(u);
    field<D> made{onto};
    for_each_point(onto, [&](std::size_t i, point<D> const& x) { made.values()[i] = interpolate(u, x); });
    return made;
}

template double interpolate(field<1> const&, point<1> const&);
template double interpolate(field<2> const&, point<2> const&);
template double interpolate(field<3> const&, point<3> const&);
template field<1> interpolate(field<1> const&, cartesian<1> const&);
template field<2> interpolate(field<2> const&, cartesian<2> const&);
template field<3> interpolate(field<3> const&, cartesian<3> const&);

}  // namespace poise::grid
