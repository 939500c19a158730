// SPDX-License-Identifier: MIT
// Private to ode: what numbers in lanes are made of, for every instruction set.
#pragma once

#include <poise/core/on_gpus_too.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__GNUC__) && defined(__x86_64__) && !defined(__CUDA_ARCH__)
#define POISE_HAS_REGISTERS 1
#define POISE_NEVER_INLINE [[gnu::noinline]]
#include <immintrin.h>
#else
#define POISE_HAS_REGISTERS 0
#define POISE_NEVER_INLINE
#endif

// How all that one instruction set does comes together in one function. g++ takes an operation on vectors apart, before
// it inlines, where the function that it is in has no such registers: so each operation is a function that is compiled
// for them. What calls these, f among that, is compiled for any processor, and all of it is inlined into one function
// more that is compiled for them, by [[gnu::flatten]]. To clang that means the next level alone, so that for clang ours
// are always inlined and calls of f are marked; g++ must not be told to, as then it may look at a function before those
// that it calls, and inlines them no more. Numbers are never passed by value, which would depend on who calls whom.
#define POISE_AVX512 "avx512f,avx512vl,avx512dq,avx512bw,avx512cd,avx2,fma,bmi2"
#define POISE_AVX2 "avx2,fma,bmi2"
#ifdef __clang__
#define POISE_HOST_INLINE [[gnu::always_inline]]
#define POISE_INLINE_LAMBDA __attribute__((always_inline))
#define POISE_INLINE_CALL [[clang::always_inline]]
#else
#define POISE_HOST_INLINE
#define POISE_INLINE_LAMBDA
#define POISE_INLINE_CALL
#endif
// What runs in the threads of GPUs too, of a file that nvcc compiles. It looks at the file once for each processor, and
// for GPUs there are no vectors.
#ifdef __CUDACC__
#define POISE_ALWAYS_INLINE POISE_ON_GPUS_TOO
#else
#define POISE_ALWAYS_INLINE POISE_HOST_INLINE
#endif

namespace poise::ode::detail {

/// Any compiler and any processor: four numbers, which the compiler may put in registers.
struct portable_registers {
    using real = double;
    static constexpr std::size_t n_lanes = 4;
    struct numbers {
        double lane[n_lanes];
    };
    struct mask {
        bool lane[n_lanes];
    };

