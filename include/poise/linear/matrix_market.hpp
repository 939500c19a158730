// SPDX-License-Identifier: MIT
// Sparse matrices and right-hand sides as Matrix Market files.
#pragma once

#include <poise/linear/csr.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace poise::linear {

/// The matrix of a Matrix Market file, "matrix coordinate" with real, integer or pattern values, the last 1 each, and
/// general, symmetric or skew-symmetric, of which the file has the lower triangle and the result both. Indices of the
/// file count from 1, those of the result from 0, ascending in each row. Entries given more than once are added up in
/// the order of the file; zeros stay entries. Blank lines, lines that begin with '%' and CRLF are skipped over; case
/// does not matter in the banner.
/// Throws input_error with file, line, the text at fault and what to do for everything else: another kind of file
/// (complex, hermitian, array), sizes and indices out of range, more or fewer entries than announced, an entry above
/// the diagonal of a symmetric matrix, values that are not finite, beyond the range of a double, or integers that no
/// double equals; also for more than 2²⁰ rows where the file has fewer bytes than that. Nothing is allocated for what
/// the file announces and cannot hold. file_error when it cannot be read, not_enough_memory.
/// Cost: one pass over the text, two over the entries, a sort for rows that do not ascend in the file. Memory: the
/// file, 16 bytes an entry of it, and the result. One thread; thread-safe; the same bits always.
/// Source: Boisvert, Pozo & Remington (1996), The Matrix Market Exchange Formats, NISTIR 5935.
[[nodiscard]] csr_matrix read_matrix_market(std::string const& path);
/// The same of a text; errors name it "the text".
[[nodiscard]] csr_matrix from_matrix_market(std::string_view text);

/// A dense vector, "matrix array" with real or integer values, general, of n rows and one column; of a single row it
/// may be symmetric, which is what SciPy calls it. Errors as above.
[[nodiscard]] std::vector<double> read_matrix_market_vector(std::string const& path);
[[nodiscard]] std::vector<double> vector_from_matrix_market(std::string_view text);

/// Writes a matrix as "coordinate real general", all entries row by row, or a vector as "array real general"; numbers
/// are the shortest text that reads back as the same double. Whole file or nothing: file_error. Throws
/// std::invalid_argument for a matrix that is not valid or a number that is not finite, which could not be read back.
void write_matrix_market(std::string const& path, csr_view A);
void write_matrix_market(std::string const& path, std::span<double const> b);
/// The same as a text.
[[nodiscard]] std::string to_matrix_market(csr_view A);
[[nodiscard]] std::string to_matrix_market(std::span<double const> b);

}  // namespace poise::linear
