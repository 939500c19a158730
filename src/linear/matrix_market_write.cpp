// SPDX-License-Identifier: MIT
#include <poise/core/atomic_file.hpp>
#include <poise/core/concat.hpp>
#include <poise/core/reductions.hpp>
#include <poise/linear/matrix_market.hpp>

namespace poise::linear {
namespace {

// Calls write(text) for each line.
template <class Write>
void write_lines(csr_view A, Write const& write) {
    write(concat("%%MatrixMarket matrix coordinate real general\n", A.n_rows, ' ', A.n_cols, ' ', A.n_entries(), '\n'));
    for (index_t row = 0; row < A.n_rows; ++row)
        for (index_t e = A.row_start[row]; e < A.row_start[row + 1]; ++e)
            write(concat(row + 1, ' ', A.columns[e] + 1, ' ', A.values[e], '\n'));
}

template <class Write>
void write_lines(std::span<double const> b, Write const& write) {
    write(concat("%%MatrixMarket matrix array real general\n", b.size(), " 1\n"));
    for (double const number : b) write(concat(number, '\n'));
}

void require_readable(csr_view A) { require_valid(A); }
void require_readable(std::span<double const> b) { require_finite(b, "b"); }

template <class Object>
void write_object(std::string const& path, Object const& object) {
    require_readable(object);
    atomic_file file{path};
    write_lines(object, [&](std::string const& text) { file.write(text); });
    file.commit();
}

template <class Object>
std::string text_of(Object const& object) {
    require_readable(object);
    std::string text;
    write_lines(object, [&](std::string const& line) { text += line; });
    return text;
}

}  // namespace

void write_matrix_market(std::string const& path, csr_view A) { write_object(path, A); }
void write_matrix_market(std::string const& path, std::span<double const> b) { write_object(path, b); }
std::string to_matrix_market(csr_view A) { return text_of(A); }
std::string to_matrix_market(std::span<double const> b) { return text_of(b); }

}  // namespace poise::linear
