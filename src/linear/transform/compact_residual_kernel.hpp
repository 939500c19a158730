// SPDX-License-Identifier: MIT
// Private to the kernels: b - A x of the compact fourth-order scheme, row by row, while the rows are in the cache.
#pragma once

#include "linear/transform/plan.hpp"
#include "linear/transform/simd.hpp"

namespace poise::linear::detail::POISE_SIMD_NAMESPACE {

/// What B and K of a direction have between a line and itself, or its neighbour.
struct compact_part {
    double value, difference;
};
POISE_ALWAYS_INLINE compact_part part_at(axis_coefficients const& axis, int i) {
    if (!axis.has_differences()) return {1.0, 0.0};
    if (i > 0 && i < axis.n - 1) return {10.0 / 12.0, 2.0 * axis.coupling};
    return {axis.share(i) - axis.diagonal(i) / axis.coupling / 12.0, axis.diagonal(i)};
}
POISE_ALWAYS_INLINE compact_part part_beside(axis_coefficients const& axis) {
    if (!axis.has_differences()) return {0.0, 0.0};
    return {1.0 / 12.0, -axis.coupling};
}

/// A row of x that a row of the residual reads, maybe its own, and what its entries are multiplied by: one with the
/// same place in its row (in the middle, first and last), and its two neighbours there.
struct compact_row {
    double const* u;
    double middle, first, last, beside;
};
struct compact_rows {
    int n = 0;
    compact_row rows[9];
};

/// The index a step away; -1 where there is none.
POISE_ALWAYS_INLINE int step_from(int i, int step, axis_coefficients const& axis) {
    int const at = i + step;
    if (at >= 0 && at < axis.n) return at;
    return axis.periodic ? (at + axis.n) % axis.n : -1;
}

/// Of the direction of the rows.
struct row_parts {
    compact_part middle, first, last, beside;
};
POISE_ALWAYS_INLINE row_parts parts_of(axis_coefficients const& x) {
    compact_part const first = part_at(x, 0);
    return {x.n > 2 ? part_at(x, 1) : first, first, part_at(x, x.n - 1), part_beside(x)};
}

inline compact_rows rows_around(box_plan const& plan, row_parts const& x, double const* u, int line, int row) {
    compact_rows all;
    for (int line_step = -1; line_step <= 1; ++line_step)
        for (int row_step = -1; row_step <= 1; ++row_step) {
            int const k = step_from(line, line_step, plan.along_lines), j = step_from(row, row_step, plan.along_rows);
            if (k < 0 || j < 0) continue;
            compact_part const lines = line_step == 0 ? part_at(plan.along_lines, line) : part_beside(plan.along_lines);
            compact_part const rows = row_step == 0 ? part_at(plan.along_rows, row) : part_beside(plan.along_rows);
            double const value = lines.value * rows.value;
            double const rest = lines.difference * rows.value + lines.value * rows.difference + plan.shift * value;
            auto const times = [&](compact_part const& part) { return value * part.difference + rest * part.value; };
            all.rows[all.n++] = {u + (std::ptrdiff_t{k} * plan.along_rows.n + j) * plan.along_row.n, times(x.middle),
                                 times(x.first), times(x.last), times(x.beside)};
        }
    return all;
}

/// What a row of u adds to columns [column, column + W) of A u.
POISE_ALWAYS_INLINE V inner_part(compact_row const& row, int column) {
    double const* const u = row.u + column;
    return row.middle * load(u) + row.beside * (load(u - 1) + load(u + 1));
}
POISE_ALWAYS_INLINE V end_part(compact_row const& row, int column, axis_coefficients const& x) {
    double const* const u = row.u + column;
    int const width = x.n - column < W ? x.n - column : W;
    bool const first = column == 0, last = column + W >= x.n;
    V const here = last ? load_part(u, width) : load(u);
    V left = first ? shifted(here) : last ? load_part(u - 1, width) : load(u - 1);
    V right = last ? load_part(u + 1, width - 1) : load(u + 1);
    V middle = V{} + row.middle;
    if (first) middle[0] = row.first;
    if (last) middle[width - 1] = row.last;
    if (x.periodic && first) left[0] = row.u[x.n - 1];
    if (x.periodic && last) right[width - 1] = row.u[0];
    return middle * here + row.beside * (left + right);
}

/// The shares of the unknowns of columns [column, column + width).
POISE_ALWAYS_INLINE V shares_at(int column, int width, axis_coefficients const& x) {
    V share = V{} + 1.0;
    if (column == 0) share[0] = x.share(0);
    if (column + width == x.n) share[width - 1] = x.share(x.n - 1);
    return share;
}

/// out: b - A x of the whole box, of which this line is written; or nullptr.
inline void compact_residual_line(box_plan const& plan, box_arrays const& arrays, int line, double* out) {
    axis_coefficients const& x = plan.along_row;
    row_parts const parts = parts_of(x);
    for (int j = 0; j < plan.along_rows.n; ++j) {
        std::ptrdiff_t const number = std::ptrdiff_t{line} * plan.along_rows.n + j, start = number * x.n;
        compact_rows const around = rows_around(plan, parts, arrays.x, line, j);
        double const removed = arrays.removed * plan.along_lines.share(line) * plan.along_rows.share(j);
        lane_sum r_sum, x_sum;
        for (int column = 0; column < x.n; column += W) {
            bool const last = column + W >= x.n;
            int const width = last ? x.n - column : W;
            V Au{};
            if (column == 0 || last)
                for (int i = 0; i < around.n; ++i) Au += end_part(around.rows[i], column, x);
            else
                for (int i = 0; i < around.n; ++i) Au += inner_part(around.rows[i], column);
            V const u = load_part(arrays.x + start + column, width), b = load_part(arrays.b + start + column, width);
            V const r = first_lanes(b - removed * shares_at(column, width, x) - Au, width);
            r_sum.add(column, r * r);
            x_sum.add(column, u * u);
            if (out != nullptr) store_part(out + start + column, r, width);
        }
        arrays.r_squares[number] = r_sum.total();
        arrays.x_squares[number] = x_sum.total();
    }
}

}  // namespace poise::linear::detail::POISE_SIMD_NAMESPACE
