// SPDX-License-Identifier: MIT
// Appends to one string: a tree of documents would cost several times the memory and the time of the text.
#include "profile/json_limits.hpp"
#include "profile/snapshot_fields.hpp"
#include "profile/text.hpp"

#include <poise/core/atomic_file.hpp>
#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/profile/json.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <concepts>
#include <type_traits>

namespace poise::profile {
namespace {

class writer {
public:
    explicit writer(std::string& text) : text_{text} {}

    // A field of the object that is being written.
    template <class T>
    void operator()(std::string_view name, T const& value) {
        if (text_.back() != '{') text_ += ',';
        text_.append("\"").append(name).append("\":");
        put(value);
    }
    template <class T>
    void optional(std::string_view name, T const& value) {
        if (value != T{}) (*this)(name, value);
    }

private:
    void put(bool value) { text_ += value ? "true" : "false"; }
    void put(std::string const& value) { detail::append_json_string(text_, value); }
    void put(double value) {
        if (!std::isfinite(value))
            text_ += std::isnan(value) ? "\"NaN\"" : value > 0.0 ? "\"Infinity\"" : "\"-Infinity\"";
        else
            put_digits(value);
        if (value == 0.0 && std::signbit(value)) text_ += ".0";  // "-0" would read back as a whole number, 0
    }
    template <std::unsigned_integral T>
    void put(T value) {
        put_digits(value);
    }
    template <class T>
    void put_digits(T value) {
        std::array<char, 32> digits;
        auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
        text_.append(digits.data(), end);
    }
    template <class T>
    requires std::is_enum_v<T>
    void put(T value) {
        text_.append("\"").append(detail::names_of<T>.at(static_cast<std::size_t>(value))).append("\"");
    }
    template <class T>
    void put(std::vector<T> const& values) {
        text_ += '[';
        for (auto const& value : values) {
            if (&value != values.data()) text_ += ',';
            if constexpr (detail::has_fields<T>) text_ += '\n';  // lines short enough for an editor
            put(value);
        }
        text_ += ']';
    }
    template <detail::has_fields T>
    void put(T const& value) {
        POISE_REQUIRE(depth_ < detail::max_json_levels, "a tree of more than ", detail::max_json_levels,
                      " levels cannot be written; fold its deepest levels");
        ++depth_;
        text_ += '{';
        detail::fields_of<T>::visit(*this, value);
        text_ += '}';
        --depth_;
    }

    std::string& text_;
    std::size_t depth_ = 0;
};

std::size_t number_of_scopes(scope_statistics const& s) {
    std::size_t n = 1;
    for (auto const& child : s.children) n += number_of_scopes(child);
    return n;
}

}  // namespace

std::string to_json(snapshot const& s) {
    std::size_t n_scopes = number_of_scopes(s.root);
    for (auto const& thread : s.threads) n_scopes += number_of_scopes(thread.root);
    std::string text;
    text.reserve(4096 + 450 * n_scopes);
    text += concat("{\"schema\":\"", detail::json_schema_name, "\",\"version\":", profile_schema_version);
    writer write{text};
    detail::fields_of<snapshot>::visit(write, s);
    return text += "}\n";
}

void write_json(std::string const& path, snapshot const& s) { write_file(path, to_json(s)); }

}  // namespace poise::profile
