// SPDX-License-Identifier: MIT
#include "grid/npy_header.hpp"

#include "core/quoted.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>

#include <charconv>

namespace poise::grid::detail {
namespace {

// NumPy's own limit is 32, and 64 from version 2 on.
constexpr std::size_t max_rank = 64;

class parser {
public:
    parser(std::string const& source, std::string_view text) : source_{source}, text_{text}, rest_{text} {}

    npy_header header() {
        npy_header found;
        bool descr = false;
        bool order = false;
        bool shape = false;
        expect('{');
        while (!take('}')) {
            auto const key = quoted_text("a key");
            expect(':');
            if (key == "descr" && !descr)
                descr = true, found.descr = quoted_text("a type such as '<f8', which has no fields");
            else if (key == "fortran_order" && !order)
                order = true, found.fortran_order = truth();
            else if (key == "shape" && !shape)
                shape = true, found.shape = tuple();
            else
                fail(concat("descr, fortran_order and shape once each instead of ", poise::detail::quoted(key)));
            if (!take(',')) {
                expect('}');
                break;
            }
        }
        if (!descr || !order || !shape) fail("descr, fortran_order and shape");
        skip_blanks();
        if (!rest_.empty()) fail("nothing more");
        return found;
    }

private:
    [[noreturn]] void fail(std::string const& expected) const {
        throw input_error{source_, 0,
                          concat("has a damaged header: expected ", expected, " at byte ", text_.size() - rest_.size(),
                                 " of ", poise::detail::quoted(rest_), "; save it again with numpy.save")};
    }
    void skip_blanks() {
        while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == '\n' || rest_[0] == '\t')) rest_.remove_prefix(1);
    }
    bool take(char letter) {
        skip_blanks();
        if (!rest_.starts_with(letter)) return false;
        rest_.remove_prefix(1);
        return true;
    }
    void expect(char letter) {
        if (!take(letter)) fail(concat('\'', letter, '\''));
    }
    std::string quoted_text(char const* what) {
        skip_blanks();
        char const quote = rest_.empty() ? '\0' : rest_[0];
        if (quote != '\'' && quote != '"') fail(what);
        auto const end = rest_.find(quote, 1);
        if (end == std::string_view::npos) fail(concat("the end of ", what));
        std::string found{rest_.substr(1, end - 1)};
        rest_.remove_prefix(end + 1);
        return found;
    }
    bool truth() {
        skip_blanks();
        bool const found = rest_.starts_with("True");
        if (!found && !rest_.starts_with("False")) fail("True or False");
        rest_.remove_prefix(found ? 4 : 5);
        return found;
    }
    std::size_t whole_number() {
        skip_blanks();
        std::size_t number = 0;
        auto const [end, failure] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), number);
        if (failure != std::errc{}) fail("a whole number of 64 bits");
        rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
        return number;
    }
    std::vector<std::size_t> tuple() {
        std::vector<std::size_t> shape;
        expect('(');
        while (!take(')')) {
            if (shape.size() == max_rank) fail(concat("at most ", max_rank, " dimensions"));
            shape.push_back(whole_number());
            if (take(',')) continue;
            if (shape.size() == 1) fail("a comma after the only number of a tuple");  // (3) is a number in Python
            expect(')');
            break;
        }
        return shape;
    }

    std::string const& source_;
    std::string_view text_;
    std::string_view rest_;
};

}  // namespace

npy_header parse_npy_header(std::string const& source, std::string_view text) { return parser{source, text}.header(); }

std::string shape_to_text(std::vector<std::size_t> const& shape) {
    std::string text = "(";
    for (std::size_t d = 0; d < shape.size(); ++d) text += concat(d > 0 ? ", " : "", shape[d]);
    return text + (shape.size() == 1 ? ",)" : ")");
}

}  // namespace poise::grid::detail
