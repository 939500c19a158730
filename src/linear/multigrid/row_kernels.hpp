// SPDX-License-Identifier: MIT
// Private to src/linear: what multigrid does on half a row, the loops that take the time. n counts whole vectors.
#pragma once

#include <cstddef>

namespace poise::linear::detail {

/// Half a row of points: N couplings of each, met from both of their ends.
template <class T, int N>
struct half_row {
    T const* up[N];    ///< of the points with those behind them
    T const* down[N];  ///< of the points before them with these
    std::ptrdiff_t to_up[N], to_down[N];
};

// Functions that are compiled for several processors cannot be templates: an overload for each number of couplings.
#define POISE_HALF_ROW_KERNELS(T, N)                                                            \
    /** x = the solution of the points' own equations. */                                       \
    void smooth(half_row<T, N> const& A, T const* inverse, T const* b, T* x, std::ptrdiff_t n); \
    /** r = b - A x. */                                                                         \
    void residual(half_row<T, N> const& A, T const* excess, T const* b, T const* x, T* r, std::ptrdiff_t n);
#define POISE_ROW_KERNELS(T)                                                                                         \
    POISE_HALF_ROW_KERNELS(T, 1)                                                                                     \
    POISE_HALF_ROW_KERNELS(T, 2)                                                                                     \
    POISE_HALF_ROW_KERNELS(T, 3)                                                                                     \
    POISE_HALF_ROW_KERNELS(T, 4)                                                                                     \
    POISE_HALF_ROW_KERNELS(T, 13)                                                                                    \
    /** y += w x, or y += x where w is nullptr. */                                                                   \
    void add_product(T const* w, T const* x, T* y, std::ptrdiff_t n);                                                \
    /** coarse[i] += what it gets from the fine points 2i - 1, 2i, 2i + 1. middle: nullptr for 1. */                 \
    void gather(T const* left, T const* middle, T const* right, T const* even, T const* odd, T* coarse,              \
                std::ptrdiff_t n);                                                                                   \
    /** The transpose. */                                                                                            \
    void spread(T const* left, T const* middle, T const* right, T const* coarse, T* even, T* odd, std::ptrdiff_t n); \
    /** Even and odd points of a row of 2n. */                                                                       \
    void split(T const* row, T* even, T* odd, std::ptrdiff_t n);                                                     \
    void join(T const* even, T const* odd, T* row, std::ptrdiff_t n);                                                \
    /** The same for n points of a vector that is not ours: less shift, and times scale. */                          \
    void split_scaled(double const* row, double shift, double scale, T* even, T* odd, std::ptrdiff_t n);             \
    void join_scaled(T const* even, T const* odd, double shift, double scale, double* row, std::ptrdiff_t n);
/// y -= x.
void subtract(double const* x, double* y, std::ptrdiff_t n);
/// Σ x, n whole vectors.
[[nodiscard]] double sum_of(float const* x, std::ptrdiff_t n);
[[nodiscard]] double sum_of(double const* x, std::ptrdiff_t n);
POISE_ROW_KERNELS(float)
POISE_ROW_KERNELS(double)
#undef POISE_ROW_KERNELS
#undef POISE_HALF_ROW_KERNELS

}  // namespace poise::linear::detail
