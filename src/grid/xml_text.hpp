// SPDX-License-Identifier: MIT
// Private to src/: text between the quotes of XML.
#pragma once

#include <string>
#include <string_view>

namespace poise::grid::detail {

[[nodiscard]] inline std::string xml_escaped(std::string_view text) {
    std::string escaped;
    for (char const letter : text) switch (letter) {
            case '&':
                escaped += "&amp;";
                break;
            case '<':
                escaped += "&lt;";
                break;
            case '>':
                escaped += "&gt;";
                break;
            case '"':
                escaped += "&quot;";
                break;
            default:
                escaped += letter;
        }
    return escaped;
}

}  // namespace poise::grid::detail
