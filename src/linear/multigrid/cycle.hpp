// SPDX-License-Identifier: MIT
// Private to src/linear: what a multigrid cycle does on one level.
#pragma once

#include "linear/multigrid/level.hpp"

#include <span>

namespace poise::linear::detail {

/// Arrays of a level, its border included, in a cycle.
struct level_vectors {
    std::vector<double> x, b, r;
};

/// One sweep of Gauss–Seidel in 2^D colours, those with odd coordinates first, or in the opposite order.
template <std::size_t D>
void smooth(multigrid_level<D> const& level, std::span<double const> b, std::span<double> x, bool backwards);

/// r = b - A x.
template <std::size_t D>
void residual(multigrid_level<D> const& level, std::span<double const> b, std::span<double const> x,
              std::span<double> r);

/// coarse_b = Pᵀ r.
template <std::size_t D>
void restrict_to(multigrid_level<D> const& fine, multigrid_level<D> const& coarse, std::span<double const> r,
                 std::span<double> coarse_b);

/// x += P coarse_x.
template <std::size_t D>
void prolong(multigrid_level<D> const& fine, multigrid_level<D> const& coarse, std::span<double const> coarse_x,
             std::span<double> x);

}  // namespace poise::linear::detail
