// SPDX-License-Identifier: MIT
// Private to the kernels: boxes of three dimensions, a plane at a time. A plane is read and written once each way;
// within it, panels of W modes of x lie one behind the other, the vectors of a panel along y.
#pragma once

#include "linear/transform/residual_kernel.hpp"
#include "linear/transform/sweep_kernel.hpp"
#include "linear/transform/tile_kernel.hpp"

namespace poise::linear::detail::POISE_SIMD_NAMESPACE {

inline std::ptrdiff_t lanes_of_plane(box_plan const& plan) {
    return plan.x->workspace > plan.y->workspace ? plan.x->workspace : plan.y->workspace;
}

/// sweep_forward() of one line: what is to be kept of it.
POISE_ALWAYS_INLINE V sweep_line_forward(sweep_plan const& sweep, strip_state const& state, int line, std::ptrdiff_t at,
                                         V f) {
    V const r = load(sweep.ratio + at);
    V const weight = r * load(sweep.scale + at);
    V d = weight * f;
    if (line > 0) d = r * load(state.last + at) + d;
    if (line < sweep.reach[at / W]) {
        V const term = power_of_line(r, line) * d;
        store(state.first + at, line > 0 ? load(state.first + at) + term : term);
    }
    store(state.last + at, d);
    return d;
}

POISE_ALWAYS_INLINE V sweep_line_backward(sweep_plan const& sweep, strip_state const& state, int line, bool first,
                                          std::ptrdiff_t at, V d) {
    V const r = load(sweep.ratio + at);
    V const below = load((first ? state.separator : state.last) + at);
    if (line < sweep.reach[at / W]) d += load(state.first + at) * power_of_line(r, line + 1);
    V const u = d + r * below;
    store(state.last + at, u);
    return u;
}

inline void forward_planes(box_plan const& plan, box_arrays const& arrays, int strip, V* lanes) {
    axis_plan const& x = *plan.x;
    axis_plan const& y = *plan.y;
    sweep_plan const& sweep = plan.sweep;
    V* const panels = lanes + lanes_of_plane(plan);
    strip_state const state = state_of(sweep, arrays.state, strip);
    int const begin = sweep.first_line(strip), end = sweep.end_line(strip);
    std::ptrdiff_t const plane = std::ptrdiff_t{x.n} * y.n;
    if (sweep.n_inner(strip) == 0)  // a separator alone
        for (std::ptrdiff_t i = 0; i < sweep.n_blocks * W; ++i) state.first[i] = state.last[i] = 0.0;
    for (int line = begin; line < end; ++line) {
        double const* const b = arrays.b + plane * line;
        double* const kept = arrays.x + plane * line;
        for (int row = 0; row < y.n; row += W) {
            int const n = y.n - row < W ? y.n - row : W;
            rows_to_lanes(x, b + std::ptrdiff_t{row} * x.n, n, lanes,
                          arrays.b_squares + std::ptrdiff_t{line} * y.n + row);
            forward(x, lanes,
                    {b + std::ptrdiff_t{row + n} * x.n, row + W < y.n || line + 1 < end ? std::ptrdiff_t{W} * x.n : 0});
            for (int column = 0; column < x.n; column += W) {
                V t[W];
#pragma GCC unroll 8
                for (int i = 0; i < W; ++i) t[i] = lanes[x.mode_out[column + i]];
                transpose(t);
                V* const panel = panels + std::ptrdiff_t{column / W} * y.n + row;
                for (int i = 0; i < n; ++i) panel[i] = t[i];
            }
        }
        for (int column = 0; column < x.n; column += W) {
            std::ptrdiff_t const first = std::ptrdiff_t{column / W} * y.n;
            double* out = kept + std::ptrdiff_t{column} * y.n;
            int const width = width_at(column, x.n);
            for (int j = 0; j < y.n; ++j)
                lanes[y.point_in[j]] = with_sign(panels[first + j], y.alternating && j % 2 != 0);
            forward(y, lanes, {out, std::ptrdiff_t{width} * y.n});
            for (int k = 0; k < y.n; ++k, out += width) {
                std::ptrdiff_t const at = (first + k) * W;
                V v = lanes[y.mode_out[k]];
                if (sweep.constant_mode >= at && sweep.constant_mode < at + W)
                    arrays.constant_lines[line] = v[sweep.constant_mode - at];
                if (line - begin < sweep.n_inner(strip))
                    v = sweep_line_forward(sweep, state, line - begin, at, v);
                else
                    store(state.separator + at, load(sweep.scale + at) * v);
                if (width == W)
                    store(out, v);
                else
                    store_part(out, v, width);
            }
        }
    }
}

inline void backward_planes(box_plan const& plan, box_arrays const& arrays, int strip, V* lanes) {
    axis_plan const& x = *plan.x;
    axis_plan const& y = *plan.y;
    sweep_plan const& sweep = plan.sweep;
    V* const panels = lanes + lanes_of_plane(plan);
    strip_state const state = state_of(sweep, arrays.state, strip);
    int const begin = sweep.first_line(strip), end = sweep.end_line(strip);
    std::ptrdiff_t const plane = std::ptrdiff_t{x.n} * y.n;
    for (int line = end - 1; line >= begin; --line) {
        double* const kept = arrays.x + plane * line;
        bool const separator = line - begin >= sweep.n_inner(strip);
        // A strip without a separator of its own begins with the one behind it.
        bool const first_call = line == end - 1 || (line == end - 2 && end - begin > sweep.n_inner(strip));
        for (int column = 0; column < x.n; column += W) {
            std::ptrdiff_t const first = std::ptrdiff_t{column / W} * y.n;
            double const* in = kept + std::ptrdiff_t{column} * y.n;
            int const width = width_at(column, x.n);
            for (int k = 0; k < y.n; ++k, in += width) {
                std::ptrdiff_t const at = (first + k) * W;
                V v = separator ? load(state.separator + at)
                                : sweep_line_backward(sweep, state, line - begin, first_call, at,
                                                      width == W ? load(in) : load_part(in, width));
                if (sweep.constant_mode >= at && sweep.constant_mode < at + W)
                    v[sweep.constant_mode - at] = arrays.constant_lines[line];
                lanes[y.mode_in[k]] = v;
            }
            backward(y, lanes, {in, line > begin || column + W < x.n ? std::ptrdiff_t{W} * y.n : 0});
            for (int j = 0; j < y.n; ++j)
                panels[first + j] = with_sign(lanes[y.point_out[j]], y.alternating && j % 2 != 0);
        }
        for (int row = 0; row < y.n; row += W) {
            int const n = y.n - row < W ? y.n - row : W;
            for (int column = 0; column < x.n; column += W) {
                V t[W];
                V const* const panel = panels + std::ptrdiff_t{column / W} * y.n + row;
#pragma GCC unroll 8
                for (int i = 0; i < W; ++i) t[i] = i < n ? panel[i] : V{};
                transpose(t);
#pragma GCC unroll 8
                for (int i = 0; i < W; ++i) lanes[x.mode_in[column + i]] = t[i];
            }
            double* const out = kept + std::ptrdiff_t{row} * x.n;
            backward(x, lanes, {arrays.b + (out - arrays.x) + (line + 1 < end ? plane : 0), std::ptrdiff_t{n} * x.n});
            lanes_to_rows(x, lanes, out, n);
        }
        if (line + 1 < end - 1) residual_line(plan, arrays, line + 1, nullptr);
    }
}

}  // namespace poise::linear::detail::POISE_SIMD_NAMESPACE
