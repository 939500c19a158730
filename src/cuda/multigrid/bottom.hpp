// SPDX-License-Identifier: MIT
// Private to src/: all small grids of a multigrid hierarchy, by one block of threads.
#pragma once

#include "cuda/multigrid/operators.hpp"

namespace poise::cuda::detail {

/// Solves with the first of these grids, nearly: by an F-cycle and a V-cycle, with a sweep before each coarser grid and
/// one after it; where the first colour is black, by one V-cycle, which is symmetric. All numbers but those of the
/// operators lie in the memory that the threads share.
template <class T, class Operator = sum_of_directions<T>>
struct bottom {
    static constexpr int n_threads = 512, n_resident = 1;
    static constexpr int most_grids = 12;
    static constexpr std::size_t most_shared_bytes = 64 * 1024;

    grid_view<T> grids[most_grids];
    Operator A[most_grids];
    int n_grids;
    T const* b;  ///< of the first
    T* x;        ///< likewise
    T const* coarsest_inverse;
    T omega;
    int first;  ///< colour of descents

    static constexpr char const* name = "small grids";
    [[nodiscard]] double bytes() const { return 2.0 * sizeof(T) * static_cast<double>(grids[0].n_points()); }
    [[nodiscard]] int n_blocks() const { return 1; }
    [[nodiscard]] std::size_t shared_bytes() const {
        std::size_t bytes = 0;
        for (int i = 0; i < n_grids; ++i) bytes += shared_bytes_of(static_cast<std::size_t>(grids[i].n_points()));
        return bytes;
    }
    /// A grid's.
    [[nodiscard]] static std::size_t shared_bytes_of(std::size_t n_points) { return 3 * shared_size<T>(n_points); }

    template <class Block>
    POISE_ON_GPUS_TOO void operator()(Block& block) const {
        vectors of[most_grids];
        POISE_NO_UNROLL
        for (int i = 0; i < n_grids; ++i) {
            auto const n = static_cast<std::size_t>(grids[i].n_points());
            of[i].b = block.template shared<T>(n);
            of[i].x = block.template shared<T>(n);
            of[i].r = block.template shared<T>(n);
        }
        int const n = static_cast<int>(grids[0].n_points());
        block.phase([&](int thread) {
            POISE_NO_UNROLL
            for (int i = thread; i < n; i += n_threads) {
                of[0].b[i] = b[i];
                of[0].x[i] = 0;
            }
        });
        solve(block, of);
        block.phase([&](int thread) {
            POISE_NO_UNROLL
            for (int i = thread; i < n; i += n_threads) x[i] = of[0].x[i];
        });
    }

private:
    struct vectors {
        T *b, *x, *r;
    };

    // In an F-cycle each grid below the first is visited once more, by a V-cycle, when its first visit is over. Without
    // recursion, for which GPUs would need a stack.
    template <class Block>
    POISE_ON_GPUS_TOO void solve(Block& block, vectors* of) const {
        for (int cycle = 0; cycle < (first == 0 ? 2 : 1); ++cycle) {
            bool const is_full = first == 0 && cycle == 0;
            int depth = 0;
            for (; depth + 1 < n_grids; ++depth) descend(block, of, depth);
            solve_coarsest(block, of);
            while (depth > 0) {
                --depth;
                ascend(block, of, depth);
                if (!is_full || depth == 0) continue;
                POISE_NO_UNROLL
                for (int i = depth; i + 1 < n_grids; ++i) descend(block, of, i);
                solve_coarsest(block, of);
                POISE_NO_UNROLL
                for (int i = n_grids - 1; i-- > depth;) ascend(block, of, i);
            }
        }
    }

