// SPDX-License-Identifier: MIT
// Private to src/: the way down of a multigrid cycle on one grid, in one pass over it.
#pragma once

#include "cuda/multigrid/source.hpp"
#include "cuda/multigrid/sums.hpp"
#include "cuda/multigrid/tile.hpp"

namespace poise::cuda::detail {

/// From x = 0: points of the first colour over-relaxed; those of the other exactly; the residuals, which only the first
/// ones have then, to the coarser grid's right-hand side. x is not written: the ascent computes what it
/// needs of it again. Reads a word a point and writes 2^-D of one, besides what the source does. Plane k is taken in
/// while other points of plane k - 2 and residuals of plane k - 3 are computed: a stage reaches one point less far than
/// the one before it.
template <bool Flat, class T, class Source, class Operator = sum_of_directions<T>>
struct descent {
    using shape = tile_shape<Flat, T>;
    static constexpr int n_threads = shape::n_threads, n_resident = 3;
    static constexpr int n_sums = shape::nx * shape::ny / n_threads;  ///< coarse points of a thread, at most

    grid_view<T> grid;
    Operator A;
    Source source;
    T* coarse_b;
    double* squares;  ///< by block, of the source's residuals
    T omega;
    int first = 0;  ///< colour: 0 of points whose coordinates have an even sum, red; 1 of the others, black

    static constexpr char const* name = "descent";
    [[nodiscard]] double bytes() const {
        double const of_point = source.bytes_of_point() + Operator::numbers_of_point * static_cast<double>(sizeof(T));
        return of_point * static_cast<double>(grid.n_points()) +
               static_cast<double>(sizeof(T)) * static_cast<double>(grid.n_coarse_points());
    }
    [[nodiscard]] int n_blocks() const { return tile<Flat, T>::count(grid); }
    [[nodiscard]] static std::size_t shared_bytes() {
        std::size_t const planes = shared_size<T>(5 * shape::n_cells) + shared_size<T>(4 * shape::n_cells) +
                                   shared_size<T>(shape::n_cells) + shared_size<T>(n_sums * n_threads);
        return planes + (Source::measures ? shared_size<double>(n_threads) : 0);
    }

    template <class Block>
    POISE_ON_GPUS_TOO void operator()(Block& block) const {
        tile<Flat, T> const at{grid, block.index()};
        plane_ring<Flat, T, 5> const x{block};
        plane_ring<Flat, T, 4> const b{block};
        T* const r = block.template shared<T>(shape::n_cells);
        double* of_threads = nullptr;
        if constexpr (Source::measures) {
            of_threads = block.template shared<double>(n_threads);
            block.phase([&](int thread) { of_threads[thread] = 0.0; });
        }
        // What coarse points have got from the planes so far, n_sums of each thread.
        T* const sums = block.template shared<T>(n_sums * n_threads);
        int const begin = at.z0 - shape::halo, end = at.z1 + shape::halo;
        block.phase([&](int thread) { take(at, begin, x, b, of_threads, thread); });
        for (int k = begin; k < end; ++k) {
            block.phase([&](int thread) {
                if (k - 3 >= at.z0 - 1) restrict_plane(at, k - 3, r, sums, thread);
                if (k - 1 >= at.z0 - 2) relax_second(at, k - 1, x, b, thread);
            });
            block.phase([&](int thread) {
                if (k - 2 >= at.z0 - 1) leave(at, k - 2, x, b, r, thread);
                if (k + 1 < end) take(at, k + 1, x, b, of_threads, thread);
            });
        }
        block.phase([&](int thread) { restrict_plane(at, end - 3, r, sums, thread); });
        if constexpr (Source::measures) sum_threads<n_threads>(block, of_threads, squares[block.index()]);
    }

private:
    template <class X, class B>
    POISE_ON_GPUS_TOO void take(tile<Flat, T> const& at, int z, X const& x, B const& b, double* squares_of,
                                int thread) const {
        T *const x_plane = x.plane(z), *const b_plane = b.plane(z);
        POISE_NO_UNROLL
        for (int i = thread; i < shape::n_cells; i += n_threads) {
            int const cx = i % shape::width - shape::halo, cy = i / shape::width - shape::halo_y;
            auto const p = position_of(grid, at, cx, cy, z);
            T value = 0, relaxed = 0;
            if (p.is_inside()) {
                bool const is_own = cx >= 0 && cx < shape::nx && at.x0 + cx < grid.x.n && cy >= 0 && cy < shape::ny &&
                                    at.y0 + cy < grid.y.n && z >= at.z0 && z < at.z1;
                value = source(p, is_own, Source::measures ? squares_of + thread : nullptr);
                bool const is_first = ((at.x0 + cx + at.y0 + cy + z) & 1) == first;
                if (is_first) relaxed = omega * value / A.diagonal(grid, p);
            }
            b_plane[i] = value;
            x_plane[i] = relaxed;
        }
    }

