// SPDX-License-Identifier: MIT
// Private to the kernels: the tridiagonal systems of the modes; see sweep_plan.
#pragma once

#include "linear/transform/plan.hpp"
#include "linear/transform/simd.hpp"

namespace poise::linear::detail::POISE_SIMD_NAMESPACE {

/// A power of the ratio below this moves nothing any more.
inline constexpr double negligible = 0x1p-60;

POISE_ALWAYS_INLINE V flushed(V power) { return (power < negligible) & (power > -negligible) ? V{} : power; }

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
    V corner, reach;      ///< (T^{-1})_{11} and (T^{-1})_{1L}
    V gap;                ///< 1 - (T^{-1})_{11} - (T^{-1})_{1L}: what a row of the separators' system has in excess
};

/// T is the strip's matrix, of L lines. L is the same for all modes, so the powers go by its bits.
POISE_ALWAYS_INLINE strip_factor factor_of(V r, V excess, int L) {
    V const q = r * r;
    // With a = 0: r^a, q^a, Σ_{i<a} q^i, S_a = Σ_{i<a} r^i and T_a = Σ_{i<a} r^i S_{i+1}; all terms are positive.
    V r_a = V{} + 1.0, q_a = V{} + 1.0, sum = V{}, S = V{}, T = V{};
    for (int bit = 31 - __builtin_clz(static_cast<unsigned>(L) | 1U); bit >= 0; --bit) {
        sum = sum * (1.0 + q_a);
        T = T * (1.0 + q_a) + r_a * (S * S);
        S = S * (1.0 + r_a);
        r_a = r_a * r_a;
        q_a = q_a * q_a;
        if ((L >> bit) % 2 != 0) {
            sum = 1.0 + q * sum;
            S = 1.0 + r * S;
            T = T + r_a * S;
            r_a = r_a * r;
            q_a = q_a * q;
        }
    }
    V const root = square_root(excess);
    V const one_minus_r = r < 0.0 ? 1.0 - r : 2.0 * root / (square_root(excess + 4.0) + root);
    V const inverse_H = 1.0 / (1.0 + q * sum);
    return {r, r_a, inverse_H, r * sum * inverse_H, r_a * inverse_H, one_minus_r * one_minus_r * T * inverse_H};
}

/// 1 - g ((T^{-1})_{11} + (T^{-1})_{1L}) and the first of these products, where g = 1 - gap + slope·excess: what the
/// separator that does not exist has in excess, and its coupling; without cancellation where they are near 1.
struct closure {
    V g, excess, coupling;
};
POISE_ALWAYS_INLINE closure closure_of(double gap, double slope, V excess, strip_factor const& strip) {
    V const g = 1.0 - gap + slope * excess;
    V const near_one = (gap - slope * excess) + g * strip.gap;
    V const far = 1.0 - g * (strip.corner + strip.reach);
    return {g, (excess < 1.0) & (excess > 0.0) ? near_one : far, g * strip.reach};
}

/// What strip i adds to the equation of the separator above it, and below it.
POISE_ALWAYS_INLINE V upwards(strip_state const& state, strip_factor const& strip, std::ptrdiff_t at) {
    return load(state.first + at) * strip.inverse_H;
}
POISE_ALWAYS_INLINE V downwards(strip_state const& state, strip_factor const& strip, std::ptrdiff_t at) {
    return load(state.last + at) - strip.r * strip.r_L * strip.inverse_H * load(state.first + at);
}
/// Leaves Y and the separator below in a strip's state.
POISE_ALWAYS_INLINE void settle(strip_state const& state, strip_factor const& strip, std::ptrdiff_t at, V above,
                                V below) {
    V const Y = (above - strip.r * load(state.first + at) - strip.r * strip.r_L * below) * strip.inverse_H;
    store(state.separator + at, below);
    store(state.first + at, Y);
}

/// The equations of the separators 1 … S-1 eliminated downwards: U_i = A_i + B_i U_{i+1} + C_i U_0, where A_0, B_0, C_0
/// and rest_0 are given; rest_i = 1 - B_i - C_i is carried instead of subtracted, which loses what a mode that hardly
/// changes along the lines lives on. C is nullptr where nothing depends on U_0.
POISE_ALWAYS_INLINE void eliminate_separators(sweep_plan const& sweep, double* state, std::ptrdiff_t at, V excess,
                                              strip_factor const& inner, strip_factor const& end, V* A, V* B, V* C,
                                              V* rest) {
    for (int i = 1; i < sweep.n_strips; ++i) {
        strip_factor const& below = i == sweep.n_strips - 1 ? end : inner;
        strip_state const above_state = state_of(sweep, state, i - 1);
        V const right = load(above_state.separator + at) + downwards(above_state, inner, at) +
                        upwards(state_of(sweep, state, i), below, at);
        V const left = excess + inner.gap + below.gap + inner.reach * rest[i - 1];
        V const around = C != nullptr ? inner.reach * C[i - 1] : V{};
        V const inverse = 1.0 / (left + around + below.reach);
        A[i] = (right + inner.reach * A[i - 1]) * inverse;
        B[i] = below.reach * inverse;
        rest[i] = left * inverse;
        if (C != nullptr) C[i] = around * inverse;
    }
}

