// SPDX-License-Identifier: MIT
// Private to the kernels: transforms along every direction, see spectrum_plan. A direction is one pass over memory.
#pragma once

#include "linear/transform/tile_kernel.hpp"

namespace poise::linear::detail::POISE_SIMD_NAMESPACE {

/// Rows [first, last) of a plane of b, W at a time; the last direction's transform leaves coefficients that are scaled.
inline void spectrum_rows_forward(spectrum_plan const& plan, double const* b, double* coefficients,
                                  std::ptrdiff_t plane, std::ptrdiff_t first, std::ptrdiff_t last, V* lanes) {
    axis_plan const& x = *plan.axis[0];
    std::ptrdiff_t const n_rows = plan.n_along(1);
    bool const is_last = plan.last_axis() == 0;
    double const* const rows = b + plane * n_rows * x.n;
    double* const panels = coefficients + plane * plan.plane * W;
    double squares[W];  // nobody's
    for (std::ptrdiff_t row = first; row < last; row += W) {
        int const n = last - row < W ? static_cast<int>(last - row) : W;
        rows_to_lanes(x, rows + row * x.n, n, lanes, squares);
        forward(x, lanes, {rows + (row + n) * x.n, row + W < last ? std::ptrdiff_t{W} * x.n : 0});
        for (int column = 0; column < x.n; column += W) {
            V t[W];
#pragma GCC unroll 8
            for (int i = 0; i < W; ++i) t[i] = lanes[x.mode_out[column + i]];
            transpose(t);
            double* const panel = panels + (std::ptrdiff_t{column / W} * n_rows + row) * W;
            if (int const width = width_at(column, x.n); width < W)
                for (int i = 0; i < n; ++i) t[i] = first_lanes(t[i], width);
            for (int i = 0; i < n; ++i) store(panel + i * W, is_last ? load(plan.scale[0] + column) * t[i] : t[i]);
        }
    }
}

inline void spectrum_rows_backward(spectrum_plan const& plan, double const* coefficients, double* out,
                                   std::ptrdiff_t plane, std::ptrdiff_t first, std::ptrdiff_t last, V* lanes) {
    axis_plan const& x = *plan.axis[0];
    std::ptrdiff_t const n_rows = plan.n_along(1);
    double* const rows = out + plane * n_rows * x.n;
    double const* const panels = coefficients + plane * plan.plane * W;
    for (std::ptrdiff_t row = first; row < last; row += W) {
        int const n = last - row < W ? static_cast<int>(last - row) : W;
        for (int column = 0; column < x.n; column += W) {
            V t[W];
            double const* const panel = panels + (std::ptrdiff_t{column / W} * n_rows + row) * W;
#pragma GCC unroll 8
            for (int i = 0; i < W; ++i) t[i] = i < n ? load(panel + i * W) : V{};
            transpose(t);
#pragma GCC unroll 8
            for (int i = 0; i < W; ++i) lanes[x.mode_in[column + i]] = t[i];
        }
        backward(x, lanes, {rows, 0});
        lanes_to_rows(x, lanes, rows + row * x.n, n);
    }
}

/// n vectors of one lane region, `stride` vectors apart, of a direction; scale: of all modes of it.
POISE_ALWAYS_INLINE void spectrum_line_forward(axis_plan const& axis, double* line, std::ptrdiff_t stride, V scale,
                                               double const* scales, read_ahead ahead, V* lanes) {
    for (int j = 0; j < axis.n; ++j)
        lanes[axis.point_in[j]] = with_sign(load(line + j * stride * W), axis.alternating && j % 2 != 0);
    forward(axis, lanes, ahead);
    for (int k = 0; k < axis.n; ++k)
        store(line + k * stride * W,
              scales == nullptr ? lanes[axis.mode_out[k]] : scale * scales[k] * lanes[axis.mode_out[k]]);
}

POISE_ALWAYS_INLINE void spectrum_line_backward(axis_plan const& axis, double* line, std::ptrdiff_t stride,
                                                read_ahead ahead, V* lanes) {
    for (int k = 0; k < axis.n; ++k) lanes[axis.mode_in[k]] = load(line + k * stride * W);
    backward(axis, lanes, ahead);
    for (int j = 0; j < axis.n; ++j)
        store(line + j * stride * W, with_sign(lanes[axis.point_out[j]], axis.alternating && j % 2 != 0));
}

inline void spectrum_panels_forward(spectrum_plan const& plan, double* coefficients, std::ptrdiff_t plane,
                                    std::ptrdiff_t first, std::ptrdiff_t last, V* lanes) {
    axis_plan const& y = *plan.axis[1];
    bool const is_last = plan.last_axis() == 1;
    std::ptrdiff_t const length = std::ptrdiff_t{y.n} * W;
    double* panel = coefficients + plane * plan.plane * W + first * length;
    for (std::ptrdiff_t p = first; p < last; ++p, panel += length)
        spectrum_line_forward(y, panel, 1, load(plan.scale[0] + p * W), is_last ? plan.scale[1] : nullptr,
                              {panel + length, p + 1 < last ? length : 0}, lanes);
}

inline void spectrum_panels_backward(spectrum_plan const& plan, double* coefficients, std::ptrdiff_t plane,
                                     std::ptrdiff_t first, std::ptrdiff_t last, V* lanes) {
    axis_plan const& y = *plan.axis[1];
    std::ptrdiff_t const length = std::ptrdiff_t{y.n} * W;
    double* panel = coefficients + plane * plan.plane * W + first * length;
    for (std::ptrdiff_t p = first; p < last; ++p, panel += length)
        spectrum_line_backward(y, panel, 1, {panel + length, p + 1 < last ? length : 0}, lanes);
}

inline void spectrum_planes_forward(spectrum_plan const& plan, double* coefficients, std::ptrdiff_t first,
                                    std::ptrdiff_t last, V* lanes) {
    std::ptrdiff_t const n_y = plan.n_along(1);
    for (std::ptrdiff_t at = first; at < last; ++at)
        spectrum_line_forward(*plan.axis[2], coefficients + at * W, plan.plane,
                              load(plan.scale[0] + at / n_y * W) * plan.scale[1][at % n_y], plan.scale[2],
                              {coefficients, 0}, lanes);
}

inline void spectrum_planes_backward(spectrum_plan const& plan, double* coefficients, std::ptrdiff_t first,
                                     std::ptrdiff_t last, V* lanes) {
    for (std::ptrdiff_t at = first; at < last; ++at)
        spectrum_line_backward(*plan.axis[2], coefficients + at * W, plan.plane, {coefficients, 0}, lanes);
}

}  // namespace poise::linear::detail::POISE_SIMD_NAMESPACE
