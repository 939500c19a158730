// SPDX-License-Identifier: MIT
// The functions of <cmath> for lanes.
#pragma once

#include <poise/ode/detail/lane_elementary.hpp>
#include <poise/ode/lanes.hpp>

#include <cmath>
#include <cstddef>

namespace poise::ode {

namespace detail {
// Not inlined: what it calls is compiled for any processor.
template <class Registers, class Function>
POISE_NEVER_INLINE POISE_ON_GPUS_TOO void of_each_lane(lanes<Registers>& result, lanes<Registers> const& x,
                                                       Function const& f) {
    for (std::size_t l = 0; l < Registers::n_lanes; ++l) result.set(l, f(x[l]));
}
template <class Registers, class Function>
POISE_NEVER_INLINE POISE_ON_GPUS_TOO void of_each_lane(lanes<Registers>& result, lanes<Registers> const& x,
                                                       lanes<Registers> const& y, Function const& f) {
    for (std::size_t l = 0; l < Registers::n_lanes; ++l) result.set(l, f(x[l], y[l]));
}
}  // namespace detail

template <class Registers>
[[nodiscard]] POISE_ALWAYS_INLINE inline lanes<Registers> exp(lanes<Registers> const& x) {
    return detail::exp_of(x);
}
template <class Registers>
[[nodiscard]] POISE_ALWAYS_INLINE inline lanes<Registers> log(lanes<Registers> const& x) {
    return detail::log_of(x);
}
// Far from 0 reducing x to a quarter of a turn takes more than three parts of π.
template <class Registers>
[[nodiscard]] POISE_ALWAYS_INLINE inline lanes<Registers> sin(lanes<Registers> const& x) {
    lanes<Registers> const near = detail::sine_of(x, 0.0);
    typename lanes<Registers>::mask const is_near = abs(x) < 1e5;
    if ((!is_near).bits() == 0) return near;
    lanes<Registers> far;
    detail::of_each_lane(far, x, [](double of_one) { return std::sin(of_one); });
    return select(is_near, near, far);
}
template <class Registers>
[[nodiscard]] POISE_ALWAYS_INLINE inline lanes<Registers> cos(lanes<Registers> const& x) {
    lanes<Registers> const near = detail::sine_of(x, 1.0);
    typename lanes<Registers>::mask const is_near = abs(x) < 1e5;
    if ((!is_near).bits() == 0) return near;
    lanes<Registers> far;
    detail::of_each_lane(far, x, [](double of_one) { return std::cos(of_one); });
    return select(is_near, near, far);
}

#define POISE_FUNCTION_OF_LANES(name)                                                     \
    template <class Registers>                                                            \
    [[nodiscard]] POISE_ON_GPUS_TOO lanes<Registers> name(lanes<Registers> const& x) {    \
        lanes<Registers> result;                                                          \
        detail::of_each_lane(result, x, [](double of_one) { return std::name(of_one); }); \
        return result;                                                                    \
    }
#define POISE_FUNCTION_OF_TWO_LANES(name)                                                                         \
    template <class Registers>                                                                                    \
    [[nodiscard]] POISE_ON_GPUS_TOO lanes<Registers> name(lanes<Registers> const& x, lanes<Registers> const& y) { \
        lanes<Registers> result;                                                                                  \
        detail::of_each_lane(result, x, y, [](double a, double b) { return std::name(a, b); });                   \
        return result;                                                                                            \
    }                                                                                                             \
    template <class Registers>                                                                                    \
    [[nodiscard]] POISE_ON_GPUS_TOO lanes<Registers> name(lanes<Registers> const& x, double y) {                  \
        return name(x, lanes<Registers>{y});                                                                      \
    }                                                                                                             \
    template <class Registers>                                                                                    \
    [[nodiscard]] POISE_ON_GPUS_TOO lanes<Registers> name(double x, lanes<Registers> const& y) {                  \
        return name(lanes<Registers>{x}, y);                                                                      \
    }

POISE_FUNCTION_OF_LANES(expm1)
POISE_FUNCTION_OF_LANES(log1p)
POISE_FUNCTION_OF_LANES(log10)
POISE_FUNCTION_OF_LANES(cbrt)
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