/// Solves for the separators of the modes in blocks [first, last). workspace: 4 n_strips vectors.
inline void solve_separators(sweep_plan const& sweep, double* state, std::ptrdiff_t first, std::ptrdiff_t last,
                             V* workspace) {
    int const S = sweep.n_strips;
    V* const A = workspace;
    V* const B = workspace + S;
    V* const rest = workspace + 2 * std::ptrdiff_t{S};
    for (std::ptrdiff_t block = first; block < last; ++block) {
        std::ptrdiff_t const at = block * W;
        V const excess = load(sweep.excess + at);
        strip_factor const inner = factor_of(load(sweep.ratio + at), excess, sweep.n_inner(0));
        strip_factor const end = S == 1 ? inner : factor_of(inner.r, excess, sweep.n_inner(S - 1));
        closure const above_all = closure_of(sweep.end_gap[0], sweep.end_slope[0], excess, inner);
        V const inverse = 1.0 / (above_all.excess + above_all.coupling);
        A[0] = above_all.g * upwards(state_of(sweep, state, 0), inner, at) * inverse;
        B[0] = above_all.coupling * inverse;
        rest[0] = above_all.excess * inverse;
        eliminate_separators(sweep, state, at, excess, inner, end, A, B, nullptr, rest);
        V const right = downwards(state_of(sweep, state, S - 1), end, at) + end.reach * A[S - 1];
        closure const below_all = closure_of(sweep.end_gap[1], sweep.end_slope[1], excess, end);
        V u = below_all.g * right / (below_all.excess + below_all.coupling * rest[S - 1]);
        for (int i = S - 1; i >= 0; --i) {
            V const above = A[i] + B[i] * u;
            settle(state_of(sweep, state, i), i == S - 1 ? end : inner, at, above, u);
            u = above;
        }
    }
}

/// The same around a periodic direction, where the separator behind the last strip is the one before the first.
inline void solve_cyclic_separators(sweep_plan const& sweep, double* state, std::ptrdiff_t first, std::ptrdiff_t last,
                                    V* workspace) {
    int const S = sweep.n_strips;
    V* const A = workspace;
    V* const B = workspace + S;
    V* const C = workspace + 2 * std::ptrdiff_t{S};
    V* const rest = workspace + 3 * std::ptrdiff_t{S};
    for (std::ptrdiff_t block = first; block < last; ++block) {
        std::ptrdiff_t const at = block * W;
        V const excess = load(sweep.excess + at);
        strip_factor const inner = factor_of(load(sweep.ratio + at), excess, sweep.n_inner(0));
        strip_factor const end = S == 1 ? inner : factor_of(inner.r, excess, sweep.n_inner(S - 1));
        A[0] = B[0] = rest[0] = V{};
        C[0] = V{} + 1.0;
        eliminate_separators(sweep, state, at, excess, inner, end, A, B, C, rest);
        V a{}, lack{};  // U_1 = a + (1 - lack) U_0, from U_S = U_0
        for (int i = S - 1; i > 0; --i) {
            a = A[i] + B[i] * a;
            lack = rest[i] + B[i] * lack;
        }
        strip_state const end_state = state_of(sweep, state, S - 1);
        V const right = load(end_state.separator + at) + downwards(end_state, end, at) +
                        upwards(state_of(sweep, state, 0), inner, at) + end.reach * A[S - 1] + inner.reach * a;
        V const around = right / (excess + end.gap + inner.gap + end.reach * rest[S - 1] + inner.reach * lack);
        V u = around;
        for (int i = S - 1; i >= 0; --i) {
            V const above = i == 0 ? around : A[i] + B[i] * u + C[i] * around;
            settle(state_of(sweep, state, i), i == S - 1 ? end : inner, at, above, u);
            u = above;
        }
    }
}

}  // namespace poise::linear::detail::POISE_SIMD_NAMESPACE
