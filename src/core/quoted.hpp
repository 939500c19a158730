// SPDX-License-Identifier: MIT
// Private to src/: what a file holds, in a message.
#pragma once

#include <string>
#include <string_view>

namespace poise::detail {

/// 'text', cut at 40 bytes, with '?' for each byte that is not printable ASCII: a message is one line whatever was
/// read.
[[nodiscard]] inline std::string quoted(std::string_view text) {
    constexpr std::size_t most = 40;
    std::string shown{text.substr(0, most)};
    for (char& letter : shown)
        if (letter < ' ' || letter > '~') letter = '?';
    return '\'' + shown + (text.size() > most ? "...'" : "'");
}

}  // namespace poise::detail
