// SPDX-License-Identifier: MIT
// Private to src/: which method for a matrix.
#pragma once

#include "pde/solving.hpp"

#include <poise/linear/diffusion_operator.hpp>

#include <string>

namespace poise::pde::detail {

/// Of coefficients that vary. has_factor: that the matrix has one worth something. It costs O(n^{3/2}) operations in 2D
/// and O(n²) in 3D, conjugate gradients about n^{1/D} iterations.
template <std::size_t D>
[[nodiscard]] choice choose(grid::cartesian<D> const& domain, grid::condition_kinds<D> const& kinds, bool has_factor,
                            std::string const& what, solve_options const& options) {
    if (options.method != method::automatic) return {options.method, {}};
    if (options.device.is_cuda()) return {method::multigrid, what + ", on a GPU"};
    if (options.backend != linear::cholesky_backend::automatic)
        return {method::direct, "a backend of the factorisation is named"};
    bool const goes_around = is_periodic<D>(kinds);
    double n_unknowns = 1.0;
    for (auto const& axis : grid::axis_stencils(domain, kinds)) n_unknowns *= static_cast<double>(axis.n);
    constexpr double most = D == 1 ? 1e7 : D == 2 ? 1e6 : 8e3;
    bool const is_small = has_factor && n_unknowns <= most;
    bool const is_hard_for_multigrid = D == 1 || stretching(domain) > most_stretching_for_cycles;
    if (is_small && (goes_around || is_hard_for_multigrid)) return {method::direct, what + ", and a factor is small"};
    if (!goes_around) return {method::multigrid, what};
    return {method::conjugate_gradients,
            what + (has_factor ? ", periodic, and a factor would be large" : ", periodic and singular")};
}

[[nodiscard]] inline linear::preparation preparation_of(method by) {
    return by == method::direct      ? linear::preparation::factor
           : by == method::multigrid ? linear::preparation::multigrid
                                     : linear::preparation::nothing;
}

}  // namespace poise::pde::detail
