// SPDX-License-Identifier: MIT
// Private to src/: the words of a text, line by line.
#pragma once

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace poise::linear::detail {

/// Refers to the text, which must live as long. Carriage returns are blanks, so lines may end with CRLF.
class input_lines {
public:
    input_lines(std::string source, std::string_view text) : source_{std::move(source)}, rest_{text} {}

    /// Goes to the next line; false at the end of the text.
    bool next() {
        if (rest_.empty()) return false;
        words_ = rest_.substr(0, rest_.find('\n'));
        rest_.remove_prefix(words_.size() < rest_.size() ? words_.size() + 1 : rest_.size());
        ++line_;
        return true;
    }
    /// Goes to the next line that is neither blank nor begins with '%'.
    bool next_with_words() {
        while (next())
            if (!words_.starts_with('%') && !at_end()) return true;
        return false;
    }
    /// The next word of the line; empty when there is none.
    std::string_view word() {
        if (at_end()) return {};
        std::size_t length = 0;
        while (length < words_.size() && !is_blank(words_[length])) ++length;
        auto const found = words_.substr(0, length);
        words_.remove_prefix(length);
        return found;
    }
    /// What is left of the line.
    [[nodiscard]] std::string_view words() const noexcept { return words_; }
    /// Bytes in the lines to come.
    [[nodiscard]] std::size_t bytes_left() const noexcept { return rest_.size(); }

    template <class... Parts>
    [[noreturn]] void fail(Parts const&... parts) const {
        throw input_error{source_, line_, concat(parts...)};
    }

private:
    static bool is_blank(char letter) noexcept {
        return letter == ' ' || letter == '\t' || letter == '\r' || letter == '\v' || letter == '\f';
    }
    bool at_end() {
        std::size_t n_blanks = 0;
        while (n_blanks < words_.size() && is_blank(words_[n_blanks])) ++n_blanks;
        words_.remove_prefix(n_blanks);
        return words_.empty();
    }

    std::string source_;
    std::string_view rest_;
    std::string_view words_;
    std::size_t line_ = 0;
};

}  // namespace poise::linear::detail
