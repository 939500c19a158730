// SPDX-License-Identifier: MIT
// Private to src/: the part of a grid that a block of threads takes through the stages of a sweep.
#pragma once

#include "cuda/multigrid/operators.hpp"

namespace poise::cuda::detail {

/// A rectangle of x and y, which a block follows along z, plane by plane, with what lies around it: the stages that
/// come first reach `halo` points further, so that blocks depend on no other. Flat: a stretch of x alone. T: what it is
/// computed in.
template <bool Flat, class T>
struct tile_shape {
    static constexpr int n_threads = 256;
    static constexpr int nx = Flat ? 512 : sizeof(T) == 4 ? 64 : 32, ny = Flat ? 1 : 16;
    static constexpr int halo = 3, halo_y = Flat ? 0 : halo;
    static constexpr int width = nx + 2 * halo, height = ny + 2 * halo_y;
    static constexpr int n_cells = width * height;
    /// Planes that a block follows: as many more as lie around them are read again.
    static constexpr int planes = Flat ? 128 : 64;

    /// Of the cell of a plane whose x and y, counted from the tile's first point, may be negative.
    POISE_ON_GPUS_TOO static int cell(int x, int y) { return (y + halo_y) * width + x + halo; }
};

/// The first x and y of a block's tile and its planes [z0, z1).
template <bool Flat, class T>
struct tile {
    using shape = tile_shape<Flat, T>;
    int x0, y0, z0, z1;

    POISE_ON_GPUS_TOO tile(grid_view<T> const& grid, int index) {
        int const nx = (grid.x.n + shape::nx - 1) / shape::nx, ny = (grid.y.n + shape::ny - 1) / shape::ny;
        x0 = index % nx * shape::nx;
        y0 = index / nx % ny * shape::ny;
        z0 = index / nx / ny * shape::planes;
        z1 = z0 + shape::planes < grid.z.n ? z0 + shape::planes : grid.z.n;
    }
    [[nodiscard]] static int count(grid_view<T> const& grid) {
        auto const parts = [](int n, int of) { return (n + of - 1) / of; };
        return parts(grid.x.n, shape::nx) * parts(grid.y.n, shape::ny) * parts(grid.z.n, shape::planes);
    }
};

/// The last planes of a quantity, on the cells of a tile.
template <bool Flat, class T, int N>
class plane_ring {
    using shape = tile_shape<Flat, T>;

public:
    static constexpr std::size_t size = static_cast<std::size_t>(N) * shape::n_cells;

    template <class Block>
    POISE_ON_GPUS_TOO explicit plane_ring(Block& block) : values_{block.template shared<T>(size)} {}
    /// From z >= -halo on.
    POISE_ON_GPUS_TOO T* plane(int z) const { return values_ + (z + 2 * N) % N * shape::n_cells; }

private:
    T* values_;
};

/// Calls act(x, y) for this thread's cells of one colour on a plane of the tile, `reach` further than the tile itself.
/// Colours alternate from cell to cell, as if a periodic direction never came back.
template <bool Flat, class T, class Act>
POISE_ON_GPUS_TOO void for_colour(tile<Flat, T> const& at, int z, int colour, int reach, int thread, Act const& act) {
    using shape = tile_shape<Flat, T>;
    int const reach_y = Flat ? 0 : reach;
    int const half = shape::nx / 2 + reach, n = half * (shape::ny + 2 * reach_y);
    POISE_NO_UNROLL
    for (int i = thread; i < n; i += shape::n_threads) {
        int const y = i / half - reach_y;
        int const begin = -reach, shift = (begin + at.x0 + at.y0 + y + z + colour) & 1;
        act(begin + 2 * (i % half) + shift, y);
    }
}

/// -1 for what lies outside of the box.
template <bool Flat, class T>
POISE_ON_GPUS_TOO cell_position position_of(grid_view<T> const& grid, tile<Flat, T> const& at, int x, int y, int z) {
    return {grid.x.wrapped(at.x0 + x), grid.y.wrapped(at.y0 + y), grid.z.wrapped(z)};
}

/// Σ couplings times neighbours. below, here, above: planes of a tile.
template <bool Flat, class T>
POISE_ON_GPUS_TOO T around(point_stencil<T> const& A, T const* below, T const* here, T const* above, int cell) {
    T sum = A.x_below * here[cell - 1] + A.x_above * here[cell + 1] + A.z_below * below[cell] + A.z_above * above[cell];
    if constexpr (!Flat)
        sum +=
            A.y_below * here[cell - tile_shape<Flat, T>::width] + A.y_above * here[cell + tile_shape<Flat, T>::width];
    return sum;
}

}  // namespace poise::cuda::detail
