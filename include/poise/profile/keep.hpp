// SPDX-License-Identifier: MIT
// Against the optimiser: a result that is kept has to be computed, an input that is kept has to be taken as new.
#pragma once

#include <type_traits>

namespace poise::profile {

/// Tells the compiler that all memory another function could reach was read and may have changed. No instruction.
[[gnu::always_inline]] inline void clobber_memory() noexcept { asm volatile("" : : : "memory"); }

namespace detail {

// Floating-point values stay in their registers; in a general one they would cost a move.
#if defined(__SSE2__)
#define POISE_FLOATING_REGISTER "x"
#elif defined(__aarch64__)
#define POISE_FLOATING_REGISTER "w"
#else
#define POISE_FLOATING_REGISTER "m"
#endif

template <class T>
inline constexpr bool fits_register = (std::is_integral_v<T> || std::is_enum_v<T> || std::is_pointer_v<T>)&&sizeof(T) <=
                                      sizeof(void*);
template <class T>
inline constexpr bool fits_floating_register = std::is_same_v<T, float> || std::is_same_v<T, double>;

template <class T>
[[gnu::always_inline]] inline void keep_read(T const& value) noexcept {
    if constexpr (fits_register<T>)
        asm volatile("" : : "r"(value) : "memory");
    else if constexpr (fits_floating_register<T>)
        asm volatile("" : : POISE_FLOATING_REGISTER(value) : "memory");
    else
        asm volatile("" : : "m"(value) : "memory");
}

template <class T>
[[gnu::always_inline]] inline void keep_changed(T& value) noexcept {
    if constexpr (fits_register<T>)
        asm volatile("" : "+r"(value) : : "memory");
    else if constexpr (fits_floating_register<T>)
        asm volatile("" : "+" POISE_FLOATING_REGISTER(value) : : "memory");
    else
        asm volatile("" : "+m"(value) : : "memory");
}

#undef POISE_FLOATING_REGISTER

}  // namespace detail

/// Has the compiler compute the value, whether it is used or not, and clobbers memory. A variable that is not const
/// counts as changed besides: keep(n) before f(n) keeps f from being evaluated at compile time. Takes any type, copies
/// nothing. Cost: no instruction for what is in a register (integers, pointers, float, double) or in memory already.
/// The value alone is kept, not what it points to: of a vector, keep(v.data()).
template <class T>
[[gnu::always_inline]] inline void keep(T&& value) noexcept {
    using Value = std::remove_reference_t<T>;
    if constexpr (std::is_function_v<Value>)
        detail::keep_read<Value*>(&value);
    else if constexpr (std::is_volatile_v<Value>)
        clobber_memory();  // its accesses are the compiler's to keep already
    else if constexpr (std::is_lvalue_reference_v<T> && !std::is_const_v<Value>)
        detail::keep_changed(value);
    else
        detail::keep_read<Value>(value);
}

}  // namespace poise::profile
