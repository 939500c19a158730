// SPDX-License-Identifier: MIT
// Text from values, without streams: what error messages and reports are made of.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace poise {

/// The shortest text that reads back as the same double (std::to_chars), so that no digit of a value is lost.
[[nodiscard]] std::string to_text(double value);
/// `value` with `digits` significant digits, as printf's %.{digits}g; 1 to 17 digits, which name every double.
[[nodiscard]] std::string to_text(double value, int digits);
/// `value` with `digits` digits after the point, as printf's %.{digits}f; 0 to 17 digits.
[[nodiscard]] std::string to_text_fixed(double value, int digits);
[[nodiscard]] std::string to_text(long long value);
[[nodiscard]] std::string to_text(unsigned long long value);
[[nodiscard]] inline std::string to_text(std::string_view text) { return std::string{text}; }
[[nodiscard]] inline std::string to_text(char letter) { return std::string(1, letter); }

template <std::integral Integer>
[[nodiscard]] std::string to_text(Integer value) {
    if constexpr (std::is_signed_v<Integer>)
        return to_text(static_cast<long long>(value));
    else
        return to_text(static_cast<unsigned long long>(value));
}

/// The texts of all arguments, one after the other: concat("b has ", 3, " rows").
template <class... Parts>
[[nodiscard]] std::string concat(Parts const&... parts) {
    std::string text;
    ((text += to_text(parts)), ...);
    return text;
}

/// A number of bytes for people: "512 B", "1.50 KiB", "2.00 GiB".
[[nodiscard]] std::string bytes_to_text(std::uint64_t bytes);
/// A time for people, four significant digits: "12.34 ms"; whole seconds from 1000 s on.
[[nodiscard]] std::string seconds_to_text(double seconds);

}  // namespace poise
