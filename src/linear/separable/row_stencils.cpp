// SPDX-License-Identifier: MIT
#include "linear/separable/row_stencils.hpp"

#include "core/multiversion.hpp"

namespace poise::linear::detail {
namespace {

// By value, so that a store cannot be taken to change what all points have in common.
template <class T, int N>
[[gnu::always_inline]] inline T neighbours_of(half_stencil<T, N> const& A, T const* x, std::ptrdiff_t i) {
    T sum = A.below[i] * x[i + A.to_below] + A.above[i] * x[i + A.to_above];
#pragma GCC unroll 2
    for (int k = 0; k < N; k += 2)
        sum += A.across[k] * x[i + A.to_across[k]] + A.across[k + 1] * x[i + A.to_across[k + 1]];
    return sum;
}

template <class T, int N>
[[gnu::always_inline]] inline void relax_each(half_stencil<T, N> const A, T omega, T const* b, T* x, std::ptrdiff_t n) {
#pragma GCC ivdep
    for (std::ptrdiff_t i = 0; i < n; ++i) x[i] = (b[i] + neighbours_of(A, x, i)) * (omega * A.inverse[i]);
}

template <class T, int N>
[[gnu::always_inline]] inline void relax_each(half_stencil<T, N> const A, T omega, T rest, T const* b, T* x,
                                              std::ptrdiff_t n) {
#pragma GCC ivdep
    for (std::ptrdiff_t i = 0; i < n; ++i)
        x[i] = rest * x[i] + (b[i] + neighbours_of(A, x, i)) * (omega * A.inverse[i]);
}

template <class T, int N>
[[gnu::always_inline]] inline void residual_each(half_stencil<T, N> const A, T const* b, T const* x, T* __restrict r,
                                                 std::ptrdiff_t n) {
#pragma GCC ivdep
    for (std::ptrdiff_t i = 0; i < n; ++i)
        r[i] = b[i] + neighbours_of(A, x, i) - (A.diagonal[i] + A.diagonal_across) * x[i];
}

// By differences: what a large coupling adds to both of its ends does not have to cancel.
template <int N>
[[gnu::always_inline]] inline double residual_at(row_stencil<N> const& A, double const* b, double scale, double mean,
                                                 double const* x, std::ptrdiff_t i, double below, double above) {
    double const here = x[i];
    double sum = (A.excess[i] + A.excess_across) * here + A.below[i] * (here - below) + A.above[i] * (here - above);
#pragma GCC unroll 4
    for (int k = 0; k < N; ++k) sum += A.across[k] * (here - A.rows[k][i]);
    return scale * (b[i] - A.share[i] * A.share_across * (sum + mean));
}

template <int N>
[[gnu::always_inline]] inline double residual_of_row(row_stencil<N> const A, double const* b, double scale, double mean,
                                                     double const* x, double* __restrict r, std::ptrdiff_t n) {
    r[0] = residual_at(A, b, scale, mean, x, 0, 0.0, n > 1 ? x[1] : 0.0);
#pragma GCC ivdep
    for (std::ptrdiff_t i = 1; i < n - 1; ++i) r[i] = residual_at(A, b, scale, mean, x, i, x[i - 1], x[i + 1]);
    if (n > 1) r[n - 1] = residual_at(A, b, scale, mean, x, n - 1, x[n - 2], 0.0);
    double lane[8] = {};
    std::ptrdiff_t const whole = n / 8 * 8;
    for (std::ptrdiff_t i = 0; i < whole; i += 8)
        for (std::ptrdiff_t l = 0; l < 8; ++l) lane[l] += r[i + l] * r[i + l];
    for (std::ptrdiff_t i = whole; i < n; ++i) lane[i - whole] += r[i] * r[i];
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

}  // namespace

#define POISE_STENCIL_KERNELS(T, N)                                                                                   \
    POISE_MULTIVERSION void relax(half_stencil<T, N> const& A, T omega, T const* b, T* x, std::ptrdiff_t n) {         \
        relax_each(A, omega, b, x, n);                                                                                \
    }                                                                                                                 \
    POISE_MULTIVERSION void relax(half_stencil<T, N> const& A, T omega, T rest, T const* b, T* x, std::ptrdiff_t n) { \
        relax_each(A, omega, rest, b, x, n);                                                                          \
    }                                                                                                                 \
    POISE_MULTIVERSION void residual(half_stencil<T, N> const& A, T const* b, T const* x, T* r, std::ptrdiff_t n) {   \
        residual_each(A, b, x, r, n);                                                                                 \
    }
#define POISE_SEPARABLE_KERNELS(T)                                                                                     \
    POISE_STENCIL_KERNELS(T, 0)                                                                                        \
    POISE_STENCIL_KERNELS(T, 2)                                                                                        \
    POISE_STENCIL_KERNELS(T, 4)                                                                                        \
    POISE_MULTIVERSION void relax_from_zero(T const* inverse, T const* b, T* __restrict x, std::ptrdiff_t n) {         \
        for (std::ptrdiff_t i = 0; i < n; ++i) x[i] = b[i] * inverse[i];                                               \
    }                                                                                                                  \
    POISE_MULTIVERSION void multiply(T const* a, T const* x, T* __restrict y, std::ptrdiff_t n) {                      \
        for (std::ptrdiff_t i = 0; i < n; ++i) y[i] = a[i] * x[i];                                                     \
    }                                                                                                                  \
    POISE_MULTIVERSION void multiply(T const* a, T const* x, T const* b, T const* z, T* __restrict y,                  \
                                     std::ptrdiff_t n) {                                                               \
        for (std::ptrdiff_t i = 0; i < n; ++i) y[i] = a[i] * x[i] + b[i] * z[i];                                       \
    }                                                                                                                  \
    POISE_MULTIVERSION void add(T const* x, T* __restrict y, std::ptrdiff_t n) {                                       \
        for (std::ptrdiff_t i = 0; i < n; ++i) y[i] += x[i];                                                           \
    }                                                                                                                  \
    POISE_MULTIVERSION void add(T const* a, T const* x, T const* b, T const* z, T* __restrict y, std::ptrdiff_t n) {   \
        for (std::ptrdiff_t i = 0; i < n; ++i) y[i] += a[i] * x[i] + b[i] * z[i];                                      \
    }                                                                                                                  \
    POISE_MULTIVERSION void add(T w, T const* x, T* __restrict y, std::ptrdiff_t n) {                                  \
        for (std::ptrdiff_t i = 0; i < n; ++i) y[i] += w * x[i];                                                       \
    }                                                                                                                  \
    POISE_MULTIVERSION void combine(T w0, T const* x0, T* __restrict y, std::ptrdiff_t n) {                            \
        for (std::ptrdiff_t i = 0; i < n; ++i) y[i] = w0 * x0[i];                                                      \
    }                                                                                                                  \
    POISE_MULTIVERSION void combine(T w0, T const* x0, T w1, T const* x1, T* __restrict y, std::ptrdiff_t n) {         \
        for (std::ptrdiff_t i = 0; i < n; ++i) y[i] = w0 * x0[i] + w1 * x1[i];                                         \
    }                                                                                                                  \
    POISE_MULTIVERSION void combine(T w0, T const* x0, T w1, T const* x1, T w2, T const* x2, T* __restrict y,          \
                                    std::ptrdiff_t n) {                                                                \
        for (std::ptrdiff_t i = 0; i < n; ++i) y[i] = w0 * x0[i] + w1 * x1[i] + w2 * x2[i];                            \
    }                                                                                                                  \
    POISE_MULTIVERSION void take_in(double scale, double const* __restrict weight, double const* __restrict r,         \
                                    T* __restrict to, std::ptrdiff_t n) {                                              \
        for (std::ptrdiff_t i = 0; i < n; ++i) to[i] = static_cast<T>(scale * (weight[i] * r[i]));                     \
    }                                                                                                                  \
    POISE_MULTIVERSION void give_out(double scale, T const* __restrict from, double* __restrict x, std::ptrdiff_t n) { \
        for (std::ptrdiff_t i = 0; i < n; ++i) x[i] += scale * static_cast<double>(from[i]);                           \
    }
POISE_SEPARABLE_KERNELS(float)
POISE_SEPARABLE_KERNELS(double)

#define POISE_ROW_KERNELS(N)                                                                                \
    POISE_MULTIVERSION double residual(row_stencil<N> const& A, double const* b, double scale, double mean, \
                                       double const* x, double* r, std::ptrdiff_t n) {                      \
        return residual_of_row(A, b, scale, mean, x, r, n);                                                 \
    }
POISE_ROW_KERNELS(0)
POISE_ROW_KERNELS(2)
POISE_ROW_KERNELS(4)

}  // namespace poise::linear::detail
