// SPDX-License-Identifier: MIT
#include "profile/function_name.hpp"

#include "profile/text.hpp"

namespace poise::profile::detail {
namespace {

// "operator<<" is no bracket; its length, 0 where the text does not begin with one.
std::size_t operator_length(std::string_view text) noexcept {
    constexpr std::string_view word = "operator", symbols = "<>=-+*/%^&|~!,";
    if (!text.starts_with(word)) return 0;
    if (text.substr(word.size()).starts_with("()")) return word.size() + 2;
    std::size_t const end = text.find_first_not_of(symbols, word.size());
    return end == std::string_view::npos ? text.size() : end;
}

// Behind the bracket that closes the one the text begins with.
std::size_t bracket_length(std::string_view text, char open, char close) noexcept {
    std::size_t depth = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == open) ++depth;
        if (text[i] == close && !(i > 0 && text[i - 1] == '-') && --depth == 0) return i + 1;
    }
    return text.size();
}

std::string folded(std::string_view text, char open, char close) {
    std::string made;
    while (!text.empty()) {
        std::size_t length = operator_length(text);
        if (length == 0 && text.front() == open) {
            length = bracket_length(text, open, close);
            bool const is_kept = length <= 3 || text.starts_with("(anonymous namespace)");
            made += is_kept ? text.substr(0, length) : std::string_view{open == '<' ? "<…>" : "(…)"};
        } else {
            length = length == 0 ? 1 : length;
            made += text.substr(0, length);
        }
        text.remove_prefix(length);
    }
    return made;
}

}  // namespace

std::string fitted_function(std::string_view name, std::size_t columns) {
    std::string const whole = fitted(name, std::string::npos);
    std::string const plain = folded(whole, '<', '>');
    std::string const plainest = folded(plain, '(', ')');
    for (std::string const& candidate : {whole, plain})
        if (fitted(candidate, columns) == candidate) return candidate;
    return fitted(plainest, columns);
}

}  // namespace poise::profile::detail
