// SPDX-License-Identifier: MIT
// Private to src/linear: the eigenvectors of the three-point stencil along one direction, as a fast transform.
#pragma once

#include "linear/transform/fft_tables.hpp"

#include <poise/grid/boundary.hpp>
#include <poise/grid/cartesian.hpp>

#include <array>
#include <cstddef>
#include <vector>

namespace poise::linear::detail {

/// K φ_k = eigenvalue_k M φ_k with φ_kᵀ M φ_k = 1/inverse_norm_k, for K and M of grid::axis_stencil. The modes are in
/// the order of the plan: neighbours have neighbouring eigenvalues, but for the halvings of a DST-I or DCT-I.
struct axis_transform {
    axis_plan plan;
    std::vector<double> eigenvalues;
    std::vector<double> inverse_norms;
    std::ptrdiff_t constant_mode = -1;  ///< the one of eigenvalue 0; none where an end is a wall
    plan_memory memory;

    [[nodiscard]] std::size_t bytes() const noexcept {
        return memory.bytes() + (eigenvalues.size() + inverse_norms.size()) * sizeof(double);
    }
};

/// The transform of a direction of n_cells cells of width h. Source: Strang (1999), SIAM Review 41, 135.
[[nodiscard]] axis_transform plan_axis(std::ptrdiff_t n_cells, double h, grid::centering centering,
                                       std::array<grid::condition_kind, 2> const& ends);

/// One point that is its own mode, with eigenvalue 0: a direction that is not there.
[[nodiscard]] axis_transform plan_identity();

}  // namespace poise::linear::detail
