// SPDX-License-Identifier: MIT
// Private to the kernels: rows into the lanes of vectors, one row to a lane, and out of them.
#pragma once

#include "linear/transform/trig_kernel.hpp"

namespace poise::linear::detail::POISE_SIMD_NAMESPACE {

POISE_ALWAYS_INLINE V with_sign(V v, bool minus) { return minus ? -v : v; }

/// Columns [column, column + width) of n rows; zeros where there are none. Tile: W rows of W columns.
POISE_ALWAYS_INLINE void load_tile(V* t, double const* rows, std::ptrdiff_t stride, int n, int width) {
    if (n == W && width == W) {
#pragma GCC unroll 8
        for (int i = 0; i < W; ++i) t[i] = load(rows + i * stride);
    } else {
#pragma GCC unroll 8
        for (int i = 0; i < W; ++i) t[i] = i < n ? load_part(rows + i * stride, width) : V{};
    }
}
POISE_ALWAYS_INLINE void store_tile(V const* t, double* rows, std::ptrdiff_t stride, int n, int width) {
    if (n == W && width == W) {
#pragma GCC unroll 8
        for (int i = 0; i < W; ++i) store(rows + i * stride, t[i]);
    } else {
#pragma GCC unroll 8
        for (int i = 0; i < W; ++i)
            if (i < n) store_part(rows + i * stride, t[i], width);
    }
}
POISE_ALWAYS_INLINE int width_at(int column, int n_columns) { return n_columns - column < W ? n_columns - column : W; }

/// Rows of the box (n <= W of them) into lanes, points in their places for the transform along x.
inline void rows_to_lanes(axis_plan const& x, double const* rows, int n, V* lanes, double* squares) {
    lane_sum sums[W];
    for (int column = 0; column < x.n; column += W) {
        V t[W];
        load_tile(t, rows + column, x.n, n, width_at(column, x.n));
#pragma GCC unroll 8
        for (int i = 0; i < W; ++i) sums[i].add(column, t[i] * t[i]);
        transpose(t);
#pragma GCC unroll 8
        for (int i = 0; i < W; ++i) lanes[x.point_in[column + i]] = with_sign(t[i], x.alternating && i % 2 != 0);
    }
    for (int i = 0; i < n; ++i) squares[i] = sums[i].total();
}

inline void lanes_to_rows(axis_plan const& x, V const* lanes, double* rows, int n) {
    for (int column = 0; column < x.n; column += W) {
        V t[W];
#pragma GCC unroll 8
        for (int i = 0; i < W; ++i) t[i] = with_sign(lanes[x.point_out[column + i]], x.alternating && i % 2 != 0);
        transpose(t);
        store_tile(t, rows + column, x.n, n, width_at(column, x.n));
    }
}

}  // namespace poise::linear::detail::POISE_SIMD_NAMESPACE
