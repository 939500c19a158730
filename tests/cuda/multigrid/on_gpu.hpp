// SPDX-License-Identifier: MIT
// Multigrid solvers on the first GPU.
#pragma once

#include <poise/linear/laplacian_multigrid.hpp>

#include <cstddef>

namespace poise_test {

template <std::size_t D>
poise::grid::cartesian<D> box(poise::grid::extents<D> const& cells,
                              poise::grid::centering where = poise::grid::centering::cell,
                              poise::grid::point<D> const& upper = poise::grid::uniform_point<D>(1.0)) {
    poise::grid::cartesian_options<D> options{.upper = upper, .cells = cells, .centering = where};
    options.lower.fill(0.0);
    return poise::grid::cartesian<D>{options};
}

template <std::size_t D>
poise::linear::laplacian_multigrid<D> on_gpu(
    poise::grid::cartesian<D> const& domain, poise::grid::condition_kinds<D> const& kinds, double shift = 0.0,
    poise::linear::multigrid_precision precision = poise::linear::multigrid_precision::automatic) {
    return {domain, kinds, shift, {.precision = precision, .device = poise::device::cuda(0)}};
}

}  // namespace poise_test
