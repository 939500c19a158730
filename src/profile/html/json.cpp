// SPDX-License-Identifier: MIT
#include "profile/html/json.hpp"

#include "profile/text.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace poise::profile::detail {
namespace {

// '<' could end the <script>; the two separators end a line in scripts of old, and nothing that shows.
std::string without_markup(std::string const& json) {
    std::string safe;
    safe.reserve(json.size());
    for (std::size_t i = 0; i < json.size(); ++i) {
        std::string_view const three = std::string_view{json}.substr(i, 3);
        if (json[i] == '<') {
            safe += "\\u003c";
        } else if (three == "\u2028" || three == "\u2029") {
            safe += three == "\u2028" ? "\\u2028" : "\\u2029";
            i += 2;
        } else {
            safe += json[i];
        }
    }
    return safe;
}

}  // namespace

void html_json::separate() {
    if (!fresh_) out_ += ',';
    fresh_ = false;
}

html_json& html_json::open(char bracket) {
    separate();
    out_ += bracket;
    fresh_ = true;
    return *this;
}

html_json& html_json::close(char bracket) {
    out_ += bracket;
    fresh_ = false;
    return *this;
}

html_json& html_json::key(std::string_view name) {
    text(name);
    out_ += ':';
    fresh_ = true;
    return *this;
}

html_json& html_json::text(std::string_view value) {
    separate();
    out_ += without_markup(json_string(value));
    return *this;
}

html_json& html_json::number(double value) {
    separate();
    constexpr double exact = 9007199254740992.0;  // 2⁵³
    std::array<char, 32> digits;
    std::to_chars_result end{};
    if (!std::isfinite(value)) value = 0.0;
    if (std::abs(value) < exact && value == std::trunc(value))
        end = std::to_chars(digits.begin(), digits.end(), static_cast<std::int64_t>(value));
    else
        end = std::to_chars(digits.begin(), digits.end(), value);
    out_.append(digits.data(), end.ptr);
    return *this;
}

double nanoseconds(double seconds) noexcept { return std::round(seconds * 1e9); }

double rounded(double value) noexcept {
    if (!std::isfinite(value) || value == 0.0) return 0.0;
    double const unit = std::pow(10.0, std::floor(std::log10(std::abs(value))) - 2.0);
    // Dividing by a whole number keeps 1.23e-7 from becoming 1.2300000000000001e-07.
    return unit < 1.0 ? std::round(value * std::round(1.0 / unit)) / std::round(1.0 / unit)
                      : std::round(value / unit) * unit;
}

double string_table::index(std::string_view text) {
    auto const [found, is_new] = places_.try_emplace(text, texts_.size());
    if (is_new) texts_.push_back(text);
    return static_cast<double>(found->second);
}

void string_table::write(html_json& out) const {
    out.open('[');
    for (std::string_view const text : texts_) out.text(text);
    out.close(']');
}

void columns::write(html_json& out) const {
    out.open('{').number("rows", static_cast<double>(rows()));
    for (std::size_t c = 0; c < names_.size(); ++c) {
        bool some = false;
        for (std::size_t i = c; i < values_.size(); i += names_.size()) some = some || values_[i] != 0.0;
        if (!some) continue;
        out.key(names_[c]).open('[');
        for (std::size_t i = c; i < values_.size(); i += names_.size()) out.number(values_[i]);
        out.close(']');
    }
    out.close('}');
}

}  // namespace poise::profile::detail
