// SPDX-License-Identifier: MIT
// Private to src/: the step that hashes here are made of.
#pragma once

#include <cstdint>

namespace poise::task::detail {

inline constexpr std::uint64_t golden_ratio = 0x9E37'79B9'7F4A'7C15U;

/// Both halves of a product, folded: each bit of the result depends on all bits of both factors.
/// Source: the multiply-and-fold step of wyhash (Wang Yi, public domain).
[[nodiscard]] inline std::uint64_t multiply_fold(std::uint64_t a, std::uint64_t b) noexcept {
    __extension__ using wide = unsigned __int128;
    wide const product = wide{a} * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

}  // namespace poise::task::detail
