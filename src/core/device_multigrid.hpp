// SPDX-License-Identifier: MIT
// Private to src/: multigrid on a GPU, as linear describes it and uses it, and the leaf cuda does it.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace poise::detail {

/// One direction of a grid: M⁻¹ K by point, and how the coarser grid is come to. A direction that a box does not have
/// is one of a single point without couplings.
struct device_axis {
    std::vector<double> below,
        above;                   ///< couplings of a point with its neighbours; around the end where it is periodic
    std::vector<double> excess;  ///< what the sum of a row has besides
    std::vector<double> share;   ///< M
    bool is_periodic = false;

    bool is_halved = false;    ///< the coarser grid has every second point, from this one on
    std::ptrdiff_t first = 0;  ///< 0 or 1
    /// What a point between coarse ones gets from the one below and the one above it.
    std::vector<double> from_below = {}, from_above = {};
    /// What a coarse point's residual gets from those of the point below it, of itself and of the one above.
    std::vector<double> of_below = {}, of_middle = {}, of_above = {};

    [[nodiscard]] std::size_t n() const noexcept { return share.size(); }
};

/// Σ over d of M_d⁻¹ K_d + shift on a grid.
struct device_grid {
    std::array<device_axis, 3> axes;
    double shift = 0.0;

    [[nodiscard]] std::size_t n_points() const noexcept { return axes[0].n() * axes[1].n() * axes[2].n(); }
};

struct device_multigrid_setup {
    std::vector<device_grid> grids;        ///< the finest one first; two at least
    double scale = 1.0;                    ///< of all these operators: a power of two
    std::vector<double> coarsest_inverse;  ///< of the last grid's operator, by rows
    bool in_single = true;                 ///< precision; residuals and x are double
};

enum class device_cycle {
    v,
    v_twice,
    full,  ///< F: gains what two V do, from a guess that may be far away
};

/// Cycles for A x = b; r = b - A x - mean (shares). For one thread. What CUDA fails to do is thrown as device_lost or
/// device_unavailable.
class device_solve {
public:
    virtual ~device_solve() = default;
    /// scale ‖r‖₂.
    [[nodiscard]] virtual double residual_norm() = 0;
    /// The same, and the sweeps before the coarser grids. of_residual: what scale r is multiplied by for the cycle, so
    /// that single precision holds it: a power of two.
    [[nodiscard]] virtual double begin_cycle(double of_residual) = 0;
    virtual void end_cycle(device_cycle how) = 0;
    [[nodiscard]] virtual double norm_of_x() = 0;
    /// Adds to x what makes this its mean, by shares.
    virtual void set_mean(double mean) = 0;
    /// x, to the processor.
    virtual void get(std::span<double> x) = 0;
};

/// Immutable but for memory that it lends to solves; thread-safe.
class device_multigrid {
public:
    virtual ~device_multigrid() = default;
    /// x: the guess; empty: 0. scale: of b, a power of two, for sums of squares that neither over- nor underflow.
    /// Throws not_enough_device_memory. Must outlive the solve.
    [[nodiscard]] virtual std::unique_ptr<device_solve> begin(std::span<double const> b, std::span<double const> x,
                                                              double scale, double mean) const = 0;
    [[nodiscard]] virtual std::size_t bytes() const = 0;
};

}  // namespace poise::detail
