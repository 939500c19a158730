// SPDX-License-Identifier: MIT
// Numbers from text, strictly: the whole text or nothing, whatever the locale; and text for messages.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace chip_thermal {

/// The whole of `text` as a double ("nan" and "inf" included), nothing where it is not one or out of a double's range.
[[nodiscard]] std::optional<double> parse_number(std::string_view text) noexcept;
/// The whole of `text` as a whole number, nothing where it is not one or does not fit.
[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view text) noexcept;

/// `text` with '?' for every control character, so that a message stays on its line whatever is in the input.
[[nodiscard]] std::string on_one_line(std::string text);
/// `text` in quotes for a message, on one line, cut after 40 characters.
[[nodiscard]] std::string in_quotes(std::string_view text);

}  // namespace chip_thermal
