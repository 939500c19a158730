// SPDX-License-Identifier: MIT
// Private to src/linear: hashing word by word.
#pragma once

#include <cstdint>

namespace poise::linear::detail {

/// The state after one more word. Source: Steele, Lea & Flood (2014), Fast splittable pseudorandom number generators:
/// the finaliser of SplitMix64.
[[nodiscard]] constexpr std::uint64_t mixed_bits(std::uint64_t state, std::uint64_t word) noexcept {
    state += word + 0x9e3779b97f4a7c15u;
    state = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9u;
    state = (state ^ (state >> 27)) * 0x94d049bb133111ebu;
    return state ^ (state >> 31);
}

}  // namespace poise::linear::detail
