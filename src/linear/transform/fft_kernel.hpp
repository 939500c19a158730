// SPDX-License-Identifier: MIT
// Private to the kernels: complex Fourier transforms of any length, W of them at a time, one to a lane.
#pragma once

#include "linear/transform/plan.hpp"
#include "linear/transform/roots.hpp"
#include "linear/transform/simd.hpp"

namespace poise::linear::detail::POISE_SIMD_NAMESPACE {

/// Memory that is needed after a transform, asked for a little at a time while it is computed: the two take turns
/// otherwise, and neither is busy for more than half of the time.
struct read_ahead {
    char const* at;
    char const* end;
    char const* next;
    char const* next_end;

    read_ahead(double const* first, std::ptrdiff_t n, double const* second = nullptr, std::ptrdiff_t n_second = 0)
        : at{reinterpret_cast<char const*>(first)},
          end{at + n * static_cast<std::ptrdiff_t>(sizeof(double))},
          next{reinterpret_cast<char const*>(second)},
          next_end{next + n_second * static_cast<std::ptrdiff_t>(sizeof(double))} {}

    POISE_ALWAYS_INLINE void step() {
        if (at >= end) {
            at = next;
            end = next_end;
            next = next_end;
            if (at >= end) return;
        }
        __builtin_prefetch(at, 0, 2);
        __builtin_prefetch(at + 64, 0, 2);
        __builtin_prefetch(at + 128, 0, 2);
        at += 192;
    }
};

struct complex_V {
    V re, im;
};
POISE_ALWAYS_INLINE complex_V operator+(complex_V a, complex_V b) { return {a.re + b.re, a.im + b.im}; }
POISE_ALWAYS_INLINE complex_V operator-(complex_V a, complex_V b) { return {a.re - b.re, a.im - b.im}; }
POISE_ALWAYS_INLINE complex_V times(double const* w, complex_V a) {
    return {w[0] * a.re - w[1] * a.im, w[0] * a.im + w[1] * a.re};
}
POISE_ALWAYS_INLINE complex_V times_i(complex_V a) { return {-a.im, a.re}; }
POISE_ALWAYS_INLINE complex_V conjugate(complex_V a) { return {a.re, -a.im}; }
POISE_ALWAYS_INLINE complex_V load_slot(V const* z, std::ptrdiff_t i) { return {z[2 * i], z[2 * i + 1]}; }
POISE_ALWAYS_INLINE void store_slot(V* z, std::ptrdiff_t i, complex_V a) {
    z[2 * i] = a.re;
    z[2 * i + 1] = a.im;
}

POISE_ALWAYS_INLINE void butterfly_2(complex_V* x) {
    complex_V const difference = x[0] - x[1];
    x[0] = x[0] + x[1];
    x[1] = difference;
}

POISE_ALWAYS_INLINE void butterfly_4(complex_V* x) {
    complex_V const a = x[0] + x[2], b = x[0] - x[2], c = x[1] + x[3], d = times_i(x[1] - x[3]);
    x[0] = a + c;
    x[1] = b - d;
    x[2] = a - c;
    x[3] = b + d;
}

POISE_ALWAYS_INLINE void butterfly_8(complex_V* x) {
    constexpr double half_root = 0.70710678118654752440;
    complex_V even[4], odd[4];
    for (int i = 0; i < 4; ++i) {
        even[i] = x[i] + x[i + 4];
        odd[i] = x[i] - x[i + 4];
    }
    complex_V const a = odd[1], b = odd[2], c = odd[3];
    odd[1] = {half_root * (a.re + a.im), half_root * (a.im - a.re)};
    odd[2] = {b.im, -b.re};
    odd[3] = {half_root * (c.im - c.re), -half_root * (c.re + c.im)};
    butterfly_4(even);
    butterfly_4(odd);
    for (int i = 0; i < 4; ++i) {
        x[2 * i] = even[i];
        x[2 * i + 1] = odd[i];
    }
}

/// An odd prime radix, by sums and differences of the inputs that are conjugate to each other.
template <int P>
POISE_ALWAYS_INLINE void butterfly_odd(complex_V* x) {
    constexpr int half = (P - 1) / 2;
    complex_V sum[half], difference[half];
    complex_V total = x[0];
#pragma GCC unroll 16
    for (int q = 0; q < half; ++q) {
        sum[q] = x[q + 1] + x[P - 1 - q];
        difference[q] = x[q + 1] - x[P - 1 - q];
        total = total + sum[q];
    }
#pragma GCC unroll 16
    for (int m = 1; m <= half; ++m) {
        complex_V a = x[0];
        complex_V b{};
#pragma GCC unroll 16
        for (int q = 0; q < half; ++q) {
            int const turn = (m * (q + 1)) % P;
            a = {a.re + roots<P>::cosine[turn] * sum[q].re, a.im + roots<P>::cosine[turn] * sum[q].im};
            b = {b.re + roots<P>::sine[turn] * difference[q].re, b.im + roots<P>::sine[turn] * difference[q].im};
        }
        x[m] = a - times_i(b);
        x[P - m] = a + times_i(b);
    }
    x[0] = total;
}

template <int R>
POISE_ALWAYS_INLINE void butterfly(complex_V* x) {
    if constexpr (R == 2)
        butterfly_2(x);
    else if constexpr (R == 4)
        butterfly_4(x);
    else if constexpr (R == 8)
        butterfly_8(x);
    else
        butterfly_odd<R>(x);
}

template <int R>
void fft_blocks(V* z, int n_blocks, int length, double const* twiddles, read_ahead& ahead) {
    int const stride = length / R;
    for (int block = 0; block < n_blocks; ++block, z += 2 * length) {
        complex_V x[R];
        ahead.step();
#pragma GCC unroll 16
        for (int q = 0; q < R; ++q) x[q] = load_slot(z, q * stride);
        butterfly<R>(x);
#pragma GCC unroll 16
        for (int q = 0; q < R; ++q) store_slot(z, q * stride, x[q]);
        double const* w = twiddles;
        for (int j = 1; j < stride; ++j, w += 2 * (R - 1)) {
            ahead.step();
#pragma GCC unroll 16
            for (int q = 0; q < R; ++q) x[q] = load_slot(z, j + q * stride);
            butterfly<R>(x);
            store_slot(z, j, x[0]);
#pragma GCC unroll 16
            for (int q = 1; q < R; ++q) store_slot(z, j + q * stride, times(w + 2 * (q - 1), x[q]));
        }
    }
}

inline void fft_stage_blocks(V* z, int n_blocks, fft_stage const& stage, read_ahead& ahead) {
    switch (stage.radix) {
        case 2:
            return fft_blocks<2>(z, n_blocks, stage.length, stage.twiddles, ahead);
        case 3:
            return fft_blocks<3>(z, n_blocks, stage.length, stage.twiddles, ahead);
        case 4:
            return fft_blocks<4>(z, n_blocks, stage.length, stage.twiddles, ahead);
        case 5:
            return fft_blocks<5>(z, n_blocks, stage.length, stage.twiddles, ahead);
        case 7:
            return fft_blocks<7>(z, n_blocks, stage.length, stage.twiddles, ahead);
        case 8:
            return fft_blocks<8>(z, n_blocks, stage.length, stage.twiddles, ahead);
        case 11:
            return fft_blocks<11>(z, n_blocks, stage.length, stage.twiddles, ahead);
        case 13:
            return fft_blocks<13>(z, n_blocks, stage.length, stage.twiddles, ahead);
    }
}

inline void fft_stages(V* z, fft_stage const* stages, int n_stages, int n, read_ahead& ahead) {
    // Blocks that fit the first-level cache are finished one after the other.
    constexpr int cached = 32768 / (2 * W * static_cast<int>(sizeof(double)));
    for (int s = 0; s < n_stages; ++s) {
        fft_stage const& stage = stages[s];
        int const n_blocks = n / stage.length;
        fft_stage_blocks(z, n_blocks, stage, ahead);
        int const rest = stage.length / stage.radix;
        if (n > cached && rest > 1 && n_blocks == 1) {
            for (int block = 0; block < stage.radix; ++block)
                fft_stages(z + 2 * rest * block, stages + s + 1, n_stages - s - 1, rest, ahead);
            return;
        }
    }
}

inline void bluestein(V* z, fft_plan const& plan, read_ahead& ahead) {
    bluestein_plan const& by = *plan.bluestein;
    int const n = plan.n, padded = by.padded.n;
    V* const y = z + 2 * padded;
    for (int j = 0; j < n; ++j) store_slot(z, j, times(by.chirp + 2 * j, load_slot(z, j)));
    for (int j = 2 * n; j < 2 * padded; ++j) z[j] = V{};
    fft_stages(z, by.padded.stages, by.padded.n_stages, padded, ahead);
    // The inverse transform is the transform with real and imaginary part exchanged.
    for (int k = 0; k < padded; ++k) {
        int const slot = by.padded.position[k];
        complex_V const product = times(by.kernel + 2 * slot, load_slot(z, slot));
        store_slot(y, k, {product.im, product.re});
    }
    fft_stages(y, by.padded.stages, by.padded.n_stages, padded, ahead);
    for (int k = 0; k < n; ++k) {
        complex_V const swapped = load_slot(y, by.padded.position[k]);
        store_slot(z, k, times(by.chirp + 2 * k, {swapped.im, swapped.re}));
    }
}

inline void fft(V* z, fft_plan const& plan, read_ahead& ahead) {
    if (plan.bluestein != nullptr)
        bluestein(z, plan, ahead);
    else
        fft_stages(z, plan.stages, plan.n_stages, plan.n, ahead);
}

}  // namespace poise::linear::detail::POISE_SIMD_NAMESPACE
