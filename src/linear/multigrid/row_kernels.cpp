// SPDX-License-Identifier: MIT
#include "linear/multigrid/row_kernels.hpp"

#include "core/multiversion.hpp"

namespace poise::linear::detail {
namespace {

template <class T, int N>
[[gnu::always_inline]] inline void smooth_each(half_row<T, N> const& A, T const* inverse, T const* b, T* x,
                                               std::ptrdiff_t n) {
#pragma GCC ivdep
    for (std::ptrdiff_t i = 0; i < n; ++i) {
        T sum = b[i];
#pragma GCC unroll 16
        for (int k = 0; k < N; ++k) sum += A.up[k][i] * x[i + A.to_up[k]] + A.down[k][i] * x[i + A.to_down[k]];
        x[i] = sum * inverse[i];
    }
}

// By differences: what a large coupling adds to both of its ends does not have to cancel.
template <class T, int N>
[[gnu::always_inline]] inline void residual_each(half_row<T, N> const& A, T const* excess, T const* b, T const* x,
                                                 T* __restrict r, std::ptrdiff_t n) {
#pragma GCC ivdep
    for (std::ptrdiff_t i = 0; i < n; ++i) {
        T const here = x[i];
        T sum = b[i] - excess[i] * here;
#pragma GCC unroll 16
        for (int k = 0; k < N; ++k)
            sum += A.up[k][i] * (x[i + A.to_up[k]] - here) + A.down[k][i] * (x[i + A.to_down[k]] - here);
        r[i] = sum;
    }
}

template <class T>
[[gnu::always_inline]] inline double sum_each(T const* x, std::ptrdiff_t n) {
    double lane[8] = {};
    for (std::ptrdiff_t i = 0; i < n; i += 8)
        for (std::ptrdiff_t l = 0; l < 8; ++l) lane[l] += static_cast<double>(x[i + l]);
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

}  // namespace

POISE_MULTIVERSION void subtract(double const* x, double* __restrict y, std::ptrdiff_t n) {
    for (std::ptrdiff_t i = 0; i < n; ++i) y[i] -= x[i];
}

POISE_MULTIVERSION double sum_of(float const* x, std::ptrdiff_t n) { return sum_each(x, n); }
POISE_MULTIVERSION double sum_of(double const* x, std::ptrdiff_t n) { return sum_each(x, n); }

#define POISE_HALF_ROW_KERNELS(T, N)                                                                                \
    POISE_MULTIVERSION void smooth(half_row<T, N> const& A, T const* inverse, T const* b, T* x, std::ptrdiff_t n) { \
        smooth_each(A, inverse, b, x, n);                                                                           \
    }                                                                                                               \
    POISE_MULTIVERSION void residual(half_row<T, N> const& A, T const* excess, T const* b, T const* x, T* r,        \
                                     std::ptrdiff_t n) {                                                            \
        residual_each(A, excess, b, x, r, n);                                                                       \
    }

#define POISE_ROW_KERNELS(T)                                                                                           \
    POISE_HALF_ROW_KERNELS(T, 1)                                                                                       \
    POISE_HALF_ROW_KERNELS(T, 2)                                                                                       \
    POISE_HALF_ROW_KERNELS(T, 3)                                                                                       \
    POISE_HALF_ROW_KERNELS(T, 4)                                                                                       \
    POISE_HALF_ROW_KERNELS(T, 13)                                                                                      \
    POISE_MULTIVERSION void add_product(T const* w, T const* x, T* __restrict y, std::ptrdiff_t n) {                   \
        if (w == nullptr)                                                                                              \
            for (std::ptrdiff_t i = 0; i < n; ++i) y[i] += x[i];                                                       \
        else                                                                                                           \
            for (std::ptrdiff_t i = 0; i < n; ++i) y[i] += w[i] * x[i];                                                \
    }                                                                                                                  \
    POISE_MULTIVERSION void gather(T const* left, T const* middle, T const* right, T const* even, T const* odd,        \
                                   T* __restrict coarse, std::ptrdiff_t n) {                                           \
        add_product(middle, even, coarse, n);                                                                          \
        for (std::ptrdiff_t i = 0; i < n; ++i) coarse[i] += left[i] * odd[i - 1] + right[i] * odd[i];                  \
    }                                                                                                                  \
    POISE_MULTIVERSION void spread(T const* left, T const* middle, T const* right, T const* coarse,                    \
                                   T* __restrict even, T* __restrict odd, std::ptrdiff_t n) {                          \
        add_product(middle, coarse, even, n);                                                                          \
        for (std::ptrdiff_t i = 0; i < n; ++i) odd[i] += right[i] * coarse[i] + left[i + 1] * coarse[i + 1];           \
    }                                                                                                                  \
    POISE_MULTIVERSION void split(T const* __restrict row, T* __restrict even, T* __restrict odd, std::ptrdiff_t n) {  \
        for (std::ptrdiff_t i = 0; i < n; ++i) {                                                                       \
            even[i] = row[2 * i];                                                                                      \
            odd[i] = row[2 * i + 1];                                                                                   \
        }                                                                                                              \
    }                                                                                                                  \
    POISE_MULTIVERSION void join(T const* __restrict even, T const* __restrict odd, T* __restrict row,                 \
                                 std::ptrdiff_t n) {                                                                   \
        for (std::ptrdiff_t i = 0; i < n; ++i) {                                                                       \
            row[2 * i] = even[i];                                                                                      \
            row[2 * i + 1] = odd[i];                                                                                   \
        }                                                                                                              \
    }                                                                                                                  \
    POISE_MULTIVERSION void split_scaled(double const* __restrict row, double shift, double scale, T* __restrict even, \
                                         T* __restrict odd, std::ptrdiff_t n) {                                        \
        for (std::ptrdiff_t i = 0; i < n / 2; ++i) {                                                                   \
            even[i] = static_cast<T>(scale * (row[2 * i] - shift));                                                    \
            odd[i] = static_cast<T>(scale * (row[2 * i + 1] - shift));                                                 \
        }                                                                                                              \
        if (n % 2 != 0) even[n / 2] = static_cast<T>(scale * (row[n - 1] - shift));                                    \
    }                                                                                                                  \
    POISE_MULTIVERSION void join_scaled(T const* __restrict even, T const* __restrict odd, double shift, double scale, \
                                        double* __restrict row, std::ptrdiff_t n) {                                    \
        for (std::ptrdiff_t i = 0; i < n / 2; ++i) {                                                                   \
            row[2 * i] = scale * (static_cast<double>(even[i]) - shift);                                               \
            row[2 * i + 1] = scale * (static_cast<double>(odd[i]) - shift);                                            \
        }                                                                                                              \
        if (n % 2 != 0) row[n - 1] = scale * (static_cast<double>(even[n / 2]) - shift);                               \
    }
POISE_ROW_KERNELS(float)
POISE_ROW_KERNELS(double)

}  // namespace poise::linear::detail