    POISE_ALWAYS_INLINE static void set(numbers& r, double x) noexcept {
        each(r, [&](std::size_t) { return x; });
    }
    POISE_ALWAYS_INLINE static void add(numbers& r, numbers const& a, numbers const& b) noexcept {
        each(r, [&](std::size_t l) { return a.lane[l] + b.lane[l]; });
    }
    POISE_ALWAYS_INLINE static void subtract(numbers& r, numbers const& a, numbers const& b) noexcept {
        each(r, [&](std::size_t l) { return a.lane[l] - b.lane[l]; });
    }
    POISE_ALWAYS_INLINE static void multiply(numbers& r, numbers const& a, numbers const& b) noexcept {
        each(r, [&](std::size_t l) { return a.lane[l] * b.lane[l]; });
    }
    POISE_ALWAYS_INLINE static void divide(numbers& r, numbers const& a, numbers const& b) noexcept {
        each(r, [&](std::size_t l) { return a.lane[l] / b.lane[l]; });
    }
    POISE_ALWAYS_INLINE static void negate(numbers& r, numbers const& a) noexcept {
        each(r, [&](std::size_t l) { return -a.lane[l]; });
    }
    POISE_ALWAYS_INLINE static void sqrt(numbers& r, numbers const& a) noexcept {
        each(r, [&](std::size_t l) { return std::sqrt(a.lane[l]); });
    }
    POISE_ALWAYS_INLINE static void abs(numbers& r, numbers const& a) noexcept {
        each(r, [&](std::size_t l) { return std::abs(a.lane[l]); });
    }
    POISE_ALWAYS_INLINE static void less(mask& m, numbers const& a, numbers const& b) noexcept {
        each(m, [&](std::size_t l) { return a.lane[l] < b.lane[l]; });
    }
    POISE_ALWAYS_INLINE static void less_equal(mask& m, numbers const& a, numbers const& b) noexcept {
        each(m, [&](std::size_t l) { return a.lane[l] <= b.lane[l]; });
    }
    POISE_ALWAYS_INLINE static void equal(mask& m, numbers const& a, numbers const& b) noexcept {
        each(m, [&](std::size_t l) { return a.lane[l] == b.lane[l]; });
    }
    POISE_ALWAYS_INLINE static void both(mask& m, mask const& a, mask const& b) noexcept {
        each(m, [&](std::size_t l) { return a.lane[l] && b.lane[l]; });
    }
    POISE_ALWAYS_INLINE static void either(mask& m, mask const& a, mask const& b) noexcept {
        each(m, [&](std::size_t l) { return a.lane[l] || b.lane[l]; });
    }
    POISE_ALWAYS_INLINE static void invert(mask& m, mask const& a) noexcept {
        each(m, [&](std::size_t l) { return !a.lane[l]; });
    }
    POISE_ALWAYS_INLINE static void select(numbers& r, mask const& m, numbers const& a, numbers const& b) noexcept {
        each(r, [&](std::size_t l) { return m.lane[l] ? a.lane[l] : b.lane[l]; });
    }
    POISE_ALWAYS_INLINE static void exponent(numbers& e, numbers& m, numbers const& a) noexcept {
        for (std::size_t l = 0; l < n_lanes; ++l) {
            int power = 0;
            double const half = std::frexp(a.lane[l], &power);
            bool const is_small = half < 0.70710678118654752;
            m.lane[l] = is_small ? 2.0 * half : half;
            e.lane[l] = power - (is_small ? 1 : 0);
        }
    }
    POISE_ALWAYS_INLINE static void scale(numbers& r, numbers const& a, numbers const& n) noexcept {
        each(r, [&](std::size_t l) { return std::ldexp(a.lane[l], static_cast<int>(n.lane[l])); });
    }
    POISE_ALWAYS_INLINE static void to_bits(unsigned& bits, mask const& m) noexcept {
        bits = 0;
        for (std::size_t l = 0; l < n_lanes; ++l) bits |= m.lane[l] ? 1U << l : 0U;
    }

private:
    template <class Result, class Of>
    POISE_ALWAYS_INLINE static void each(Result& r, Of const& of) noexcept {
        for (std::size_t l = 0; l < n_lanes; ++l) r.lane[l] = of(l);
    }
};

#if POISE_HAS_REGISTERS
#define POISE_REGISTERS sse2_registers
#define POISE_REGISTER_BYTES 16
#define POISE_TARGETED [[gnu::target("sse2")]]
#define POISE_REGISTER_SQRT _mm_sqrt_pd
#define POISE_REGISTER_BITS(m) _mm_movemask_pd((__m128d)(m))
#include <poise/ode/detail/register_functions.hpp>

#define POISE_REGISTERS avx2_registers
#define POISE_REGISTER_BYTES 32
#define POISE_TARGETED [[gnu::target(POISE_AVX2)]]
#define POISE_REGISTER_SQRT _mm256_sqrt_pd
#define POISE_REGISTER_BITS(m) _mm256_movemask_pd((__m256d)(m))
#include <poise/ode/detail/register_functions.hpp>

#define POISE_REGISTERS avx512_registers
#define POISE_REGISTER_BYTES 64
#define POISE_TARGETED [[gnu::target(POISE_AVX512)]]
// Not _mm512_sqrt_pd, in which g++ 12 sees a value that is not initialised.
#define POISE_REGISTER_SQRT(x) _mm512_maskz_sqrt_pd(0xFF, x)
#define POISE_REGISTER_BITS(m) _mm512_movepi64_mask((__m512i)(m))
#include <poise/ode/detail/register_functions.hpp>
#endif

}  // namespace poise::ode::detail
