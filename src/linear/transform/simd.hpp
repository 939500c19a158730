// SPDX-License-Identifier: MIT
// Private to the kernels: vectors of doubles, W to each, with the compilers' own vector extensions. Included by the
// kernels' translation units only, each of which sets POISE_SIMD_WIDTH and the namespace POISE_SIMD_NAMESPACE it lives
// in: nothing here may be shared between units that are compiled for different processors.
#pragma once

#include <cstddef>
#if POISE_SIMD_WIDTH > 2
#include <immintrin.h>
#endif

#define POISE_ALWAYS_INLINE [[gnu::always_inline]] inline

namespace poise::linear::detail::POISE_SIMD_NAMESPACE {

inline constexpr int W = POISE_SIMD_WIDTH;
typedef double V __attribute__((vector_size(POISE_SIMD_WIDTH * sizeof(double))));
typedef double unaligned_V
    __attribute__((vector_size(POISE_SIMD_WIDTH * sizeof(double)), aligned(sizeof(double)), may_alias));

POISE_ALWAYS_INLINE V load(double const* p) { return *reinterpret_cast<unaligned_V const*>(p); }
POISE_ALWAYS_INLINE void store(double* p, V v) { *reinterpret_cast<unaligned_V*>(p) = v; }

/// The first n of W doubles, zeros behind them; 0 <= n <= W.
POISE_ALWAYS_INLINE V load_part(double const* p, int n) {
#if POISE_SIMD_WIDTH == 8
    return _mm512_maskz_loadu_pd(static_cast<__mmask8>((1U << n) - 1U), p);
#elif POISE_SIMD_WIDTH == 4
    return _mm256_maskload_pd(p, _mm256_cmpgt_epi64(_mm256_set1_epi64x(n), _mm256_set_epi64x(3, 2, 1, 0)));
#else
    return n == 2 ? load(p) : V{n == 1 ? p[0] : 0.0, 0.0};
#endif
}
POISE_ALWAYS_INLINE void store_part(double* p, V v, int n) {
#if POISE_SIMD_WIDTH == 8
    _mm512_mask_storeu_pd(p, static_cast<__mmask8>((1U << n) - 1U), v);
#elif POISE_SIMD_WIDTH == 4
    _mm256_maskstore_pd(p, _mm256_cmpgt_epi64(_mm256_set1_epi64x(n), _mm256_set_epi64x(3, 2, 1, 0)), v);
#else
    if (n == 2)
        store(p, v);
    else if (n == 1)
        p[0] = v[0];
#endif
}

/// v with zeros from lane n on.
POISE_ALWAYS_INLINE V first_lanes(V v, int n) {
    for (int i = 0; i < W; ++i) v[i] = i < n ? v[i] : 0.0;
    return v;
}

POISE_ALWAYS_INLINE V square_root(V v) {
    for (int i = 0; i < W; ++i) v[i] = __builtin_sqrt(v[i]);
    return v;
}

/// v one place on, a zero in front.
POISE_ALWAYS_INLINE V shifted(V v) {
#if POISE_SIMD_WIDTH == 8
    return __builtin_shufflevector(v, V{}, 8, 0, 1, 2, 3, 4, 5, 6);
#elif POISE_SIMD_WIDTH == 4
    return __builtin_shufflevector(v, V{}, 4, 0, 1, 2);
#else
    return __builtin_shufflevector(v, V{}, 2, 0);
#endif
}

/// t[i][j] becomes t[j][i].
#if POISE_SIMD_WIDTH == 8
POISE_ALWAYS_INLINE void transpose(V* t) {
    V a[8];
    for (int i = 0; i < 8; i += 2) {
        a[i] = __builtin_shufflevector(t[i], t[i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
        a[i + 1] = __builtin_shufflevector(t[i], t[i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
    }
    V b[8];
    for (int i = 0; i < 8; i += 4)
        for (int j = 0; j < 2; ++j) {
            b[i + j] = __builtin_shufflevector(a[i + j], a[i + j + 2], 0, 1, 8, 9, 4, 5, 12, 13);
            b[i + j + 2] = __builtin_shufflevector(a[i + j], a[i + j + 2], 2, 3, 10, 11, 6, 7, 14, 15);
        }
    for (int i = 0; i < 4; ++i) {
        t[i] = __builtin_shufflevector(b[i], b[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
        t[i + 4] = __builtin_shufflevector(b[i], b[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
    }
}
#elif POISE_SIMD_WIDTH == 4
POISE_ALWAYS_INLINE void transpose(V* t) {
    V const a0 = __builtin_shufflevector(t[0], t[1], 0, 4, 2, 6);
    V const a1 = __builtin_shufflevector(t[0], t[1], 1, 5, 3, 7);
    V const a2 = __builtin_shufflevector(t[2], t[3], 0, 4, 2, 6);
    V const a3 = __builtin_shufflevector(t[2], t[3], 1, 5, 3, 7);
    t[0] = __builtin_shufflevector(a0, a2, 0, 1, 4, 5);
    t[1] = __builtin_shufflevector(a1, a3, 0, 1, 4, 5);
    t[2] = __builtin_shufflevector(a0, a2, 2, 3, 6, 7);
    t[3] = __builtin_shufflevector(a1, a3, 2, 3, 6, 7);
}
#else
POISE_ALWAYS_INLINE void transpose(V* t) {
    V const first = __builtin_shufflevector(t[0], t[1], 0, 2);
    t[1] = __builtin_shufflevector(t[0], t[1], 1, 3);
    t[0] = first;
}
#endif

/// A sum over a row in eight lanes, by column modulo 8 whatever W is: the same bits on every processor.
struct lane_sum {
    V part[8 / W] = {};
    POISE_ALWAYS_INLINE void add(std::ptrdiff_t column, V v) { part[(column / W) % (8 / W)] += v; }
    POISE_ALWAYS_INLINE double total() const {
        double lane[8];
        for (int i = 0; i < 8; ++i) lane[i] = part[i / W][i % W];
        return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
    }
};

}  // namespace poise::linear::detail::POISE_SIMD_NAMESPACE
