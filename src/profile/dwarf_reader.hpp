// SPDX-License-Identifier: MIT
// The numbers that debug information and unwinding tables are written in.
#pragma once

#include <cstdint>
#include <cstring>

namespace poise::profile::detail {

template <class T>
T take(unsigned char const*& at) noexcept {
    T value;
    std::memcpy(&value, at, sizeof value);
    at += sizeof value;
    return value;
}

inline std::uint64_t take_unsigned(unsigned char const*& at) noexcept {  // ULEB128
    std::uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
        unsigned char const byte = *at++;
        if (shift < 64) value |= std::uint64_t{byte & 0x7FU} << shift;
        if ((byte & 0x80) == 0) return value;
    }
}

inline std::int64_t take_signed(unsigned char const*& at) noexcept {  // SLEB128
    std::uint64_t value = 0;
    for (unsigned shift = 0;;) {
        unsigned char const byte = *at++;
        if (shift < 64) value |= std::uint64_t{byte & 0x7FU} << shift;
        shift += 7;
        if ((byte & 0x80) != 0) continue;
        if ((byte & 0x40) != 0 && shift < 64) value |= ~std::uint64_t{0} << shift;
        return static_cast<std::int64_t>(value);
    }
}

}  // namespace poise::profile::detail
