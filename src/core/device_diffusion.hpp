// SPDX-License-Identifier: MIT
// Private to src/: conjugate gradients on a GPU for matrices whose coefficients vary, as linear describes and uses
// them.
#pragma once

#include "core/device_multigrid.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace poise::detail {

/// A symmetric matrix on a grid, x fastest: what couples a point with the next one of each direction, around the end of
/// a periodic one; 0 where there is no next one. Of a direction that a box does not have, nothing.
struct device_matrix {
    std::vector<double> diagonal;
    std::array<std::vector<double>, 3> to_next;
};

struct device_diffusion_setup {
    /// The finest one first, two at least: numbers of points, and how the coarser grid is come to; `of_…` are the
    /// transpose of `from_…`. The matrices are in `matrices`.
    std::vector<device_grid> grids;
    std::vector<device_matrix> matrices;
    double scale = 1.0;                    ///< of cycles: a power of two that brings the matrices near 1
    std::vector<double> coarsest_inverse;  ///< of the last matrix times scale, by rows
    bool in_single = true;                 ///< precision of cycles
};

/// Of one solve, for one thread; throws as device_solve does.
class device_iteration {
public:
    virtual ~device_iteration() = default;
    struct step {
        double residual_norm;  ///< as the method has it
        double curvature;      ///< pᵀA p
        double rho;            ///< of the preconditioned residual with the residual
    };
    /// r = b - A x; ‖r‖₂. The next direction is anew.
    [[nodiscard]] virtual double restart() = 0;
    /// Where rho or the curvature is not positive, x stays as it is.
    [[nodiscard]] virtual step iterate() = 0;
    [[nodiscard]] virtual double norm_of_x() = 0;
    virtual void get(std::span<double> x) = 0;
};

/// Flexible conjugate gradients, preconditioned by a multigrid cycle. Immutable but for memory that it lends;
/// thread-safe. Source: Notay (2000), SIAM J. Sci. Comput. 22, 1444.
class device_diffusion {
public:
    virtual ~device_diffusion() = default;
    /// x: the guess; empty: 0.
    [[nodiscard]] virtual std::unique_ptr<device_iteration> begin(std::span<double const> b,
                                                                  std::span<double const> x) const = 0;
    [[nodiscard]] virtual std::size_t bytes() const = 0;
};

}  // namespace poise::detail
