// SPDX-License-Identifier: MIT
#include "chip_thermal/text.hpp"

#include <poise/core/concat.hpp>

#include <algorithm>
#include <charconv>
#include <system_error>

namespace chip_thermal {
namespace {

template <class Number>
std::optional<Number> parse(std::string_view text) noexcept {
    Number value{};
    char const* const end = text.data() + text.size();
    auto const [stopped_at, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stopped_at != end) return std::nullopt;
    return value;
}

}  // namespace

std::optional<double> parse_number(std::string_view text) noexcept { return parse<double>(text); }
std::optional<std::int64_t> parse_integer(std::string_view text) noexcept { return parse<std::int64_t>(text); }

std::string on_one_line(std::string text) {
    auto const is_control = [](char letter) { return static_cast<unsigned char>(letter) < ' ' || letter == '\x7f'; };
    std::ranges::replace_if(text, is_control, '?');
    return text;
}

std::string in_quotes(std::string_view text) {
    constexpr std::size_t longest = 40;
    return on_one_line(poise::concat('\'', text.substr(0, longest), text.size() > longest ? "..." : "", '\''));
}

}  // namespace chip_thermal
