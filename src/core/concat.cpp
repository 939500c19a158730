// SPDX-License-Identifier: MIT
#include <poise/core/concat.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace poise {
namespace {

// The longest text asked for below has 24 characters; std::to_chars knows no locale, so a point is a point everywhere.
template <class... Arguments>
std::string digits_of(Arguments... arguments) {
    std::array<char, 40> digits;
    auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), arguments...).ptr;
    return {digits.data(), end};
}

}  // namespace

std::string to_text(double value) { return digits_of(value); }
std::string to_text(double value, int digits) {
    return digits_of(value, std::chars_format::general, std::clamp(digits, 1, 17));
}
std::string to_text_fixed(double value, int digits) {
    int const after_point = std::clamp(digits, 0, 17);
    // The largest double has 309 digits before the point.
    std::array<char, 340> text;
    auto const end =
        std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed, after_point).ptr;
    return {text.data(), end};
}
std::string to_text(long long value) { return digits_of(value); }
std::string to_text(unsigned long long value) { return digits_of(value); }

std::string bytes_to_text(std::uint64_t bytes) {
    if (bytes < 1024) return concat(bytes, " B");
    double value = static_cast<double>(bytes);
    char const* unit = "B";
    for (char const* larger : {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}) {
        if (value < 1023.995) break;  // what would be printed as 1024.00 is one of the next unit
        value /= 1024.0;
        unit = larger;
    }
    return concat(to_text_fixed(value, 2), ' ', unit);
}

std::string seconds_to_text(double seconds) {
    double const magnitude = std::abs(seconds);
    if (magnitude == 0.0) return "0 s";
    if (!(magnitude < 1e15)) return concat(to_text(seconds, 4), " s");
    // The bounds are where rounding to four digits carries into one more.
    for (auto const& [unit, per_second] : {std::pair{"ns", 1e9}, std::pair{"us", 1e6}, std::pair{"ms", 1e3}}) {
        double const scaled = magnitude * per_second;
        if (scaled < 999.95)
            return concat(to_text_fixed(seconds * per_second, scaled < 9.9995   ? 3
                                                              : scaled < 99.995 ? 2
                                                                                : 1),
                          ' ', unit);
    }
    int const digits = magnitude < 9.9995 ? 3 : magnitude < 99.995 ? 2 : magnitude < 999.95 ? 1 : 0;
    return concat(to_text_fixed(seconds, digits), " s");
}

}  // namespace poise
