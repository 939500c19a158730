// SPDX-License-Identifier: MIT
// The share of a cell that each unknown of -Laplacian has.
#pragma once

#include <poise/grid/boundary.hpp>
#include <poise/grid/cartesian.hpp>
#include <poise/linear/csr.hpp>
#include <poise/linear/neg_laplacian.hpp>

#include <cmath>
#include <cstddef>
#include <vector>

namespace poise_test {

/// By what a shift of 1 adds to the matrix, on a uniform grid.
template <std::size_t D>
std::vector<double> shares_of(poise::grid::cartesian<D> const& grid, poise::grid::condition_kinds<D> const& kinds) {
    using namespace poise;
    auto const plain = linear::neg_laplacian(grid, kinds, 0.0), shifted = linear::neg_laplacian(grid, kinds, 1.0);
    std::vector<double> const ones(static_cast<std::size_t>(plain.n_rows()), 1.0);
    std::vector<double> with(ones.size()), without(ones.size());
    linear::multiply(shifted, ones, with);
    linear::multiply(plain, ones, without);
    // Exact: shares are 1, 1/2, 1/4 or 1/8, and the sums of a row's couplings cancel but for multiples of ulps.
    for (std::size_t i = 0; i < with.size(); ++i) with[i] = std::round(8.0 * (with[i] - without[i])) / 8.0;
    return with;
}

}  // namespace poise_test