    template <class X, class B>
    POISE_ON_GPUS_TOO void relax_second(tile<Flat, T> const& at, int z, X const& x, B const& b, int thread) const {
        for_colour(at, z, 1 - first, 2, thread, [&](int cx, int cy) {
            auto const p = position_of(grid, at, cx, cy, z);
            if (!p.is_inside()) return;
            point_stencil<T> const row = A.at(grid, p);
            int const cell = shape::cell(cx, cy);
            T const sum = around<Flat>(row, x.plane(z - 1), x.plane(z), x.plane(z + 1), cell);
            x.plane(z)[cell] = (b.plane(z)[cell] + sum) / row.diagonal;
        });
    }

    // The residuals of a plane.
    template <class X, class B>
    POISE_ON_GPUS_TOO void leave(tile<Flat, T> const& at, int z, X const& x, B const& b, T* r, int thread) const {
        for_colour(at, z, first, 1, thread, [&](int cx, int cy) {
            auto const p = position_of(grid, at, cx, cy, z);
            int const cell = shape::cell(cx, cy);
            r[cell] = 0;
            if (!p.is_inside()) return;
            point_stencil<T> const row = A.at(grid, p);
            T const sum = around<Flat>(row, x.plane(z - 1), x.plane(z), x.plane(z + 1), cell);
            r[cell] = b.plane(z)[cell] + sum - row.diagonal * x.plane(z)[cell];
        });
        for_colour(at, z, 1 - first, 1, thread, [&](int cx, int cy) { r[shape::cell(cx, cy)] = 0; });
    }

    // What a plane's residuals give to the coarse planes around it; one that has got all is written.
    POISE_ON_GPUS_TOO void restrict_plane(tile<Flat, T> const& at, int z, T const* r, T* sums, int thread) const {
        int const across = grid.x.is_halved ? shape::nx / 2 : shape::nx,
                  up = grid.y.is_halved ? shape::ny / 2 : shape::ny;
        int const x0 = grid.x.is_halved ? at.x0 / 2 : at.x0, y0 = grid.y.is_halved ? at.y0 / 2 : at.y0;
        bool const is_middle = !grid.z.is_halved || ((z - grid.z.first) & 1) == 0;
        POISE_NO_UNROLL
        for (int i = thread; i < across * up; i += n_threads) {
            int const X = x0 + i % across, Y = y0 + i / across;
            if (X >= grid.x.n_coarse || Y >= grid.y.n_coarse) continue;
            T const sum = restricted(at, X, Y, r);
            if (!grid.z.is_halved) {
                if (z >= at.z0 && z < at.z1) coarse_b[grid.coarse_place(X, Y, z)] = sum;
                continue;
            }
            if (is_middle) {
                int const Z = (z - grid.z.first) / 2;
                if (z >= at.z0 && z < at.z1) sums[i] += grid.z.of_middle[Z] * sum;
                continue;
            }
            int const above = (z + 1 - grid.z.first) / 2, below = above - 1;  // coarse planes
            if (z > at.z0 && grid.z.middle(below) >= at.z0)
                coarse_b[grid.coarse_place(X, Y, below)] = sums[i] + grid.z.of_above[below] * sum;
            sums[i] = z + 1 < at.z1 ? grid.z.of_below[above] * sum : T{0};
        }
    }
    POISE_ON_GPUS_TOO T restricted(tile<Flat, T> const& at, int X, int Y, T const* r) const {
        int const cy = grid.y.middle(Y) - at.y0, cx = grid.x.middle(X) - at.x0;
        if constexpr (Flat) return along_x(X, r + shape::cell(cx, cy));
        if (!grid.y.is_halved) return along_x(X, r + shape::cell(cx, cy));
        return grid.y.of_below[Y] * along_x(X, r + shape::cell(cx, cy - 1)) +
               grid.y.of_middle[Y] * along_x(X, r + shape::cell(cx, cy)) +
               grid.y.of_above[Y] * along_x(X, r + shape::cell(cx, cy + 1));
    }
    POISE_ON_GPUS_TOO T along_x(int X, T const* r) const {
        if (!grid.x.is_halved) return *r;
        return grid.x.of_below[X] * r[-1] + grid.x.of_middle[X] * r[0] + grid.x.of_above[X] * r[1];
    }
};

}  // namespace poise::cuda::detail