    template <class Block>
    POISE_ON_GPUS_TOO void descend(Block& block, vectors* of, int depth) const {
        relax(block, of, depth, first, omega);
        relax(block, of, depth, 1 - first, T{1});
        auto const& grid = grids[depth];
        auto const v = of[depth];
        block.phase([&](int thread) {
            for_points(grid, thread, [&](cell_position const& p, int place) {
                auto const row = A[depth].at(grid, p);
                v.r[place] = v.b[place] - row.diagonal * v.x[place] + around(grid, row, p, v.x);
            });
        });
        auto const coarse = of[depth + 1];
        block.phase([&](int thread) {
            for_points(grids[depth + 1], thread, [&](cell_position const& p, int place) {
                coarse.b[place] = restricted(grid, p, v.r);
                coarse.x[place] = 0;
            });
        });
    }
    template <class Block>
    POISE_ON_GPUS_TOO void ascend(Block& block, vectors* of, int depth) const {
        auto const& grid = grids[depth];
        auto const v = of[depth];
        T const* const coarse_x = of[depth + 1].x;
        block.phase([&](int thread) {
            for_points(grid, thread,
                       [&](cell_position const& p, int place) { v.x[place] += correction(grid, p, coarse_x); });
        });
        relax(block, of, depth, 0, T{1});
        relax(block, of, depth, 1, omega);
    }
    template <class Block>
    POISE_ON_GPUS_TOO void relax(Block& block, vectors* of, int depth, int colour, T by) const {
        auto const& grid = grids[depth];
        auto const v = of[depth];
        // Points of one colour are neighbours where a periodic direction has an odd number of them.
        bool const in_place = !is_odd_ring(grid.x) && !is_odd_ring(grid.y) && !is_odd_ring(grid.z);
        T* const to = in_place ? v.x : v.r;
        T const factor = in_place ? by : T{1};
        block.phase([&](int thread) {
            for_points(grid, thread, [&](cell_position const& p, int place) {
                if (((p.x + p.y + p.z) & 1) != colour) return;
                auto const row = A[depth].at(grid, p);
                T const exact = (v.b[place] + around(grid, row, p, v.x)) / row.diagonal;
                to[place] = v.x[place] + factor * (exact - v.x[place]);
            });
        });
        if (in_place) return;
        block.phase([&](int thread) {
            for_points(grid, thread, [&](cell_position const& p, int place) {
                if (((p.x + p.y + p.z) & 1) == colour) v.x[place] = v.r[place];
            });
        });
    }
    template <class Block>
    POISE_ON_GPUS_TOO void solve_coarsest(Block& block, vectors* of) const {
        auto const v = of[n_grids - 1];
        int const n = static_cast<int>(grids[n_grids - 1].n_points());
        block.phase([&](int thread) {
            POISE_NO_UNROLL
            for (int i = thread; i < n; i += n_threads) {
                T sum = 0;
                POISE_NO_UNROLL
                for (int j = 0; j < n; ++j) sum += coarsest_inverse[i * n + j] * v.b[j];
                v.x[i] = sum;
            }
        });
    }

    POISE_ON_GPUS_TOO static bool is_odd_ring(axis_view<T> const& axis) { return axis.is_periodic && axis.n % 2 == 1; }
    template <class Act>
    POISE_ON_GPUS_TOO static void for_points(grid_view<T> const& grid, int thread, Act const& act) {
        int const n = static_cast<int>(grid.n_points());
        POISE_NO_UNROLL
        for (int i = thread; i < n; i += n_threads)
            act(cell_position{i % grid.x.n, i / grid.x.n % grid.y.n, i / grid.x.n / grid.y.n}, i);
    }
    // By one direction after the other: z of y of x.
    POISE_ON_GPUS_TOO static T restricted(grid_view<T> const& grid, cell_position const& p, T const* r) {
        T sum = 0;
        for_weights(grid.z, p.z, [&](int z, T of_z) {
            for_weights(grid.y, p.y, [&](int y, T of_y) {
                for_weights(grid.x, p.x, [&](int x, T of_x) { sum += of_z * of_y * of_x * r[grid.place(x, y, z)]; });
            });
        });
        return sum;
    }
    template <class Use>
    POISE_ON_GPUS_TOO static void for_weights(axis_view<T> const& axis, int coarse, Use const& use) {
        if (!axis.is_halved) return use(coarse, T{1});
        int const i = axis.middle(coarse);
        if (axis.of_below[coarse] != 0) use(axis.wrapped(i - 1), axis.of_below[coarse]);
        use(i, axis.of_middle[coarse]);
        if (axis.of_above[coarse] != 0) use(axis.wrapped(i + 1), axis.of_above[coarse]);
    }
    POISE_ON_GPUS_TOO static T correction(grid_view<T> const& grid, cell_position const& p, T const* coarse_x) {
        interpolation<T> const x{grid.x, p.x}, y{grid.y, p.y}, z{grid.z, p.z};
        auto const in_row = [&](int Y, int Z) {
            T const* const row = coarse_x + grid.coarse_place(0, Y, Z);
            return x.of_below * row[x.below] + x.of_above * row[x.above];
        };
        auto const in_plane = [&](int Z) { return y.of_below * in_row(y.below, Z) + y.of_above * in_row(y.above, Z); };
        return z.of_below * in_plane(z.below) + z.of_above * in_plane(z.above);
    }
};

}  // namespace poise::cuda::detail
