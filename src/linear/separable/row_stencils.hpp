// SPDX-License-Identifier: MIT
// Private to src/linear: what multigrid for a sum over directions does on a row, the loops that take the time.
#pragma once

#include <cstddef>

namespace poise::linear::detail {

/// Half a row of points, even or odd ones: -A(i, i±1) along x by point, and N couplings to the rows around, which
/// these have in common. to_…: from a point to its neighbour.
template <class T, int N>
struct half_stencil {
    T const *below, *above, *diagonal;  ///< along x
    T diagonal_across;                  ///< what the other directions add to it
    T const* inverse;                   ///< 1 / (diagonal + diagonal_across)
    std::ptrdiff_t to_below, to_above;
    T across[N > 0 ? N : 1];
    std::ptrdiff_t to_across[N > 0 ? N : 1];
};

/// A row of the finest grid as its owner keeps it, x in order.
template <int N>
struct row_stencil {
    double const *below, *above, *excess, *share;
    double excess_across, share_across;
    double across[N > 0 ? N : 1];
    double const* rows[N > 0 ? N : 1];  ///< of x; where there is none, any
};

// Functions that are compiled for several processors cannot be templates: an overload for each number of neighbours.
#define POISE_STENCIL_KERNELS(T, N)                                                                       \
    /** x = omega times the solution of the points' own equations, and rest times x. n: whole vectors. */ \
    void relax(half_stencil<T, N> const& A, T omega, T const* b, T* x, std::ptrdiff_t n);                 \
    void relax(half_stencil<T, N> const& A, T omega, T rest, T const* b, T* x, std::ptrdiff_t n);         \
    /** r = b - A x. */                                                                                   \
    void residual(half_stencil<T, N> const& A, T const* b, T const* x, T* r, std::ptrdiff_t n);
#define POISE_SEPARABLE_KERNELS(T)                                                                 \
    POISE_STENCIL_KERNELS(T, 0)                                                                    \
    POISE_STENCIL_KERNELS(T, 2)                                                                    \
    POISE_STENCIL_KERNELS(T, 4)                                                                    \
    /** The same where x is 0 all around. */                                                       \
    void relax_from_zero(T const* inverse, T const* b, T* x, std::ptrdiff_t n);                    \
    /** y = a x, or a x + b z. */                                                                  \
    void multiply(T const* a, T const* x, T* y, std::ptrdiff_t n);                                 \
    void multiply(T const* a, T const* x, T const* b, T const* z, T* y, std::ptrdiff_t n);         \
    /** y += x, a x + b z, or w x. */                                                              \
    void add(T const* x, T* y, std::ptrdiff_t n);                                                  \
    void add(T const* a, T const* x, T const* b, T const* z, T* y, std::ptrdiff_t n);              \
    void add(T w, T const* x, T* y, std::ptrdiff_t n);                                             \
    /** y = w0 x0, w0 x0 + w1 x1, or w0 x0 + w1 x1 + w2 x2. */                                     \
    void combine(T w0, T const* x0, T* y, std::ptrdiff_t n);                                       \
    void combine(T w0, T const* x0, T w1, T const* x1, T* y, std::ptrdiff_t n);                    \
    void combine(T w0, T const* x0, T w1, T const* x1, T w2, T const* x2, T* y, std::ptrdiff_t n); \
    /** to = scale weight r, and x += scale from, of n numbers. */                                 \
    void take_in(double scale, double const* weight, double const* r, T* to, std::ptrdiff_t n);    \
    void give_out(double scale, T const* from, double* x, std::ptrdiff_t n);
/// r = scale (b - share (A x + mean)), for a row of n points; Σ r².
#define POISE_ROW_KERNELS(N)                                                                                         \
    double residual(row_stencil<N> const& A, double const* b, double scale, double mean, double const* x, double* r, \
                    std::ptrdiff_t n);
POISE_SEPARABLE_KERNELS(float)
POISE_SEPARABLE_KERNELS(double)
POISE_ROW_KERNELS(0)
POISE_ROW_KERNELS(2)
POISE_ROW_KERNELS(4)
#undef POISE_ROW_KERNELS
#undef POISE_SEPARABLE_KERNELS
#undef POISE_STENCIL_KERNELS

}  // namespace poise::linear::detail
