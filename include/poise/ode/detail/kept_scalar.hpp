// SPDX-License-Identifier: MIT
// Private to ode: components of small states, one by one.
#pragma once

#include <poise/ode/state.hpp>

namespace poise::ode::detail {

/// x, which the compiler takes for a number of its own where a state has few: it would put components together in
/// vectors, which f, written for scalars, reads one by one before they have left the store buffer, at a dozen cycles
/// each. Of more than eight vectors are worth that.
template <class State>
[[gnu::always_inline]] inline double kept_scalar(double x) noexcept {
#if defined(__GNUC__) && defined(__x86_64__)
    if constexpr (n_numbers<State>() <= 8) asm("" : "+x"(x));
#endif
    return x;
}

}  // namespace poise::ode::detail
