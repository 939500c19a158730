// SPDX-License-Identifier: MIT
// Private to ode: the functions of <cmath> for lanes of one number: a GPU's own, where they are a thread's.
#pragma once

#include <poise/ode/lanes.hpp>

#include <cmath>

namespace poise::ode {

// More constrained than those of many lanes, and so preferred to them.
#define POISE_FUNCTION_OF_ONE(name)                                                            \
    template <class Registers>                                                                 \
    requires(Registers::n_lanes == 1) [[nodiscard]] POISE_ALWAYS_INLINE lanes<Registers> name( \
        lanes<Registers> const& x) noexcept {                                                  \
        lanes<Registers> result;                                                               \
        result.registers() = std::name(x.registers());                                         \
        return result;                                                                         \
    }
#define POISE_FUNCTION_OF_TWO(name)                                                            \
    template <class Registers>                                                                 \
    requires(Registers::n_lanes == 1) [[nodiscard]] POISE_ALWAYS_INLINE lanes<Registers> name( \
        lanes<Registers> const& x, lanes<Registers> const& y) noexcept {                       \
        lanes<Registers> result;                                                               \
        result.registers() = std::name(x.registers(), y.registers());                          \
        return result;                                                                         \
    }                                                                                          \
    template <class Registers>                                                                 \
    requires(Registers::n_lanes == 1) [[nodiscard]] POISE_ALWAYS_INLINE lanes<Registers> name( \
        lanes<Registers> const& x, double y) noexcept {                                        \
        return name(x, lanes<Registers>{y});                                                   \
    }                                                                                          \
    template <class Registers>                                                                 \
    requires(Registers::n_lanes == 1) [[nodiscard]] POISE_ALWAYS_INLINE lanes<Registers> name( \
        double x, lanes<Registers> const& y) noexcept {                                        \
        return name(lanes<Registers>{x}, y);                                                   \
    }

POISE_FUNCTION_OF_ONE(exp)
POISE_FUNCTION_OF_ONE(log)
POISE_FUNCTION_OF_ONE(sin)
POISE_FUNCTION_OF_ONE(cos)
POISE_FUNCTION_OF_ONE(expm1)
POISE_FUNCTION_OF_ONE(log1p)
POISE_FUNCTION_OF_ONE(log10)
POISE_FUNCTION_OF_ONE(cbrt)
POISE_FUNCTION_OF_ONE(tan)
POISE_FUNCTION_OF_ONE(asin)
POISE_FUNCTION_OF_ONE(acos)
POISE_FUNCTION_OF_ONE(atan)
POISE_FUNCTION_OF_ONE(sinh)
POISE_FUNCTION_OF_ONE(cosh)
POISE_FUNCTION_OF_ONE(tanh)
POISE_FUNCTION_OF_TWO(pow)
POISE_FUNCTION_OF_TWO(hypot)
POISE_FUNCTION_OF_TWO(atan2)

#undef POISE_FUNCTION_OF_ONE
#undef POISE_FUNCTION_OF_TWO

}  // namespace poise::ode
