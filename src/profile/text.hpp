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
/// The same, but the last characters are kept: of a path, the end tells more.
[[nodiscard]] std::string fitted_end(std::string_view name, std::size_t columns);
/// fitted(), filled up with blanks.
[[nodiscard]] std::string padded(std::string_view name, std::size_t columns);

/// "main" or "worker 3".
/// label: of what is no thread; else empty.
[[nodiscard]] std::string row_name(unsigned row, std::string_view label);

/// The same text with U+FFFD for bytes that are no UTF-8.
[[nodiscard]] std::string valid_utf8(std::string_view name);
/// As a frame of a collapsed stack: ';' becomes ',', control characters become blanks; never empty.
[[nodiscard]] std::string stack_frame(std::string_view name);

/// A JSON string with its quotes. Control characters are escaped, bytes that are no UTF-8 become U+FFFD; '<' is
/// escaped, so that the text can stand inside a script of an HTML page.
[[nodiscard]] std::string json_string(std::string_view name);
void append_json_string(std::string& text, std::string_view name);

}  // namespace poise::profile::detail
