// SPDX-License-Identifier: MIT
#include "core/exact_double.hpp"
#include "core/quoted.hpp"
#include "linear/input_lines.hpp"
#include "linear/triplets.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/input_file.hpp>
#include <poise/core/memory.hpp>
#include <poise/linear/matrix_market.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace poise::linear {
namespace {

using detail::input_lines, detail::mirror_image, detail::triplets, poise::detail::quoted;

enum class layout { coordinate, array };
enum class field { real, integer, pattern };
enum class symmetry { general, symmetric, skew_symmetric };

template <class Value>
struct choice {
    std::string_view name;
    Value value;
};
constexpr auto layouts = std::to_array<choice<layout>>({{"coordinate", layout::coordinate}, {"array", layout::array}});
constexpr auto fields =
    std::to_array<choice<field>>({{"real", field::real}, {"integer", field::integer}, {"pattern", field::pattern}});
constexpr auto symmetries = std::to_array<choice<symmetry>>(
    {{"general", symmetry::general}, {"symmetric", symmetry::symmetric}, {"skew-symmetric", symmetry::skew_symmetric}});

// Locales have no say.
bool same_word(std::string_view word, std::string_view lower_case) {
    return std::ranges::equal(word, lower_case, {}, [](char letter) {
        return letter >= 'A' && letter <= 'Z' ? letter + ('a' - 'A') : letter;
    });
}

void require_end(input_lines& lines) {
    if (auto const word = lines.word(); !word.empty())
        lines.fail("the line goes on with ", quoted(word), "; one entry stands on a line");
}

template <class Value, std::size_t N>
Value choose(input_lines& lines, char const* what, std::array<choice<Value>, N> const& choices) {
    auto const word = lines.word();
    for (auto const& [name, value] : choices)
        if (same_word(word, name)) return value;
    std::string names;
    for (auto const& known : choices) names += concat(names.empty() ? "" : ", ", known.name);
    lines.fail("the ", what, " of the banner is ", quoted(word), "; what is read is ", names);
}

struct banner {
    linear::layout layout;
    linear::field field;
    linear::symmetry symmetry;
};

banner read_banner(input_lines& lines) {
    if (!lines.next()) lines.fail("is empty; a Matrix Market file begins with %%MatrixMarket");
    auto const whole = lines.words();
    if (!same_word(lines.word(), "%%matrixmarket"))
        lines.fail("begins with ", quoted(whole), " instead of %%MatrixMarket; if it is compressed, unpack it first");
    if (auto const object = lines.word(); !same_word(object, "matrix"))
        lines.fail("holds the object ", quoted(object), " of Matrix Market; what is read is matrix");
    banner found{choose(lines, "format", layouts), choose(lines, "field", fields),
                 choose(lines, "symmetry", symmetries)};
    require_end(lines);
    if (found.field == field::pattern && found.symmetry == symmetry::skew_symmetric)
        lines.fail("a pattern has no signs, and cannot be skew-symmetric; write real values");
    return found;
}

void next_line_of_sizes(input_lines& lines) {
    if (!lines.next_with_words()) lines.fail("the file ends before its line of sizes; is it cut short?");
}

// A whole number from `least` to `most`; nothing else in the word.
std::size_t whole_number(input_lines& lines, char const* what, std::size_t least, std::size_t most) {
    auto const word = lines.word();
    if (word.empty()) lines.fail("the ", what, " is missing at the end of the line");
    std::uint64_t number = 0;
    auto const [end, failure] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (failure == std::errc::invalid_argument || end != word.data() + word.size())
        lines.fail("the ", what, ' ', quoted(word), " is not a whole number from ", least, " on");
    if (failure != std::errc{} || number < least || number > most)
        lines.fail("the ", what, ' ', quoted(word), " is outside ", least, " ... ", most);
    return number;
}

double integer_value(input_lines& lines, std::string_view word) {
    long long number = 0;
    auto const [end, failure] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (failure == std::errc::invalid_argument || end != word.data() + word.size())
        lines.fail("the value ", quoted(word), " is not an integer; if it is meant, say real in the banner");
    auto const bits = static_cast<std::uint64_t>(number);
    if (failure != std::errc{} || !poise::detail::fits_double(number < 0 ? 0 - bits : bits))
        lines.fail("the value ", quoted(word), " equals no double; if the nearest one will do, say real in the banner");
    return static_cast<double>(number);
}

double real_value(input_lines& lines, std::string_view word) {
    double number = 0.0;
    auto const [end, failure] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (failure == std::errc::invalid_argument || end != word.data() + word.size())
        lines.fail("the value ", quoted(word), " is not a number such as -1.5e-3");
    if (failure != std::errc{})
        lines.fail("the value ", quoted(word), " is beyond the range of a double; scale the matrix");
    if (!std::isfinite(number)) lines.fail("the value ", quoted(word), " is not finite; repair what wrote it");
    return number;
}

double value(input_lines& lines, field kind) {
    auto word = lines.word();
    if (word.empty()) lines.fail("the value is missing at the end of the line");
    if (word.size() > 1 && word[0] == '+' && word[1] != '-') word.remove_prefix(1);  // from_chars knows no '+'
    return kind == field::integer ? integer_value(lines, word) : real_value(lines, word);
}

void require_place(input_lines const& lines, symmetry kind, index_t row, index_t column, double number) {
    if (kind == symmetry::general || row > column) return;
    if (row < column)
        lines.fail("the entry (", row + 1, ", ", column + 1,
                   ") is above the diagonal; symmetric files hold the lower triangle: say general in the banner, or "
                   "leave it out");
    if (kind == symmetry::skew_symmetric && number != 0.0)
        lines.fail("the entry (", row + 1, ", ", column + 1, ") is ", number,
                   "; the diagonal of a skew-symmetric matrix is 0");
}

// An announced number is believed as far as the file can hold it: an entry takes `least_bytes` with its line feed,
// which the last one may lack.
void require_room(input_lines const& lines, std::size_t n_entries, std::size_t least_bytes) {
    std::size_t const most = (lines.bytes_left() + 1) / least_bytes;
    if (n_entries > most)
        lines.fail(n_entries, " entries are announced, and the ", lines.bytes_left(), " bytes that follow can hold ",
                   most, "; is the file cut short?");
}

void next_line_of_entry(input_lines& lines, std::size_t n_read, std::size_t n_announced) {
    if (!lines.next_with_words())
        lines.fail("the file ends after ", n_read, " of ", n_announced, " entries; is it cut short?");
}

void require_no_more(input_lines& lines, std::size_t n_announced) {
    if (lines.next_with_words())
        lines.fail("goes on after the ", n_announced, " entries that its line of sizes announces; correct that line");
}

triplets read_entries(input_lines& lines, banner const& kind, std::size_t n_rows, std::size_t n_cols,
                      std::size_t n_entries) {
    require_room(lines, n_entries, kind.field == field::pattern ? 4 : 6);  // "1 1\n", "1 1 1\n"
    require_memory(16.0 * static_cast<double>(n_entries), [&] { return concat("a list of ", n_entries, " entries"); });
    triplets list{n_entries};
    list.n_rows = n_rows;
    list.n_cols = n_cols;
    for (std::size_t e = 0; e < n_entries; ++e) {
        next_line_of_entry(lines, e, n_entries);
        list.rows[e] = static_cast<index_t>(whole_number(lines, "row", 1, n_rows) - 1);
        list.columns[e] = static_cast<index_t>(whole_number(lines, "column", 1, n_cols) - 1);
        list.values[e] = kind.field == field::pattern ? 1.0 : value(lines, kind.field);
        require_end(lines);
        require_place(lines, kind.symmetry, list.rows[e], list.columns[e], list.values[e]);
    }
    require_no_more(lines, n_entries);
    return list;
}

mirror_image mirror_of(symmetry kind) {
    if (kind == symmetry::general) return mirror_image::none;
    return kind == symmetry::symmetric ? mirror_image::same : mirror_image::negated;
}

// Where entries are added up, the sum of finite numbers may not be.
void require_finite_sums(input_lines const& lines, csr_view A) {
    for (index_t row = 0; row < A.n_rows; ++row)
        for (index_t e = A.row_start[row]; e < A.row_start[row + 1]; ++e)
            if (!std::isfinite(A.values[e]))
                lines.fail("the entries (", row + 1, ", ", A.columns[e] + 1, ") add up to ", A.values[e],
                           "; scale the matrix");
}

csr_matrix parse_matrix(std::string const& source, std::string_view text) {
    input_lines lines{source, text};
    auto const kind = read_banner(lines);
    if (kind.layout == layout::array)
        lines.fail(
            "holds a dense matrix; a vector is read by read_matrix_market_vector(), a sparse matrix is "
            "'coordinate'");
    next_line_of_sizes(lines);
    std::size_t const n_rows = whole_number(lines, "number of rows", 0, max_index - 1);
    std::size_t const n_cols = whole_number(lines, "number of columns", 0, max_index - 1);
    std::size_t const n_entries = whole_number(lines, "number of entries", 0, max_index);
    require_end(lines);
    if (kind.symmetry != symmetry::general && n_rows != n_cols)
        lines.fail("announces ", n_rows, " x ", n_cols, "; a symmetric matrix is square");
    if (n_rows > std::max(text.size(), std::size_t{1} << 20))
        lines.fail("announces ", n_rows, " rows in a file of ", text.size(),
                   " bytes; most of them would be empty: is the line of sizes right?");
    auto const list = read_entries(lines, kind, n_rows, n_cols, n_entries);
    auto const mirror = mirror_of(kind.symmetry);
    std::size_t const n_both = detail::n_entries_of(list, mirror);
    if (n_both > max_index) lines.fail("both triangles have ", n_both, " entries; 32-bit indices count ", max_index);
    require_memory(12.0 * static_cast<double>(n_both), [&] { return concat("a matrix of ", n_both, " entries"); });
    auto A = detail::to_csr(list, mirror);
    if (A.n_entries() < n_both) require_finite_sums(lines, A);
    return A;
}

std::vector<double> parse_vector(std::string const& source, std::string_view text) {
    input_lines lines{source, text};
    auto const kind = read_banner(lines);
    if (kind.layout == layout::coordinate)
        lines.fail("holds a sparse matrix, which read_matrix_market() reads; a vector is 'array real general'");
    if (kind.field == field::pattern || kind.symmetry == symmetry::skew_symmetric)
        lines.fail("a vector is 'array real general' or 'array integer general'");
    next_line_of_sizes(lines);
    std::size_t const n_rows = whole_number(lines, "number of rows", 0, std::numeric_limits<std::ptrdiff_t>::max());
    std::size_t const n_cols = whole_number(lines, "number of columns", 0, max_index);
    require_end(lines);
    if (n_cols != 1)
        lines.fail("announces ", n_rows, " x ", n_cols, "; a vector has one column: write one file for each");
    if (kind.symmetry == symmetry::symmetric && n_rows != 1)
        lines.fail("announces ", n_rows, " x ", n_cols, "; a symmetric matrix is square: say general in the banner");
    require_room(lines, n_rows, 2);  // "1\n"
    require_memory(8.0 * static_cast<double>(n_rows), [&] { return concat("a vector of ", n_rows, " entries"); });
    std::vector<double> numbers(n_rows);
    for (std::size_t i = 0; i < n_rows; ++i) {
        next_line_of_entry(lines, i, n_rows);
        numbers[i] = value(lines, kind.field);
        require_end(lines);
    }
    require_no_more(lines, n_rows);
    return numbers;
}

}  // namespace

csr_matrix from_matrix_market(std::string_view text) { return parse_matrix("the text", text); }
csr_matrix read_matrix_market(std::string const& path) { return parse_matrix(path, read_file(path)); }
std::vector<double> vector_from_matrix_market(std::string_view text) { return parse_vector("the text", text); }
std::vector<double> read_matrix_market_vector(std::string const& path) { return parse_vector(path, read_file(path)); }

}  // namespace poise::linear
