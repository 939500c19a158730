// SPDX-License-Identifier: MIT
#include "linear/multigrid/cycle.hpp"

#include "core/multiversion.hpp"

#include <algorithm>
#include <type_traits>

namespace poise::linear::detail {
namespace {

// The couplings of a row of points: N of them, each met from both of its ends.
template <int N>
struct row_couplings {
    double const* up[N];    // of the points of the row with those behind them
    double const* down[N];  // of the points before them with those of the row
    std::ptrdiff_t offset[N];
};

template <int N, std::size_t D>
row_couplings<N> couplings_of(multigrid_level<D> const& level, std::ptrdiff_t row) {
    using steps = neighbour_step<D>;
    row_couplings<N> result;
    int n = 0;
    for (std::size_t s = steps::middle + 1; s < steps::count; ++s) {
        auto const& c = level.coupling(s);
        if (c.empty()) continue;
        result.up[n] = c.data() + row;
        result.down[n] = c.data() + row - level.offset[s];
        result.offset[n++] = level.offset[s];
    }
    return result;
}

// Points of one colour do not depend on each other; all of the row are computed, and every second one kept, which
// vectors can do.
template <int N>
[[gnu::always_inline]] inline void smooth_each(row_couplings<N> const& A, double const* inverse, double const* b,
                                               double* x, std::ptrdiff_t n, std::ptrdiff_t colour) {
#pragma GCC ivdep
    for (std::ptrdiff_t i = 0; i < n; ++i) {
        double sum = b[i];
#pragma GCC unroll 16
        for (int k = 0; k < N; ++k) sum += A.up[k][i] * x[i + A.offset[k]] + A.down[k][i] * x[i - A.offset[k]];
        x[i] = (i & 1) == colour ? sum * inverse[i] : x[i];
    }
}

template <int N>
[[gnu::always_inline]] inline void residual_each(row_couplings<N> const& A, double const* diagonal, double const* b,
                                                 double const* x, double* r, std::ptrdiff_t n) {
#pragma GCC ivdep
    for (std::ptrdiff_t i = 0; i < n; ++i) {
        double sum = b[i] - diagonal[i] * x[i];
#pragma GCC unroll 16
        for (int k = 0; k < N; ++k) sum += A.up[k][i] * x[i + A.offset[k]] + A.down[k][i] * x[i - A.offset[k]];
        r[i] = sum;
    }
}

// Functions that are cloned for several processors cannot be templates: an overload for each number of couplings.
#define POISE_ROWS(N)                                                                                                \
    POISE_MULTIVERSION void smooth_row(row_couplings<N> const& A, double const* inverse, double const* b, double* x, \
                                       std::ptrdiff_t n, std::ptrdiff_t colour) {                                    \
        smooth_each(A, inverse, b, x, n, colour);                                                                    \
    }                                                                                                                \
    POISE_MULTIVERSION void residual_row(row_couplings<N> const& A, double const* diagonal, double const* b,         \
                                         double const* x, double* r, std::ptrdiff_t n) {                             \
        residual_each(A, diagonal, b, x, r, n);                                                                      \
    }
POISE_ROWS(1)
POISE_ROWS(2)
POISE_ROWS(3)
POISE_ROWS(4)
POISE_ROWS(13)
#undef POISE_ROWS

// The finest level has couplings along the axes alone, the others all.
template <std::size_t D, class Visitor>
void with_couplings(multigrid_level<D> const& level, Visitor&& visit) {
    constexpr int all = static_cast<int>(neighbour_step<D>::count / 2), axes = static_cast<int>(D);
    bool const is_finest = all != axes && level.coupling(neighbour_step<D>::count - 1).empty();
    is_finest ? visit(std::integral_constant<int, axes>{}) : visit(std::integral_constant<int, all>{});
}

}  // namespace

template <std::size_t D>
void smooth(multigrid_level<D> const& level, std::span<double const> b, std::span<double> x, bool backwards) {
    constexpr unsigned n_colours = 1U << D;
    with_couplings(level, [&]<int N>(std::integral_constant<int, N>) {
        // The colours of rows by their other coordinates, and of both kinds of points of a row one after the other.
        for (unsigned turn = 0; turn < n_colours / 2; ++turn) {
            unsigned const colour = backwards ? turn : n_colours / 2 - 1 - turn;
            grid::detail::for_each_line(level.n, [&](grid::extents<D> const& point) {
                unsigned of_row = 0;
                for (std::size_t d = 1; d < D; ++d) of_row |= point[d] % 2 != 0 ? 1U << (d - 1) : 0U;
                if (of_row != colour) return;
                std::ptrdiff_t const row = level.place(point);
                auto const A = couplings_of<N>(level, row);
                for (std::ptrdiff_t const first : {0, 1})
                    smooth_row(A, level.inverse.data() + row, b.data() + row, x.data() + row, level.n[0],
                               backwards ? first : 1 - first);
            });
        }
    });
}

template <std::size_t D>
void residual(multigrid_level<D> const& level, std::span<double const> b, std::span<double const> x,
              std::span<double> r) {
    with_couplings(level, [&]<int N>(std::integral_constant<int, N>) {
        grid::detail::for_each_line(level.n, [&](grid::extents<D> const& point) {
            std::ptrdiff_t const row = level.place(point);
            residual_row(couplings_of<N>(level, row), level.diagonal.data() + row, b.data() + row, x.data() + row,
                         r.data() + row, level.n[0]);
        });
    });
}

namespace {

// For every row of the coarser grid and every step: the row, and the fine row of the points a step from it.
template <std::size_t D, class Visitor>
void for_each_step(multigrid_level<D> const& fine, multigrid_level<D> const& coarse, Visitor&& visit) {
    using steps = neighbour_step<D>;
    grid::detail::for_each_line(coarse.n, [&](grid::extents<D> const& point) {
        grid::extents<D> middle;
        for (std::size_t d = 0; d < D; ++d) middle[d] = (fine.halved[d] ? 2 : 1) * point[d];
        std::ptrdiff_t const row = coarse.place(point), above = fine.place(middle);
        for (std::size_t s = 0; s < steps::count; ++s)
            if (!fine.weights[s].empty()) visit(fine.weights[s].data() + row, row, above + fine.offset[s]);
    });
}

}  // namespace

template <std::size_t D>
void restrict_to(multigrid_level<D> const& fine, multigrid_level<D> const& coarse, std::span<double const> r,
                 std::span<double> coarse_b) {
    std::ptrdiff_t const spread = fine.halved[0] ? 2 : 1, n = coarse.n[0];
    std::ranges::fill(coarse_b, 0.0);
    for_each_step(fine, coarse, [&](double const* weights, std::ptrdiff_t row, std::ptrdiff_t fine_row) {
        double* const out = coarse_b.data() + row;
        double const* const in = r.data() + fine_row;
        for (std::ptrdiff_t i = 0; i < n; ++i) out[i] += weights[i] * in[spread * i];
    });
}

template <std::size_t D>
void prolong(multigrid_level<D> const& fine, multigrid_level<D> const& coarse, std::span<double const> coarse_x,
             std::span<double> x) {
    std::ptrdiff_t const spread = fine.halved[0] ? 2 : 1, n = coarse.n[0];
    for_each_step(fine, coarse, [&](double const* weights, std::ptrdiff_t row, std::ptrdiff_t fine_row) {
        double* const out = x.data() + fine_row;
        double const* const in = coarse_x.data() + row;
        for (std::ptrdiff_t i = 0; i < n; ++i) out[spread * i] += weights[i] * in[i];
    });
}

#define POISE_INSTANTIATE(D)                                                                                 \
    template void smooth(multigrid_level<D> const&, std::span<double const>, std::span<double>, bool);       \
    template void residual(multigrid_level<D> const&, std::span<double const>, std::span<double const>,      \
                           std::span<double>);                                                               \
    template void restrict_to(multigrid_level<D> const&, multigrid_level<D> const&, std::span<double const>, \
                              std::span<double>);                                                            \
    template void prolong(multigrid_level<D> const&, multigrid_level<D> const&, std::span<double const>,     \
                          std::span<double>);
POISE_INSTANTIATE(1)
POISE_INSTANTIATE(2)
POISE_INSTANTIATE(3)
#undef POISE_INSTANTIATE

}  // namespace poise::linear::detail
