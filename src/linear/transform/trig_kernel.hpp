// SPDX-License-Identifier: MIT
// Private to the kernels: sine, cosine and real Fourier transforms as passes around a complex transform.
// Sources: Makhoul (1980), IEEE Trans. ASSP 28, 27 (DCT-II by a Fourier transform of its own length); Van Loan (1992),
// §4.4 (the splitting of DST-I and DCT-I).
#pragma once

#include "linear/transform/fft_kernel.hpp"

namespace poise::linear::detail::POISE_SIMD_NAMESPACE {

/// Coefficient k of a DCT-III in the lane, taken out of it.
template <folding Fold>
POISE_ALWAYS_INLINE V take(V* lane, int size, int k) {
    if constexpr (Fold == folding::none) {
        return lane[k];
    } else if constexpr (Fold == folding::sines) {
        if (k == 0) return lane[size];
        V const low = lane[size - k], high = lane[size + k];
        lane[size - k] = low - high;
        return low + high;
    } else {
        V const low = lane[k], high = lane[2 * size - k];
        lane[k] = low + high;
        return low - high;
    }
}

/// Coefficient k of a DCT-II put into the lane, the opposite of take().
template <folding Fold>
POISE_ALWAYS_INLINE void put(V* lane, int size, int k, V c) {
    if constexpr (Fold == folding::none) {
        lane[k] = c;
    } else if constexpr (Fold == folding::sines) {
        if (k == 0) {
            lane[size] = c;
            return;
        }
        V const rest = lane[size - k];
        lane[size - k] = c + rest;
        lane[size + k] = c - rest;
    } else {
        V const rest = lane[k];
        lane[k] = rest + c;
        lane[2 * size - k] = rest - c;
    }
}

inline constexpr double sqrt_half = 0.70710678118654752440;

template <folding Fold>
void coefficients_to_points(V* lane, V* z, trig_pass const& pass, read_ahead& ahead) {
    int const size = pass.size;
    if (pass.whole) {
        for (int k = 0; k < size; ++k) {
            V const c = take<Fold>(lane, size, k);
            store_slot(z, k, {pass.twiddles[2 * k + 1] * c, pass.twiddles[2 * k] * c});
        }
    } else {
        int const half = size / 2;
        V const first = take<Fold>(lane, size, 0), middle = sqrt_half * take<Fold>(lane, size, half);
        store_slot(z, 0, {first - middle, first + middle});
        double const* w = pass.twiddles;
        for (int k = 1; 2 * k <= half; ++k, w += 6) {
            ahead.step();
            V const c1 = take<Fold>(lane, size, k), c2 = take<Fold>(lane, size, size - k);
            bool const distinct = 2 * k < half;
            V const c3 = distinct ? take<Fold>(lane, size, half - k) : c1;
            V const c4 = distinct ? take<Fold>(lane, size, half + k) : c2;
            complex_V const a = times(w, {c1, -c2}), b = times(w + 2, {c3, -c4});
            complex_V const p = a + conjugate(b), t = times_i(times(w + 4, a - conjugate(b)));
            complex_V const here = p + t, there = p - t;
            store_slot(z, k, {here.im, here.re});
            store_slot(z, half - k, {-there.im, there.re});
        }
    }
    fft(z, pass.fft, ahead);
}

template <folding Fold>
void points_to_coefficients(V* lane, V* z, trig_pass const& pass, read_ahead& ahead) {
    int const size = pass.size;
    std::int32_t const* const slot = pass.fft.position;
    if (pass.whole) {
        for (int q = 0; q < size; ++q) z[2 * q + 1] = V{};
        fft(z, pass.fft, ahead);
        for (int k = 0; k < size; ++k) {
            complex_V const v = load_slot(z, slot[k]);
            put<Fold>(lane, size, k, pass.twiddles[2 * k] * v.re + pass.twiddles[2 * k + 1] * v.im);
        }
        return;
    }
    fft(z, pass.fft, ahead);
    int const half = size / 2;
    put<Fold>(lane, size, 0, z[0] + z[1]);
    put<Fold>(lane, size, half, sqrt_half * (z[0] - z[1]));
    double const* w = pass.twiddles;
    for (int k = 1; 2 * k <= half; ++k, w += 6) {
        ahead.step();
        complex_V const here = load_slot(z, slot[k]), there = conjugate(load_slot(z, slot[half - k]));
        complex_V const even = here + there, difference = here - there;
        complex_V const odd = {w[4] * difference.im - w[5] * difference.re,
                               -(w[4] * difference.re + w[5] * difference.im)};  // -i conj(w) difference
        complex_V const v = even + odd, mirrored = conjugate(even - odd);
        put<Fold>(lane, size, k, w[0] * v.re + w[1] * v.im);
        put<Fold>(lane, size, size - k, w[1] * v.re - w[0] * v.im);
        if (2 * k == half) break;
        put<Fold>(lane, size, half - k, w[2] * mirrored.re + w[3] * mirrored.im);
        put<Fold>(lane, size, half + k, w[3] * mirrored.re - w[2] * mirrored.im);
    }
}

inline void quarter_wave(V* z, trig_pass const& pass, read_ahead& ahead) {
    int const n = pass.fft.n;
    std::int32_t const* const slot = pass.fft.position;
    if (pass.whole) {
        double const* const after = pass.twiddles + 2 * n;
        for (int q = 0; q < n; ++q)
            store_slot(z, q, {pass.twiddles[2 * q] * z[2 * q], pass.twiddles[2 * q + 1] * z[2 * q]});
        fft(z, pass.fft, ahead);
        for (int k = 0; k < n; ++k) z[2 * slot[k]] = times(after + 2 * k, load_slot(z, slot[k])).re;
        return;
    }
    for (int q = 0; q < n; ++q) store_slot(z, q, times(pass.twiddles + 2 * q, load_slot(z, q)));
    fft(z, pass.fft, ahead);
    for (int k = 0; k < n; ++k) store_slot(z, slot[k], conjugate(times(pass.twiddles + 2 * k, load_slot(z, slot[k]))));
}

inline void points_to_harmonics(V* lane, V* z, trig_pass const& pass, read_ahead& ahead) {
    int const size = pass.size;
    std::int32_t const* const slot = pass.fft.position;
    if (pass.whole) {
        for (int q = 0; q < size; ++q) z[2 * q + 1] = V{};
        fft(z, pass.fft, ahead);
        lane[0] = z[0];
        for (int k = 1; 2 * k < size; ++k) {
            lane[2 * k - 1] = z[2 * slot[k]];
            lane[2 * k] = -z[2 * slot[k] + 1];
        }
        return;
    }
    fft(z, pass.fft, ahead);
    int const half = size / 2;
    lane[0] = z[0] + z[1];
    lane[size - 1] = z[0] - z[1];
    double const* w = pass.twiddles;
    for (int k = 1; 2 * k <= half; ++k, w += 2) {
        complex_V const here = load_slot(z, slot[k]), there = conjugate(load_slot(z, slot[half - k]));
        complex_V const sum = here + there, difference = here - there;
        complex_V const even = {0.5 * sum.re, 0.5 * sum.im};
        complex_V const odd = {w[0] * difference.im - w[1] * difference.re,
                               -(w[0] * difference.re + w[1] * difference.im)};
        complex_V const v = even + odd, mirrored = conjugate(even - odd);
        lane[2 * (half - k) - 1] = mirrored.re;
        lane[2 * (half - k)] = -mirrored.im;
        lane[2 * k - 1] = v.re;
        lane[2 * k] = -v.im;
    }
}

inline void harmonics_to_points(V* lane, V* z, trig_pass const& pass, read_ahead& ahead) {
    int const size = pass.size;
    if (pass.whole) {
        store_slot(z, 0, {V{}, lane[0]});
        for (int k = 1; k < size; ++k)
            store_slot(z, k, 2 * k < size ? complex_V{-lane[2 * k], lane[2 * k - 1]} : complex_V{V{}, V{}});
    } else {
        int const half = size / 2;
        store_slot(z, 0, {lane[0] - lane[size - 1], lane[0] + lane[size - 1]});
        double const* w = pass.twiddles;
        for (int k = 1; 2 * k <= half; ++k, w += 2) {
            complex_V const a = {lane[2 * k - 1], -lane[2 * k]};
            complex_V const b = {lane[2 * (half - k) - 1], lane[2 * (half - k)]};  // conjugated
            complex_V const sum = a + b, t = times_i(times(w, a - b));
            complex_V const p = {0.5 * sum.re, 0.5 * sum.im};
            complex_V const here = p + t, there = p - t;
            store_slot(z, k, {here.im, here.re});
            store_slot(z, half - k, {-there.im, there.re});
        }
    }
    fft(z, pass.fft, ahead);
}

// N odd: sin(π j (N - 2m)/N) = (-1)^{j+1} sin(2π jm/N), so that the modes of even and of odd number are the two parts
// of one complex transform of length N, which an odd extension makes of sines alone. Likewise for cosines.
inline void odd_sines_forward(V const* lane, V* z, trig_pass const& pass, read_ahead& ahead) {
    int const n = pass.size;
    store_slot(z, 0, {V{}, V{}});
    for (int j = 1; 2 * j < n; ++j) {
        V const low = lane[j], high = lane[n - j];
        V const g = 0.5 * (low - high), h = (j % 2 == 1 ? 0.5 : -0.5) * (low + high);
        store_slot(z, j, {g, h});
        store_slot(z, n - j, {-g, -h});
    }
    fft(z, pass.fft, ahead);
}

inline void odd_sines_backward(V* lane, V* z, trig_pass const& pass, read_ahead& ahead) {
    int const n = pass.size;
    store_slot(z, 0, {V{}, V{}});
    for (int m = 1; 2 * m < n; ++m) {
        V const a = 0.5 * z[2 * m], b = 0.5 * z[2 * m + 1];
        store_slot(z, m, {a, b});
        store_slot(z, n - m, {-a, -b});
    }
    fft(z, pass.fft, ahead);
    for (int j = 1; 2 * j < n; ++j) {
        complex_V const w = load_slot(z, pass.fft.position[j]);
        V const b = (j % 2 == 1 ? -1.0 : 1.0) * w.im;
        lane[j] = b - w.re;
        lane[n - j] = b + w.re;
    }
}

inline void odd_cosines_forward(V const* lane, V* z, trig_pass const& pass, read_ahead& ahead) {
    int const n = pass.size;
    store_slot(z, 0, {lane[0] + lane[n], lane[0] - lane[n]});
    for (int j = 1; 2 * j < n; ++j) {
        V const low = lane[j], high = lane[n - j];
        complex_V const even = {0.5 * (low + high), (j % 2 == 0 ? 0.5 : -0.5) * (low - high)};
        store_slot(z, j, even);
        store_slot(z, n - j, even);
    }
    fft(z, pass.fft, ahead);
}

inline void odd_cosines_backward(V* lane, V* z, trig_pass const& pass, read_ahead& ahead) {
    int const n = pass.size;
    for (int m = 1; 2 * m < n; ++m) {
        complex_V const w = {0.5 * z[2 * m], 0.5 * z[2 * m + 1]};
        store_slot(z, m, w);
        store_slot(z, n - m, w);
    }
    fft(z, pass.fft, ahead);
    lane[0] = z[0] + z[1];
    lane[n] = z[0] - z[1];
    for (int j = 1; 2 * j < n; ++j) {
        complex_V const w = load_slot(z, pass.fft.position[j]);
        V const b = (j % 2 == 0 ? 1.0 : -1.0) * w.im;
        lane[j] = w.re + b;
        lane[n - j] = w.re - b;
    }
}

inline void run(trig_pass const& pass, V* workspace, read_ahead& ahead) {
    V* const lane = workspace + pass.lane;
    V* const z = workspace + pass.scratch;
    switch (pass.kind) {
        case pass_kind::coefficients_to_points:
            if (pass.fold == folding::none) return coefficients_to_points<folding::none>(lane, z, pass, ahead);
            if (pass.fold == folding::sines) return coefficients_to_points<folding::sines>(lane, z, pass, ahead);
            return coefficients_to_points<folding::cosines>(lane, z, pass, ahead);
        case pass_kind::points_to_coefficients:
            if (pass.fold == folding::none) return points_to_coefficients<folding::none>(lane, z, pass, ahead);
            if (pass.fold == folding::sines) return points_to_coefficients<folding::sines>(lane, z, pass, ahead);
            return points_to_coefficients<folding::cosines>(lane, z, pass, ahead);
        case pass_kind::quarter_wave:
            return quarter_wave(z, pass, ahead);
        case pass_kind::points_to_harmonics:
            return points_to_harmonics(lane, z, pass, ahead);
        case pass_kind::harmonics_to_points:
            return harmonics_to_points(lane, z, pass, ahead);
        case pass_kind::odd_sines_forward:
            return odd_sines_forward(lane, z, pass, ahead);
        case pass_kind::odd_sines_backward:
            return odd_sines_backward(lane, z, pass, ahead);
        case pass_kind::odd_cosines_forward:
            return odd_cosines_forward(lane, z, pass, ahead);
        case pass_kind::odd_cosines_backward:
            return odd_cosines_backward(lane, z, pass, ahead);
    }
}

inline void forward(axis_plan const& axis, V* workspace, read_ahead ahead) {
    for (int i = 0; i < axis.n_forward; ++i) run(axis.forward[i], workspace, ahead);
}
inline void backward(axis_plan const& axis, V* workspace, read_ahead ahead) {
    for (int i = 0; i < axis.n_backward; ++i) run(axis.backward[i], workspace, ahead);
}

}  // namespace poise::linear::detail::POISE_SIMD_NAMESPACE
