// SPDX-License-Identifier: MIT
// Private to ode: exp, log, sin and cos of all lanes at once, to an ulp or two.
// Source: the reductions, and the polynomials of log, sin and cos, are those of Sun's fdlibm (1993), e_log.c, k_sin.c,
// k_cos.c and e_rem_pio2.c; the series of exp is Taylor's, long enough for |r| ≤ log(2) / 2.
#pragma once

#include <poise/ode/lanes.hpp>

#include <limits>

namespace poise::ode::detail {

/// Of which the last digits are those of a whole number that is added to it: 1.5·2⁵², or 1.5·2²³ of floats.
template <class Registers>
inline constexpr double whole_numbers = sizeof(typename Registers::real) == 4 ? 12582912.0 : 6755399441055744.0;

/// The nearest whole number, |x| < 2⁵¹, or 2²².
template <class Registers>
[[nodiscard]] POISE_ALWAYS_INLINE inline lanes<Registers> nearest(lanes<Registers> const& x) noexcept {
    return (x + whole_numbers<Registers>)-whole_numbers<Registers>;
}

template <class Registers>
[[nodiscard]] POISE_ALWAYS_INLINE inline lanes<Registers> exp_of(lanes<Registers> const& x) noexcept {
    using number = lanes<Registers>;
    number const bounded = min(max(x, -750.0), 710.0);
    number const n = nearest(bounded * 1.4426950408889634);
    number const r = (bounded - n * 6.93147180369123816490e-01) - n * 1.90821492927058770002e-10;
    number const last =
        1.0 / 40320.0 +
        r * (1.0 / 362880.0 +
             r * (1.0 / 3628800.0 + r * (1.0 / 39916800.0 + r * (1.0 / 479001600.0 + r * (1.0 / 6227020800.0)))));
    number const series =
        0.5 +
        r * (1.0 / 6.0 + r * (1.0 / 24.0 + r * (1.0 / 120.0 + r * (1.0 / 720.0 + r * (1.0 / 5040.0 + r * last)))));
    // In two factors, as 2ⁿ may be beyond the numbers that are normal.
    number const half = nearest(0.5 * n);
    return (1.0 + (r + r * r * series)) * scaled(number{1.0}, half) * scaled(number{1.0}, n - half);
}

template <class Registers>
[[nodiscard]] POISE_ALWAYS_INLINE inline lanes<Registers> log_of(lanes<Registers> const& x) noexcept {
    using number = lanes<Registers>;
    constexpr double infinity = std::numeric_limits<double>::infinity();
    typename number::mask const is_small = x < std::numeric_limits<double>::min();
    number m, e;
    number::split(select(is_small, x * 0x1p54, x), m, e);
    e = e - select(is_small, 54.0, 0.0);
    number const f = m - 1.0, s = f / (2.0 + f), z = s * s, half = 0.5 * f * f;
    number const R = z * (6.666666666666735130e-01 +
                          z * (3.999999999940941908e-01 +
                               z * (2.857142874366239149e-01 +
                                    z * (2.222219843214978396e-01 +
                                         z * (1.818357216161805012e-01 +
                                              z * (1.531383769920937332e-01 + z * 1.479819860511658591e-01))))));
    number const log =
        e * 6.93147180369123816490e-01 - ((half - (s * (half + R) + e * 1.90821492927058770002e-10)) - f);
    number const of_positive = select(x < infinity, log, x);
    return select(x > 0.0, of_positive, select(x == 0.0, -infinity, (x - x) / (x - x)));
}

/// sin(x + turns π/2), |x| < 10⁵.
template <class Registers>
[[nodiscard]] POISE_ALWAYS_INLINE inline lanes<Registers> sine_of(lanes<Registers> const& x, double turns) noexcept {
    using number = lanes<Registers>;
    number const n = nearest(x * 6.36619772367581382433e-01);
    // π/2 in parts of 33 bits, so that products with n are exact.
    number const r =
        ((x - n * 1.57079632673412561417e+00) - n * 6.07710050630396597660e-11) - n * 2.02226624879595063154e-21;
    number const z = r * r;
    number const sine = r + r * z *
                                (-1.66666666666666324348e-01 +
                                 z * (8.33333333332248946124e-03 +
                                      z * (-1.98412698298579493134e-04 +
                                           z * (2.75573137070700676789e-06 +
                                                z * (-2.50507602534068634195e-08 + z * 1.58969099521155010221e-10)))));
    number const half = 0.5 * z, rest = 1.0 - half;
    number const cosine =
        rest + (((1.0 - rest) - half) +
                z * z *
                    (4.16666666666666019037e-02 +
                     z * (-1.38888888888741095749e-03 +
                          z * (2.48015872894767294178e-05 +
                               z * (-2.75573143513906633035e-07 +
                                    z * (2.08757232129817482790e-09 + z * -1.13596475577881948265e-11))))));
    // Which quarter of a turn it is: -2, -1, 0, 1 or 2.
    number const turned = n + turns, quarter = turned - 4.0 * nearest(0.25 * turned);
    number const size = select(abs(quarter) == 1.0, cosine, sine);
    return select((quarter == -1.0) | (abs(quarter) == 2.0), -size, size);
}

}  // namespace poise::ode::detail
