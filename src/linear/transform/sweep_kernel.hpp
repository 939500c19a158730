// SPDX-License-Identifier: MIT
// Private to the kernels: the tridiagonal systems of the modes; see sweep_plan.
#pragma once

#include "linear/transform/plan.hpp"
#include "linear/transform/simd.hpp"

namespace poise::linear::detail::POISE_SIMD_NAMESPACE {

/// A power of the ratio below this moves nothing any more.
inline constexpr double negligible = 0x1p-60;

POISE_ALWAYS_INLINE V flushed(V power) { return power < negligible ? V{} : power; }

/// r^line for line a multiple of W, where the lines behind it go on by products: the same operations at every W.
POISE_ALWAYS_INLINE V power_of(V r, int line) {
    V power = V{} + 1.0, square = r * r;
    square = square * square;
    square = square * square;  // r^8
    for (int rest = line / 8; rest > 0; rest /= 2, square = square * square)
        if (rest % 2 != 0) power = power * square;
    power = flushed(power);
    for (int i = line % 8; i > 0; --i) power = power * r;
    return power;
}

/// r^line for any line, one line at a time.
POISE_ALWAYS_INLINE V power_of_line(V r, int line) {
    V power = V{} + 1.0, square = r;
    for (int rest = line; rest > 0; rest /= 2, square = square * square)
        if (rest % 2 != 0) power = power * square;
    return flushed(power);
}

/// State of a strip's block of modes: Σ r^{j-1} d_j and later Y; the last d; the separator's right-hand side and later
/// the separator below the strip.
struct strip_state {
    double* first;
    double* last;
    double* separator;
};
inline strip_state state_of(sweep_plan const& sweep, double* state, int strip) {
    std::ptrdiff_t const n = sweep.n_blocks * W;
    double* const base = state + 3 * n * strip;
    return {base, base + n, base + 2 * n};
}

struct strip_factor {
    V r, r_L, inverse_H;  ///< r, r^L, 1/Σ_{i<=L} r^{2i}
    V corner, e;          ///< (T^{-1})_{11}, and 1 less that
};

/// T is the strip's matrix, of L lines. L is the same for all modes, so the powers go by its bits.
POISE_ALWAYS_INLINE strip_factor factor_of(V r, V excess, int L) {
    V const q = r * r;
    V r_a = V{} + 1.0, q_a = V{} + 1.0, sum = V{};  // r^a, q^a, Σ_{i<a} q^i with a = 0
    for (int bit = 31 - __builtin_clz(static_cast<unsigned>(L) | 1U); bit >= 0; --bit) {
        sum = sum * (1.0 + q_a);
        r_a = r_a * r_a;
        q_a = q_a * q_a;
        if ((L >> bit) % 2 != 0) {
            sum = 1.0 + q * sum;
            r_a = r_a * r;
            q_a = q_a * q;
        }
    }
    V const root = square_root(excess);
    V const one_minus_r = 2.0 * root / (square_root(excess + 4.0) + root);
    V const inverse_H = 1.0 / (1.0 + q * sum);
    return {r, r_a, inverse_H, r * sum * inverse_H, (1.0 - r * one_minus_r * sum) * inverse_H};
}

/// 1 - g (T^{-1})_{11}, where g = 1 - gap + slope·excess; without cancellation where both are near 1.
POISE_ALWAYS_INLINE V closure(double gap, double slope, V excess, strip_factor const& strip) {
    V const g = 1.0 - gap + slope * excess;
    V const near_one = (gap - slope * excess) + g * strip.e;
    return excess < 1.0 ? near_one : 1.0 - g * strip.corner;
}

/// Solves for the separators and leaves Y and the separator below in each strip's state. workspace: 2 (n_strips + 1)
/// vectors.
inline void solve_separators(sweep_plan const& sweep, double* state, std::ptrdiff_t first, std::ptrdiff_t last,
                             V* workspace) {
    int const S = sweep.n_strips;
    V* const A = workspace;
    V* const B = workspace + S + 1;
    for (std::ptrdiff_t block = first; block < last; ++block) {
        std::ptrdiff_t const at = block * W;
        V const r = load(sweep.ratio + at), excess = load(sweep.excess + at);
        strip_factor const inner = factor_of(r, excess, sweep.n_inner(0));
        strip_factor const end = S == 1 ? inner : factor_of(r, excess, sweep.n_inner(S - 1));
        // U_i = A_i + B_i U_{i+1}
        {
            strip_factor const& f = S == 1 ? end : inner;
            V const g = 1.0 - sweep.end_gap[0] + sweep.end_slope[0] * excess;
            V const scaled = g / closure(sweep.end_gap[0], sweep.end_slope[0], excess, f);
            A[0] = scaled * load(state_of(sweep, state, 0).first + at) * f.inverse_H;
            B[0] = scaled * f.r_L * f.inverse_H;
        }
        for (int i = 1; i < S; ++i) {
            strip_factor const& below = i == S - 1 ? end : inner;
            strip_state const above_state = state_of(sweep, state, i - 1);
            V const above_first = load(above_state.first + at);
            V const reach = inner.r_L * inner.inverse_H;
            V const right = load(above_state.separator + at) + load(above_state.last + at) - r * reach * above_first +
                            load(state_of(sweep, state, i).first + at) * below.inverse_H;
            V const inverse = 1.0 / (excess + inner.e + below.e - reach * B[i - 1]);
            A[i] = (right + reach * A[i - 1]) * inverse;
            B[i] = below.r_L * below.inverse_H * inverse;
        }
        strip_state const end_state = state_of(sweep, state, S - 1);
        V const g = 1.0 - sweep.end_gap[1] + sweep.end_slope[1] * excess;
        V const reach = end.r_L * end.inverse_H;
        V const right = load(end_state.last + at) - r * reach * load(end_state.first + at) + reach * A[S - 1];
        V u = g * right / (closure(sweep.end_gap[1], sweep.end_slope[1], excess, end) - g * reach * B[S - 1]);
        for (int i = S - 1; i >= 0; --i) {
            strip_factor const& f = i == S - 1 ? end : inner;
            strip_state const s = state_of(sweep, state, i);
            V const above = A[i] + B[i] * u;
            store(s.separator + at, u);
            store(s.first + at, (above - r * load(s.first + at) - r * f.r_L * u) * f.inverse_H);
            u = above;
        }
    }
}

}  // namespace poise::linear::detail::POISE_SIMD_NAMESPACE
