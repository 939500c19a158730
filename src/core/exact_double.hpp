// SPDX-License-Identifier: MIT
// Private to src/: which whole numbers a double can hold.
#pragma once

#include <bit>
#include <cstdint>

namespace poise::detail {

/// Whether a double is exactly ±magnitude: it has 53 bits.
[[nodiscard]] constexpr bool fits_double(std::uint64_t magnitude) noexcept {
    return magnitude == 0 || magnitude >> std::countr_zero(magnitude) < std::uint64_t{1} << 53;
}

}  // namespace poise::detail
