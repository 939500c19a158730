// SPDX-License-Identifier: MIT
// Private to src/: a grid of a multigrid hierarchy as the threads of a GPU see it.
#pragma once

#include "cuda/phased.hpp"

#include <cstddef>

namespace poise::cuda::detail {

/// One direction: poise::detail::device_axis, as T, in the memory of the GPU. n_coarse == n where it is not halved.
template <class T>
struct axis_view {
    int n = 1, n_coarse = 1, first = 0;
    bool is_periodic = false, is_halved = false;
    T const *below = nullptr, *above = nullptr, *diagonal = nullptr;
    T const *from_below = nullptr, *from_above = nullptr;
    T const *of_below = nullptr, *of_middle = nullptr, *of_above = nullptr;

    /// i, or where it comes back to in a periodic direction; -1 outside of the box.
    POISE_ON_GPUS_TOO int wrapped(int i) const {
        if (i >= 0 && i < n) return i;
        if (!is_periodic) return -1;
        i %= n;
        return i < 0 ? i + n : i;
    }
    /// The fine point that a coarse one is.
    POISE_ON_GPUS_TOO int middle(int coarse) const { return is_halved ? 2 * coarse + first : coarse; }
};

/// x fastest; the second direction is that of a box's rows and has one point where boxes are flat.
template <class T>
struct grid_view {
    axis_view<T> x, y, z;

    POISE_ON_GPUS_TOO std::ptrdiff_t place(int i, int j, int k) const {
        return (static_cast<std::ptrdiff_t>(k) * y.n + j) * x.n + i;
    }
    POISE_ON_GPUS_TOO std::ptrdiff_t n_points() const { return static_cast<std::ptrdiff_t>(x.n) * y.n * z.n; }
    [[nodiscard]] std::ptrdiff_t n_coarse_points() const {
        return static_cast<std::ptrdiff_t>(x.n_coarse) * y.n_coarse * z.n_coarse;
    }
    POISE_ON_GPUS_TOO std::ptrdiff_t coarse_place(int i, int j, int k) const {
        return (static_cast<std::ptrdiff_t>(k) * y.n_coarse + j) * x.n_coarse + i;
    }
};

/// A point of a grid.
struct cell_position {
    int x, y, z;
    POISE_ON_GPUS_TOO bool is_inside() const { return x >= 0 && y >= 0 && z >= 0; }
};

/// What a point between coarse ones takes from these, along one direction: at most two.
template <class T>
struct interpolation {
    int below, above;  ///< coarse points; the same where there is one
    T of_below, of_above;

    POISE_ON_GPUS_TOO interpolation(axis_view<T> const& axis, int i) : below{i}, above{i}, of_below{1}, of_above{0} {
        if (!axis.is_halved) return;
        if ((i - axis.first) % 2 == 0) {
            below = above = (i - axis.first) / 2;
            return;
        }
        int const lower = (i - 1 - axis.first) / 2, upper = i < axis.first ? 0 : lower + 1;
        of_below = axis.from_below[i];
        of_above = axis.from_above[i];
        below = i < axis.first ? 0 : lower;
        above = upper < axis.n_coarse ? upper : axis.is_periodic ? 0 : below;
    }
};

}  // namespace poise::cuda::detail
