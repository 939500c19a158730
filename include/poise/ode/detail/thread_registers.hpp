// SPDX-License-Identifier: MIT
// Private to ode: lanes of one number, what a thread of a GPU works with.
#pragma once

#include <poise/ode/detail/registers.hpp>

#include <cmath>
#include <cstddef>

namespace poise::ode::detail {

/// Real: float or double. On a GPU each operation is one instruction, or one with the next; on a processor it is what
/// portable_registers do in each of their lanes, to the bit.
template <class Real>
struct thread_registers {
    using real = Real;
    static constexpr std::size_t n_lanes = 1;
    using numbers = Real;
    using mask = bool;

    POISE_ALWAYS_INLINE static void set(Real& r, double x) noexcept { r = static_cast<Real>(x); }
    POISE_ALWAYS_INLINE static void add(Real& r, Real const& a, Real const& b) noexcept { r = a + b; }
    POISE_ALWAYS_INLINE static void subtract(Real& r, Real const& a, Real const& b) noexcept { r = a - b; }
    POISE_ALWAYS_INLINE static void multiply(Real& r, Real const& a, Real const& b) noexcept { r = a * b; }
    POISE_ALWAYS_INLINE static void divide(Real& r, Real const& a, Real const& b) noexcept { r = a / b; }
    POISE_ALWAYS_INLINE static void negate(Real& r, Real const& a) noexcept { r = -a; }
    POISE_ALWAYS_INLINE static void sqrt(Real& r, Real const& a) noexcept { r = std::sqrt(a); }
    POISE_ALWAYS_INLINE static void abs(Real& r, Real const& a) noexcept { r = std::fabs(a); }
    POISE_ALWAYS_INLINE static void less(bool& m, Real const& a, Real const& b) noexcept { m = a < b; }
    POISE_ALWAYS_INLINE static void less_equal(bool& m, Real const& a, Real const& b) noexcept { m = a <= b; }
    POISE_ALWAYS_INLINE static void equal(bool& m, Real const& a, Real const& b) noexcept { m = a == b; }
    POISE_ALWAYS_INLINE static void both(bool& m, bool const& a, bool const& b) noexcept { m = a && b; }
    POISE_ALWAYS_INLINE static void either(bool& m, bool const& a, bool const& b) noexcept { m = a || b; }
    POISE_ALWAYS_INLINE static void invert(bool& m, bool const& a) noexcept { m = !a; }
    POISE_ALWAYS_INLINE static void select(Real& r, bool const& m, Real const& a, Real const& b) noexcept {
        r = m ? a : b;
    }
    POISE_ALWAYS_INLINE static void exponent(Real& e, Real& m, Real const& a) noexcept {
        int power = 0;
        Real const half = std::frexp(a, &power);
        bool const is_small = half < static_cast<Real>(0.70710678118654752);
        m = is_small ? 2 * half : half;
        e = static_cast<Real>(power - (is_small ? 1 : 0));
    }
    POISE_ALWAYS_INLINE static void scale(Real& r, Real const& a, Real const& n) noexcept {
        r = std::ldexp(a, static_cast<int>(n));
    }
    POISE_ALWAYS_INLINE static void to_bits(unsigned& bits, bool const& m) noexcept { bits = m ? 1U : 0U; }
};

}  // namespace poise::ode::detail
