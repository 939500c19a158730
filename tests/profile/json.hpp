// SPDX-License-Identifier: MIT
// A strict reader of JSON, enough to judge what the library writes.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace poise::profile::json {

struct value {
    enum class kind { number, text, array, object } is = kind::number;
    double number = 0.0;
    std::string literal;  // a number as it stands in the file
    std::string text;
    std::vector<value> items;
    std::map<std::string, value> members;

    [[nodiscard]] value const& operator[](std::string const& name) const { return members.at(name); }
};

class reader {
public:
    explicit reader(std::string_view text) : rest_{text} {}

    value document() {
        value v = any();
        blanks();
        require(rest_.empty(), "end");
        return v;
    }

private:
    void require(bool condition, char const* what) const {
        if (!condition)
            throw std::runtime_error{std::string{"JSON: "} + what + " before " + std::string{rest_.substr(0, 40)}};
    }
    void blanks() {
        while (!rest_.empty() && std::string_view{" \n\t\r"}.find(rest_[0]) != std::string_view::npos)
            rest_.remove_prefix(1);
    }
    bool skip(char c) {
        blanks();
        bool const there = !rest_.empty() && rest_[0] == c;
        if (there) rest_.remove_prefix(1);
        return there;
    }
    value any() {
        blanks();
        require(!rest_.empty(), "value");
        if (rest_[0] == '{') return object();
        if (rest_[0] == '[') return array();
        if (rest_[0] == '"') return text_value();
        return number();
    }
    value text_value() {
        value v;
        v.is = value::kind::text;
        v.text = string();
        return v;
    }
    value object() {
        value v;
        v.is = value::kind::object;
        skip('{');
        if (skip('}')) return v;
        do {
            blanks();
            std::string const name = string();
            require(skip(':'), "':'");
            require(v.members.emplace(name, any()).second, "new member");
        } while (skip(','));
        require(skip('}'), "'}'");
        return v;
    }
    value array() {
        value v;
        v.is = value::kind::array;
        skip('[');
        if (skip(']')) return v;
        do v.items.push_back(any());
        while (skip(','));
        require(skip(']'), "']'");
        return v;
    }
    value number() {
        std::size_t const length = std::min(rest_.find_first_not_of("+-.0123456789eE"), rest_.size());
        require(length != 0, "number");
        value v;
        v.is = value::kind::number;
        v.literal = std::string{rest_.substr(0, length)};
        v.number = std::strtod(v.literal.c_str(), nullptr);
        rest_.remove_prefix(length);
        return v;
    }
    // Escapes below U+0080 only: the others stay as they are written.
    std::string string() {
        require(!rest_.empty() && rest_[0] == '"', "string");
        rest_.remove_prefix(1);
        std::string text;
        for (;;) {
            require(!rest_.empty() && static_cast<unsigned char>(rest_[0]) >= 0x20, "character");
            char const c = rest_[0];
            rest_.remove_prefix(1);
            if (c == '"') return text;
            if (c != '\\') {
                text += c;
                continue;
            }
            require(!rest_.empty(), "escape");
            if (rest_[0] == 'u') {
                require(rest_.size() >= 5, "\\u escape");
                auto const code = std::strtoul(std::string{rest_.substr(1, 4)}.c_str(), nullptr, 16);
                text += code < 0x80 ? std::string(1, static_cast<char>(code)) : "\\" + std::string{rest_.substr(0, 5)};
                rest_.remove_prefix(5);
            } else {
                require(rest_[0] == '"' || rest_[0] == '\\', "known escape");
                text += rest_[0];
                rest_.remove_prefix(1);
            }
        }
    }

    std::string_view rest_;
};

}  // namespace poise::profile::json
