// SPDX-License-Identifier: MIT
// Private to src/: the right-hand side that a descent begins with, point by point.
#pragma once

#include "cuda/multigrid/tile.hpp"

namespace poise::cuda::detail {

/// What changes from one cycle to the next, in the memory of the GPU.
struct cycle_numbers {
    double scale = 1.0;        ///< of residuals
    double of_residual = 1.0;  ///< what scaled residuals are multiplied by for a cycle
    double back = 1.0;         ///< what its corrections are multiplied by
    double mean = 0.0;         ///< to be taken out of b, by shares
};

/// The finest grid as its owner has it, in double precision; diagonal is what a row's sum is besides its couplings.
struct finest_system {
    grid_view<double> grid;
    double const *share_x = nullptr, *share_y = nullptr, *share_z = nullptr;
    double const* b = nullptr;
    double const* x = nullptr;  ///< nullptr: 0
    cycle_numbers const* numbers = nullptr;
    double over_scale = 1.0;  ///< the operators' own scale is taken back

    POISE_ON_GPUS_TOO double share(cell_position const& p) const { return share_x[p.x] * share_y[p.y] * share_z[p.z]; }
    /// Of one direction: (K x) / M. Neighbours that are none are the point itself, which their couplings make nothing
    /// of.
    POISE_ON_GPUS_TOO double drop(axis_view<double> const& axis, int i, double const* at, std::ptrdiff_t stride,
                                  double here) const {
        std::ptrdiff_t const around = axis.is_periodic ? (axis.n - 1) * stride : 0;
        double const below = at[i > 0 ? -stride : around], above = at[i + 1 < axis.n ? stride : -around];
        return axis.diagonal[i] * here + (axis.below[i] * (here - below) + axis.above[i] * (here - above));
    }
    /// scale r.
    POISE_ON_GPUS_TOO double residual(cell_position const& p) const {
        std::ptrdiff_t const place = grid.place(p.x, p.y, p.z);
        double lost = numbers->mean;
        if (x != nullptr) {
            double const here = x[place];
            std::ptrdiff_t const of_row = grid.x.n, of_plane = of_row * grid.y.n;
            lost += over_scale * (drop(grid.x, p.x, x + place, 1, here) + drop(grid.y, p.y, x + place, of_row, here) +
                                  drop(grid.z, p.z, x + place, of_plane, here));
        }
        return numbers->scale * (b[place] - share(p) * lost);
    }
};

/// Of the finest grid: residuals, which are kept for the ascent.
template <class T>
struct finest_source {
    finest_system system;
    T* kept;
    static constexpr bool measures = true;
    [[nodiscard]] double bytes_of_point() const {
        return static_cast<double>((system.x == nullptr ? 1 : 2) * sizeof(double) + sizeof(T));
    }

    /// is_own: whether the point is of the block's own part. square: to which its residual's is added.
    POISE_ON_GPUS_TOO T operator()(cell_position const& p, bool is_own, double* square) const {
        double const r = system.residual(p);
        T const value = static_cast<T>(system.numbers->of_residual * r / system.share(p));
        if (is_own) {
            *square += r * r;
            kept[system.grid.place(p.x, p.y, p.z)] = value;
        }
        return value;
    }
};

/// Of a coarser grid whose x is 0: its right-hand side.
template <class T>
struct right_hand_side {
    grid_view<T> grid;
    T const* b;
    static constexpr bool measures = false;
    [[nodiscard]] static double bytes_of_point() { return sizeof(T); }

    POISE_ON_GPUS_TOO T operator()(cell_position const& p, bool, double*) const { return b[grid.place(p.x, p.y, p.z)]; }
};

/// Of a coarser grid that is visited again: residuals, which are kept for the ascent.
template <class T, class Operator>
struct residual_again {
    grid_view<T> grid;
    Operator A;
    T const *b, *x;
    T* kept;
    static constexpr bool measures = false;
    [[nodiscard]] static double bytes_of_point() { return 3 * sizeof(T); }

    POISE_ON_GPUS_TOO T operator()(cell_position const& p, bool is_own, double*) const {
        std::ptrdiff_t const place = grid.place(p.x, p.y, p.z);
        point_stencil<T> const row = A.at(grid, p);
        T const r = b[place] - row.diagonal * x[place] + around(grid, row, p, x);
        if (is_own) kept[place] = r;
        return r;
    }
};

}  // namespace poise::cuda::detail
