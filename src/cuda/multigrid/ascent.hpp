// SPDX-License-Identifier: MIT
// Private to src/: the way up of a multigrid cycle on one grid, in one pass over it.
#pragma once

#include "cuda/multigrid/tile.hpp"

namespace poise::cuda::detail {

/// Black points get what the descent left there, computed again, and the coarser grid's correction; then red ones
/// exactly, which need nothing of what was there before, and black ones over-relaxed. After a descent whose first
/// colour is black this is the transpose of its sweep: cycles are symmetric, as conjugate gradients need them, and
/// leave more. Reads b, a coarse x and, where it adds, x, and writes x. Out: double on the finest grid, else T. Stages
/// follow one another from plane to plane as in a descent.
template <bool Flat, class T, class Out, class Operator = sum_of_directions<T>>
struct ascent {
    using shape = tile_shape<Flat, T>;
    static constexpr int n_threads = shape::n_threads, n_resident = 3;

    grid_view<T> grid;
    Operator A;
    T const* b;
    T const* coarse_x;
    Out* x;
    Out const* factor;  ///< of what is written; nullptr: 1
    bool adds;          ///< to what x is
    T omega;
    int first = 0;  ///< colour of the descent

    static constexpr char const* name = "ascent";
    [[nodiscard]] double bytes() const {
        std::size_t const of_point = (1 + Operator::numbers_of_point) * sizeof(T) + (adds ? 2 : 1) * sizeof(Out);
        return static_cast<double>(of_point) * static_cast<double>(grid.n_points()) +
               static_cast<double>(sizeof(T)) * static_cast<double>(grid.n_coarse_points());
    }
    [[nodiscard]] int n_blocks() const { return tile<Flat, T>::count(grid); }
    [[nodiscard]] static std::size_t shared_bytes() {
        return shared_size<T>(6 * shape::n_cells) + shared_size<T>(5 * shape::n_cells);
    }

    template <class Block>
    POISE_ON_GPUS_TOO void operator()(Block& block) const {
        tile<Flat, T> const at{grid, block.index()};
        plane_ring<Flat, T, 6> const e{block};
        plane_ring<Flat, T, 5> const right{block};
        int const begin = at.z0 - shape::halo, end = at.z1 + shape::halo;
        block.phase([&](int thread) { take(at, begin, e, right, thread); });
        for (int k = begin; k < end; ++k) {
            block.phase([&](int thread) {
                if (k - 4 >= at.z0) give(at, k - 4, e, right, thread);
                if (k - 1 >= at.z0 - 2) correct_black(at, k - 1, e, right, thread);
            });
            block.phase([&](int thread) {
                if (k - 2 >= at.z0 - 1) relax_red(at, k - 2, e, right, thread);
                if (k + 1 < end) take(at, k + 1, e, right, thread);
            });
        }
        block.phase([&](int thread) { give(at, end - 4, e, right, thread); });
    }

private:
    template <class E, class Right>
    POISE_ON_GPUS_TOO void take(tile<Flat, T> const& at, int z, E const& e, Right const& right, int thread) const {
        T *const e_plane = e.plane(z), *const b_plane = right.plane(z);
        POISE_NO_UNROLL
        for (int i = thread; i < shape::n_cells; i += n_threads) {
            int const cx = i % shape::width - shape::halo, cy = i / shape::width - shape::halo_y;
            auto const p = position_of(grid, at, cx, cy, z);
            T value = 0, relaxed = 0;
            if (p.is_inside()) {
                value = b[grid.place(p.x, p.y, p.z)];
                bool const is_first = ((at.x0 + cx + at.y0 + cy + z) & 1) == first;
                if (is_first) relaxed = omega * value / A.diagonal(grid, p);
            }
            b_plane[i] = value;
            e_plane[i] = relaxed;
        }
    }

    template <class E, class Right>
    POISE_ON_GPUS_TOO void correct_black(tile<Flat, T> const& at, int z, E const& e, Right const& right,
                                         int thread) const {
        for_colour(at, z, 1, 2, thread, [&](int cx, int cy) {
            auto const p = position_of(grid, at, cx, cy, z);
            if (!p.is_inside()) return;
            T& here = e.plane(z)[shape::cell(cx, cy)];
            here = (first == 1 ? here : exact(p, cx, cy, z, e, right)) + correction(p);
        });
    }
    template <class E, class Right>
    POISE_ON_GPUS_TOO void relax_red(tile<Flat, T> const& at, int z, E const& e, Right const& right, int thread) const {
        for_colour(at, z, 0, 1, thread, [&](int cx, int cy) {
            auto const p = position_of(grid, at, cx, cy, z);
            if (p.is_inside()) e.plane(z)[shape::cell(cx, cy)] = exact(p, cx, cy, z, e, right);
        });
    }
    template <class E, class Right>
    POISE_ON_GPUS_TOO T exact(cell_position const& p, int cx, int cy, int z, E const& e, Right const& right) const {
        point_stencil<T> const row = A.at(grid, p);
        int const cell = shape::cell(cx, cy);
        T const sum = around<Flat>(row, e.plane(z - 1), e.plane(z), e.plane(z + 1), cell);
        return (right.plane(z)[cell] + sum) / row.diagonal;
    }

    POISE_ON_GPUS_TOO T correction(cell_position const& p) const {
        interpolation<T> const in_z{grid.z, p.z};
        T const lower = in_plane(p, in_z.below);
        return in_z.of_above == 0 ? in_z.of_below * lower
                                  : in_z.of_below * lower + in_z.of_above * in_plane(p, in_z.above);
    }
    POISE_ON_GPUS_TOO T in_plane(cell_position const& p, int Z) const {
        if constexpr (Flat) return in_row(p, 0, Z);
        interpolation<T> const in_y{grid.y, p.y};
        T const lower = in_row(p, in_y.below, Z);
        return in_y.of_above == 0 ? in_y.of_below * lower
                                  : in_y.of_below * lower + in_y.of_above * in_row(p, in_y.above, Z);
    }
    POISE_ON_GPUS_TOO T in_row(cell_position const& p, int Y, int Z) const {
        interpolation<T> const in_x{grid.x, p.x};
        T const* const row = coarse_x + grid.coarse_place(0, Y, Z);
        return in_x.of_below * row[in_x.below] + in_x.of_above * row[in_x.above];
    }

    // The last half of the sweep goes where all of it belongs.
    template <class E, class Right>
    POISE_ON_GPUS_TOO void give(tile<Flat, T> const& at, int z, E const& e, Right const& right, int thread) const {
        Out const times = factor == nullptr ? Out{1} : *factor;
        POISE_NO_UNROLL
        for (int i = thread; i < shape::nx * shape::ny; i += n_threads) {
            int const cx = i % shape::nx, cy = i / shape::nx, gx = at.x0 + cx, gy = at.y0 + cy;
            if (gx >= grid.x.n || gy >= grid.y.n) continue;
            int const cell = shape::cell(cx, cy);
            T value = e.plane(z)[cell];
            if (((gx + gy + z) & 1) == 1) value = (1 - omega) * value + omega * exact({gx, gy, z}, cx, cy, z, e, right);
            std::ptrdiff_t const place = grid.place(gx, gy, z);
            x[place] = (adds ? x[place] : Out{0}) + times * static_cast<Out>(value);
        }
    }
};

}  // namespace poise::cuda::detail
