// SPDX-License-Identifier: MIT
// Private to the kernels: boxes of one and two dimensions, W rows at a time. A row is read and written once each way.
#pragma once

#include "linear/transform/residual_kernel.hpp"
#include "linear/transform/sweep_kernel.hpp"
#include "linear/transform/tile_kernel.hpp"

namespace poise::linear::detail::POISE_SIMD_NAMESPACE {

/// Lines [line, line + W) of a block of modes, of which n_inner are swept forwards and the one behind may be the
/// separator; n_inner is W in the middle of a strip.
POISE_ALWAYS_INLINE void sweep_forward(sweep_plan const& sweep, strip_state const& state, int line, int n_inner,
                                       bool separator, std::ptrdiff_t at, V* t) {
    V const r = load(sweep.ratio + at), scale = load(sweep.scale + at);
    V const weight = r * scale;
    V d{};
    if (line > 0) d = load(state.last + at);
    if (line < sweep.reach[at / W]) {
        V sum{};
        if (line > 0) sum = load(state.first + at);
        V power = power_of(r, line);
#pragma GCC unroll 8
        for (int i = 0; i < W; ++i)
            if (i < n_inner) {
                t[i] = d = r * d + weight * t[i];
                sum += power * d;
                power *= r;
            }
        store(state.first + at, sum);
    } else if (n_inner == W) {
#pragma GCC unroll 8
        for (int i = 0; i < W; ++i) t[i] = d = r * d + weight * t[i];
    } else {
        for (int i = 0; i < n_inner; ++i) t[i] = d = r * d + weight * t[i];
    }
    store(state.last + at, d);
    if (separator) store(state.separator + at, scale * t[n_inner]);
}

/// The same lines backwards. first: the first call for this block, with the strip's last lines.
POISE_ALWAYS_INLINE void sweep_backward(sweep_plan const& sweep, strip_state const& state, int line, int n_inner,
                                        bool first, std::ptrdiff_t at, V* t) {
    V const r = load(sweep.ratio + at);
    V u = load((first ? state.separator : state.last) + at);
    if (n_inner < W) t[n_inner] = u;
    if (line < sweep.reach[at / W]) {
        V const Y = load(state.first + at);
        V power = power_of(r, line);
#pragma GCC unroll 8
        for (int i = 0; i < W; ++i) {
            power *= r;
            if (i < n_inner) t[i] += Y * power;
        }
    }
    if (n_inner == W) {
#pragma GCC unroll 8
        for (int i = W - 1; i >= 0; --i) t[i] = u = t[i] + r * u;
    } else {
        for (int i = n_inner - 1; i >= 0; --i) t[i] = u = t[i] + r * u;
    }
    store(state.last + at, u);
}

inline void forward_rows(box_plan const& plan, box_arrays const& arrays, int strip, V* lanes) {
    axis_plan const& x = *plan.x;
    sweep_plan const& sweep = plan.sweep;
    strip_state const state = state_of(sweep, arrays.state, strip);
    int const begin = sweep.first_line(strip), end = sweep.end_line(strip), inner_end = begin + sweep.n_inner(strip);
    for (int line = begin; line < end; line += W) {
        int const n = end - line < W ? end - line : W;
        int const n_inner = inner_end - line < n ? inner_end - line : n;
        double* const tiles = arrays.x + std::ptrdiff_t{line} * x.n;
        rows_to_lanes(x, arrays.b + std::ptrdiff_t{line} * x.n, n, lanes, arrays.b_squares + line);
        std::ptrdiff_t const next = line + W < end ? std::ptrdiff_t{W} * x.n : 0;
        forward(x, lanes, {arrays.b + std::ptrdiff_t{line + W} * x.n, next, tiles, std::ptrdiff_t{n} * x.n});
        for (int column = 0; column < x.n; column += W) {
            V t[W];
#pragma GCC unroll 8
            for (int i = 0; i < W; ++i) t[i] = lanes[x.mode_out[column + i]];
            transpose(t);
            if (column == sweep.constant_mode / W * W && sweep.constant_mode >= 0)
                for (int i = 0; i < n; ++i) arrays.constant_lines[line + i] = t[i][sweep.constant_mode % W];
            if (n_inner == W)
                sweep_forward(sweep, state, line - begin, W, false, column, t);
            else
                sweep_forward(sweep, state, line - begin, n_inner, n > n_inner, column, t);
            int const width = width_at(column, x.n);
            store_tile(t, tiles + std::ptrdiff_t{column} * n, width, n, width);
        }
    }
}

inline void backward_rows(box_plan const& plan, box_arrays const& arrays, int strip, V* lanes) {
    axis_plan const& x = *plan.x;
    sweep_plan const& sweep = plan.sweep;
    strip_state const state = state_of(sweep, arrays.state, strip);
    int const begin = sweep.first_line(strip), end = sweep.end_line(strip), inner_end = begin + sweep.n_inner(strip);
    int const last = begin + (end - 1 - begin) / W * W;
    for (int line = last; line >= begin; line -= W) {
        int const n = end - line < W ? end - line : W;
        int const n_inner = inner_end - line < n ? inner_end - line : n;
        double* const tiles = arrays.x + std::ptrdiff_t{line} * x.n;
        for (int column = 0; column < x.n; column += W) {
            V t[W];
            int const width = width_at(column, x.n);
            load_tile(t, tiles + std::ptrdiff_t{column} * n, width, n, width);
            if (n_inner == W)
                sweep_backward(sweep, state, line - begin, W, line == last, column, t);
            else
                sweep_backward(sweep, state, line - begin, n_inner, line == last, column, t);
            if (column == sweep.constant_mode / W * W && sweep.constant_mode >= 0)
                for (int i = 0; i < n; ++i) t[i][sweep.constant_mode % W] = arrays.constant_lines[line + i];
            transpose(t);
#pragma GCC unroll 8
            for (int i = 0; i < W; ++i) lanes[x.mode_in[column + i]] = t[i];
        }
        std::ptrdiff_t const next = line > begin ? std::ptrdiff_t{W} * x.n : 0;
        backward(x, lanes,
                 {arrays.b + std::ptrdiff_t{line + 1} * x.n, std::ptrdiff_t{n - 1} * x.n, tiles - next, next});
        lanes_to_rows(x, lanes, tiles, n);
        int const last_known = line + W < end - 2 ? line + W : end - 2;
        for (int known = line + 1; known <= last_known; ++known) residual_line(plan, arrays, known, nullptr);
    }
}

}  // namespace poise::linear::detail::POISE_SIMD_NAMESPACE
