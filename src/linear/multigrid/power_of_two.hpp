// SPDX-License-Identifier: MIT
// Private to src/linear: scaling that changes no bit of a number.
#pragma once

#include <algorithm>
#include <cmath>

namespace poise::linear::detail {

/// 2^e, at most 1 / x and more than half of it, as long as it and its inverse are normal numbers; x > 0.
[[nodiscard]] inline double power_of_two_below_inverse(double x) {
    return std::ldexp(1.0, std::clamp(-std::ilogb(x) - 1, -1021, 1021));
}

}  // namespace poise::linear::detail
