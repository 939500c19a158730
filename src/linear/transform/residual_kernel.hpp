// SPDX-License-Identifier: MIT
// Private to the kernels: b - A x, row by row, while the rows are in the cache.
#pragma once

#include "linear/transform/compact_residual_kernel.hpp"
#include "linear/transform/plan.hpp"
#include "linear/transform/simd.hpp"

namespace poise::linear::detail::POISE_SIMD_NAMESPACE {

/// A row of x, with its neighbours in the other directions and their couplings, and the rest of the diagonal.
struct residual_row {
    double const* b;
    double const* u;
    double const* neighbour[4];
    double coupling[4];
    double share;     ///< of the other directions
    double diagonal;  ///< what the other directions and the shift add
};

/// Where there is no neighbour, the row itself with no coupling; around a periodic direction, the row at its other end.
POISE_ALWAYS_INLINE void add_neighbours(residual_row& row, int at, axis_coefficients const& axis, int i,
                                        std::ptrdiff_t stride, double share) {
    bool const below = i > 0, above = i + 1 < axis.n;
    std::ptrdiff_t const around = axis.goes_around() ? (axis.n - 1) * stride : 0;
    row.neighbour[at] = below ? row.u - stride : row.u + around;
    row.neighbour[at + 1] = above ? row.u + stride : row.u - around;
    row.coupling[at] = below || axis.goes_around() ? share * axis.coupling : 0.0;
    row.coupling[at + 1] = above || axis.goes_around() ? share * axis.coupling : 0.0;
    row.diagonal += share * axis.diagonal(i);
}

/// removed: what is subtracted from the source f, where b is f times each unknown's share of a cell.
template <int N>
inline void residual_of_row(residual_row const& row, axis_coefficients const& x, double removed, double* r_square,
                            double* x_square, double* out) {
    lane_sum r_sum, x_sum;
    double const coupling = row.share * x.coupling;
    double const offset = row.share * removed;
    for (int column = 0; column < x.n; column += W) {
        int const width = x.n - column < W ? x.n - column : W;
        bool const first = column == 0, last = column + W >= x.n;
        V const u = last ? load_part(row.u + column, width) : load(row.u + column);
        V left = first ? shifted(u) : last ? load_part(row.u + column - 1, width) : load(row.u + column - 1);
        V right = last ? load_part(row.u + column + 1, width - 1) : load(row.u + column + 1);
        V const b = last ? load_part(row.b + column, width) : load(row.b + column);
        V diagonal = V{} + 2.0 * coupling, share = V{} + 1.0;
        if (first || last) {
            if (x.goes_around() && first) left[0] = row.u[x.n - 1];
            if (x.goes_around() && last) right[width - 1] = row.u[0];
            if (first) {
                diagonal[0] = row.share * x.diagonal(0);
                share[0] = x.share(0);
            }
            if (last) {
                diagonal[width - 1] = row.share * x.diagonal(x.n - 1);
                share[width - 1] = x.share(x.n - 1);
            }
        }
        V others = row.diagonal * u;
#pragma GCC unroll 4
        for (int i = 0; i < N; ++i) {
            double const* const p = row.neighbour[i] + column;
            others -= row.coupling[i] * (last ? load_part(p, width) : load(p));
        }
        V r = (b - offset * share) - (diagonal * u - coupling * (left + right) + share * others);
        if (last) r = first_lanes(r, width);
        r_sum.add(column, r * r);
        x_sum.add(column, u * u);
        if (out != nullptr) store_part(out + column, r, width);
    }
    *r_square = r_sum.total();
    *x_square = x_sum.total();
}

/// out: b - A x of the whole box, of which this line is written; or nullptr.
inline void residual_line(box_plan const& plan, box_arrays const& arrays, int line, double* out) {
    if (plan.is_compact) return compact_residual_line(plan, arrays, line, out);
    std::ptrdiff_t const n = plan.along_row.n;
    std::ptrdiff_t const line_stride = n * plan.along_rows.n;
    double const line_share = plan.along_lines.share(line);
    for (int j = 0; j < plan.along_rows.n; ++j) {
        std::ptrdiff_t const number = std::ptrdiff_t{line} * plan.along_rows.n + j;
        double const row_share = plan.along_rows.share(j);
        residual_row row{.b = arrays.b + number * n,
                         .u = arrays.x + number * n,
                         .neighbour = {},
                         .coupling = {},
                         .share = line_share * row_share,
                         .diagonal = plan.shift * line_share * row_share};
        add_neighbours(row, 0, plan.along_lines, line, line_stride, row_share);
        double* const r_out = out != nullptr ? out + number * n : nullptr;
        if (plan.y == nullptr) {
            residual_of_row<2>(row, plan.along_row, arrays.removed, arrays.r_squares + number,
                               arrays.x_squares + number, r_out);
        } else {
            add_neighbours(row, 2, plan.along_rows, j, n, line_share);
            residual_of_row<4>(row, plan.along_row, arrays.removed, arrays.r_squares + number,
                               arrays.x_squares + number, r_out);
        }
    }
}

}  // namespace poise::linear::detail::POISE_SIMD_NAMESPACE
