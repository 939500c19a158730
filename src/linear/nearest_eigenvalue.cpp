// SPDX-License-Identifier: MIT
#include "linear/nearest_eigenvalue.hpp"

#include <poise/grid/stencil.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>
#include <vector>

namespace poise::linear::detail {
namespace {

// Along one direction of N cells, in ascending order: 4/h² sin²(π j/4N), j even between like ends and odd between
// unlike ones, and every fourth around a ring. Source: Strang (1999), SIAM Review 41, 135.
std::vector<double> eigenvalues_along(grid::axis_stencil const& axis, std::ptrdiff_t n_cells,
                                      grid::condition_kind lower, grid::condition_kind upper) {
    std::ptrdiff_t const step = axis.periodic ? 4 : 2;
    std::ptrdiff_t const first = lower != upper ? 1 : lower == grid::condition_kind::dirichlet ? 2 : 0;
    std::vector<double> eigenvalues(static_cast<std::size_t>(axis.n));
    for (std::ptrdiff_t k = 0; k < axis.n; ++k) {
        double const s =
            std::sin(std::numbers::pi * static_cast<double>(first + step * k) / (4.0 * static_cast<double>(n_cells)));
        eigenvalues[static_cast<std::size_t>(k)] = 4.0 * axis.coupling * s * s;
    }
    if (axis.periodic) std::ranges::sort(eigenvalues);
    return eigenvalues;
}

// Of a + b, both in ascending order: what is too large goes on with less of b, what is too small with more of a.
double nearest_sum(std::vector<double> const& a, std::vector<double> const& b, double number) {
    double nearest = a.front() + b.front();
    for (std::size_t i = 0, left = b.size(); i < a.size() && left > 0;) {
        double const sum = a[i] + b[left - 1];
        if (std::abs(sum - number) < std::abs(nearest - number)) nearest = sum;
        if (sum < number)
            ++i;
        else
            --left;
    }
    return nearest;
}

}  // namespace

template <std::size_t D>
double nearest_eigenvalue(grid::cartesian<D> const& grid, grid::condition_kinds<D> const& kinds, double number) {
    std::array<std::vector<double>, 3> along{{{0.0}, {0.0}, {0.0}}};
    auto const axes = grid::axis_stencils(grid, kinds);
    for (std::size_t d = 0; d < D; ++d)
        along[d] = eigenvalues_along(axes[d], grid.cells()[d], kinds[2 * d], kinds[2 * d + 1]);
    double nearest = std::numeric_limits<double>::infinity();
    for (double const along_z : along[2]) {
        double const sum = along_z + nearest_sum(along[0], along[1], number - along_z);
        if (std::abs(sum - number) < std::abs(nearest - number)) nearest = sum;
    }
    return nearest;
}

template double nearest_eigenvalue(grid::cartesian<1> const&, grid::condition_kinds<1> const&, double);
template double nearest_eigenvalue(grid::cartesian<2> const&, grid::condition_kinds<2> const&, double);
template double nearest_eigenvalue(grid::cartesian<3> const&, grid::condition_kinds<3> const&, double);

}  // namespace poise::linear::detail
