// SPDX-License-Identifier: MIT
// The functions of <cmath> for lanes.
#pragma once

#include <poise/ode/lanes.hpp>

#include <cmath>
#include <cstddef>

namespace poise::ode {

namespace detail {
// Not inlined: what it calls is compiled for any processor.
template <class Registers, class Function>
POISE_NEVER_INLINE void of_each_lane(lanes<Registers>& result, lanes<Registers> const& x, Function const& f) {
    for (std::size_t l = 0; l < Registers::n_lanes; ++l) result.set(l, f(x[l]));
}
template <class Registers, class Function>
POISE_NEVER_INLINE void of_each_lane(lanes<Registers>& result, lanes<Registers> const& x, lanes<Registers> const& y,
                                     Function const& f) {
    for (std::size_t l = 0; l < Registers::n_lanes; ++l) result.set(l, f(x[l], y[l]));
}
}  // namespace detail

#define POISE_FUNCTION_OF_LANES(name)                                                     \
    template <class Registers>                                                            \
    [[nodiscard]] lanes<Registers> name(lanes<Registers> const& x) {                      \
        lanes<Registers> result;                                                          \
        detail::of_each_lane(result, x, [](double of_one) { return std::name(of_one); }); \
        return result;                                                                    \
    }
#define POISE_FUNCTION_OF_TWO_LANES(name)                                                       \
    template <class Registers>                                                                  \
    [[nodiscard]] lanes<Registers> name(lanes<Registers> const& x, lanes<Registers> const& y) { \
        lanes<Registers> result;                                                                \
        detail::of_each_lane(result, x, y, [](double a, double b) { return std::name(a, b); }); \
        return result;                                                                          \
    }                                                                                           \
    template <class Registers>                                                                  \
    [[nodiscard]] lanes<Registers> name(lanes<Registers> const& x, double y) {                  \
        return name(x, lanes<Registers>{y});                                                    \
    }                                                                                           \
    template <class Registers>                                                                  \
    [[nodiscard]] lanes<Registers> name(double x, lanes<Registers> const& y) {                  \
        return name(lanes<Registers>{x}, y);                                                    \
    }

POISE_FUNCTION_OF_LANES(exp)
POISE_FUNCTION_OF_LANES(expm1)
POISE_FUNCTION_OF_LANES(log)
POISE_FUNCTION_OF_LANES(log1p)
POISE_FUNCTION_OF_LANES(log10)
POISE_FUNCTION_OF_LANES(cbrt)
POISE_FUNCTION_OF_LANES(sin)
POISE_FUNCTION_OF_LANES(cos)
POISE_FUNCTION_OF_LANES(tan)
POISE_FUNCTION_OF_LANES(asin)
POISE_FUNCTION_OF_LANES(acos)
POISE_FUNCTION_OF_LANES(atan)
POISE_FUNCTION_OF_LANES(sinh)
POISE_FUNCTION_OF_LANES(cosh)
POISE_FUNCTION_OF_LANES(tanh)
POISE_FUNCTION_OF_TWO_LANES(pow)
POISE_FUNCTION_OF_TWO_LANES(hypot)
POISE_FUNCTION_OF_TWO_LANES(atan2)

#undef POISE_FUNCTION_OF_LANES
#undef POISE_FUNCTION_OF_TWO_LANES

}  // namespace poise::ode
