// SPDX-License-Identifier: MIT
// Private to src/linear: conjugate gradients on a GPU for stencil matrices.
#pragma once

#include "core/device_diffusion.hpp"

#include <poise/core/device.hpp>
#include <poise/linear/krylov.hpp>
#include <poise/linear/multigrid.hpp>
#include <poise/linear/report.hpp>
#include <poise/linear/stencil_matrix.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <span>

namespace poise::linear::detail {

/// A, the matrices of coarser grids, and what a solve shares with others, on a GPU. A: couplings and sums of rows not
/// negative; without neighbours for a point at all, or singular with the constants alone. A coarser grid has every
/// second point of the directions whose couplings, taken together, are not weak beside the strongest; two couplings in
/// a row become one as resistors do, those beside each other are added up by their weights in the interpolation, which
/// is that of the mean couplings of each direction. O(n) operations, some 50 ns an unknown.
template <std::size_t D>
[[nodiscard]] std::shared_ptr<poise::detail::device_diffusion const> put_on_device(stencil_matrix<D> const& A,
                                                                                   device const& where,
                                                                                   multigrid_nullspace nullspace);

/// A x = b, as cg() does, on the GPU that A was put on; norm_of_A: ‖A‖_∞, for what stagnates. x: in, a guess. Stops
/// where the computed residual meets the tolerance, or, stagnated, where computing it anew does not halve it any more.
[[nodiscard]] solve_report conjugate_gradients_on_device(poise::detail::device_diffusion const& A,
                                                         std::function<double()> const& norm_of_A,
                                                         std::span<double const> b, std::span<double> x,
                                                         krylov_options const& options);

}  // namespace poise::linear::detail
