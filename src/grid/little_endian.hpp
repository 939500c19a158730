// SPDX-License-Identifier: MIT
// Private to src/: numbers as bytes, the lowest first, whatever the machine's own order.
#pragma once

#include <poise/core/atomic_file.hpp>

#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <string>

namespace poise::grid::detail {

template <class Unsigned>
[[nodiscard]] std::string little_endian(Unsigned value) {
    std::string bytes(sizeof value, '\0');
    for (std::size_t i = 0; i < sizeof value; ++i) bytes[i] = static_cast<char>((value >> (8 * i)) & 0xffU);
    return bytes;
}

// In pieces, since the file keeps what it is given until a MiB is full: a field is never in memory twice.
inline void write_little_endian(atomic_file& file, std::span<double const> values) {
    constexpr std::size_t piece = 8192;
    for (; !values.empty(); values = values.subspan(std::min(piece, values.size()))) {
        auto const part = values.first(std::min(piece, values.size()));
        if constexpr (std::endian::native == std::endian::little) {
            file.write(std::as_bytes(part));
        } else {
            for (double const value : part) file.write(little_endian(std::bit_cast<std::uint64_t>(value)));
        }
    }
}

}  // namespace poise::grid::detail
