// SPDX-License-Identifier: MIT
#include "profile/text.hpp"

#include <poise/core/concat.hpp>

#include <array>
#include <cstdio>

namespace poise::profile::detail {
namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd";  // U+FFFD

bool is_continuation(unsigned char byte) noexcept { return (byte & 0xC0U) == 0x80U; }

// The length that a first byte promises; 0 for one that starts nothing. C0, C1 and F5 upwards would be overlong or
// beyond U+10FFFF.
std::size_t promised_length(unsigned char first) noexcept {
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first <= 0xDF) return 2;
    if (first >= 0xE0 && first <= 0xEF) return 3;
    if (first >= 0xF0 && first <= 0xF4) return 4;
    return 0;
}

// Second bytes that would make an overlong form, a surrogate or a code point beyond U+10FFFF.
bool second_is_valid(unsigned char first, unsigned char second) noexcept {
    if (first == 0xE0) return second >= 0xA0;
    if (first == 0xED) return second <= 0x9F;
    if (first == 0xF0) return second >= 0x90;
    if (first == 0xF4) return second <= 0x8F;
    return true;
}

bool is_character(std::string_view bytes) noexcept {
    for (char const c : bytes.substr(1))
        if (!is_continuation(static_cast<unsigned char>(c))) return false;
    return bytes.size() == 1 ||
           second_is_valid(static_cast<unsigned char>(bytes[0]), static_cast<unsigned char>(bytes[1]));
}

// C0 and C1 control characters: a name must not be able to move the cursor of a terminal.
bool is_control(std::string_view character) noexcept {
    auto const first = static_cast<unsigned char>(character[0]);
    if (character.size() == 1) return first < 0x20 || first == 0x7F;
    return first == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0;
}

// Most names are letters from end to end: they are copied at once.
std::size_t plain_prefix(std::string_view name) noexcept {
    std::size_t length = 0;
    for (; length < name.size(); ++length) {
        auto const byte = static_cast<unsigned char>(name[length]);
        if (byte < 0x20 || byte >= 0x7F || byte == '"' || byte == '\\' || byte == '<') break;
    }
    return length;
}

void append_escaped(std::string& text, std::string_view character) {
    if (character.empty())
        text += "\\ufffd";
    else if (character == "\"" || character == "\\")
        text.append("\\").append(character);
    else if (character == "<" || (is_control(character) && character.size() == 1)) {
        std::array<char, 7> escape;
        std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(character[0]));
        text += escape.data();
    } else
        text += character;
}

}  // namespace

std::string_view take_character(std::string_view& text) noexcept {
    std::size_t const length = promised_length(static_cast<unsigned char>(text[0]));
    bool const valid = length != 0 && length <= text.size() && is_character(text.substr(0, length));
    std::string_view const character = valid ? text.substr(0, length) : std::string_view{};
    text.remove_prefix(valid ? length : 1);
    return character;
}

std::string fitted(std::string_view name, std::size_t columns) {
    std::string shown;
    std::size_t last = 0;
    for (std::size_t n = 0; !name.empty(); ++n) {
        if (n == columns) return shown.replace(last, std::string::npos, "…");
        last = shown.size();
        std::string_view const character = take_character(name);
        shown += character.empty() || is_control(character) ? "?" : character;
    }
    return shown;
}

std::string fitted_end(std::string_view name, std::size_t columns) {
    std::size_t n_characters = 0;
    for (std::string_view rest = name; !rest.empty(); ++n_characters) static_cast<void>(take_character(rest));
    if (n_characters <= columns) return fitted(name, columns);
    for (std::size_t n = n_characters - columns + 1; n != 0; --n) static_cast<void>(take_character(name));
    return "…" + fitted(name, columns - 1);
}

std::string padded(std::string_view name, std::size_t columns) {
    std::string text = fitted(name, columns);
    std::size_t used = 0;
    for (char const c : text) used += is_continuation(static_cast<unsigned char>(c)) ? 0 : 1;
    return text.append(columns - used, ' ');
}

std::string row_name(unsigned row, std::string_view label) {
    if (!label.empty()) return std::string{label};
    return row == 0 ? "main" : concat("worker ", row);
}

std::string valid_utf8(std::string_view name) {
    std::string text;
    while (!name.empty()) {
        std::string_view const character = take_character(name);
        text += character.empty() ? replacement : character;
    }
    return text;
}

std::string stack_frame(std::string_view name) {
    std::string text;
    while (!name.empty()) {
        std::string_view const character = take_character(name);
        text += character.empty() ? replacement : character == ";" ? "," : is_control(character) ? " " : character;
    }
    return text.empty() ? "(no name)" : text;
}

std::string json_string(std::string_view name) {
    std::string text;
    append_json_string(text, name);
    return text;
}

void append_json_string(std::string& text, std::string_view name) {
    text += '"';
    while (!name.empty()) {
        std::size_t const plain = plain_prefix(name);
        text.append(name.substr(0, plain));
        name.remove_prefix(plain);
        if (!name.empty()) append_escaped(text, take_character(name));
    }
    text += '"';
}

}  // namespace poise::profile::detail
