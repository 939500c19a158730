// SPDX-License-Identifier: MIT
// Names of any bytes, made fit for a terminal and for JSON.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace poise::profile::detail {

/// The first character of a text that is not empty, as the bytes of its UTF-8, removed from the text; empty when the
/// first byte starts no valid character, which removes that byte.
[[nodiscard]] std::string_view take_character(std::string_view& text) noexcept;

/// At most `columns` characters, the last one '…' where some were left out; what cannot be printed becomes '?'.
[[nodiscard]] std::string fitted(std::string_view name, std::size_t columns);
/// fitted(), filled up with blanks.
[[nodiscard]] std::string padded(std::string_view name, std::size_t columns);

/// "main" or "worker 3".
[[nodiscard]] std::string row_name(unsigned row);

/// A JSON string with its quotes. Control characters are escaped, bytes that are no UTF-8 become U+FFFD.
[[nodiscard]] std::string json_string(std::string_view name);

}  // namespace poise::profile::detail
