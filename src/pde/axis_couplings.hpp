// SPDX-License-Identifier: MIT
// Private to src/pde: what couples unknowns with their neighbours along one direction.
#pragma once

#include <poise/grid/cartesian.hpp>
#include <poise/grid/stencil.hpp>

#include <array>
#include <cstddef>
#include <vector>

namespace poise::pde::detail {

/// Along one direction, 1/length² that couple unknown i with what is below and above it, times share; walls included.
struct axis_couplings {
    std::vector<double> lower, upper;
    bool periodic = false;
    bool is_even = false;  ///< one number for all but the first below and the last above
    double inside = 0.0;   ///< that number
};

[[nodiscard]] inline axis_couplings couplings_of(grid::axis_stencil const& axis) {
    axis_couplings result;
    result.periodic = axis.periodic;
    result.is_even = axis.is_uniform();
    result.inside = axis.coupling;
    for (std::ptrdiff_t i = 0; i < axis.n; ++i) {
        result.lower.push_back(axis.below(i) / axis.share(i));
        result.upper.push_back(axis.above(i) / axis.share(i));
    }
    return result;
}

template <std::size_t D>
[[nodiscard]] std::array<axis_couplings, D> couplings_of(std::array<grid::axis_stencil, D> const& axes) {
    std::array<axis_couplings, D> result;
    for (std::size_t d = 0; d < D; ++d) result[d] = couplings_of(axes[d]);
    return result;
}

/// Unknowns of each direction.
template <std::size_t D>
[[nodiscard]] grid::extents<D> unknowns_of(std::array<grid::axis_stencil, D> const& axes) {
    grid::extents<D> n;
    for (std::size_t d = 0; d < D; ++d) n[d] = axes[d].n;
    return n;
}

}  // namespace poise::pde::detail
