// SPDX-License-Identifier: MIT
#include "matrices.hpp"
#include "support/expect_message.hpp"
#include "support/message_of.hpp"
#include "support/temporary_folder.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/grid/cartesian.hpp>
#include <poise/linear/matrix_market.hpp>
#include <poise/linear/neg_laplacian.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace poise::linear {
namespace {

using dense = std::vector<std::vector<double>>;
using poise_test::expect_message, poise_test::from_dense, poise_test::message_of, poise_test::to_dense;

dense dense_of(std::string const& text) {
    auto const A = from_matrix_market(text);
    require_valid(A);
    return to_dense(A);
}

std::string const general = "%%MatrixMarket matrix coordinate real general\n";
std::string const symmetric = "%%MatrixMarket matrix coordinate real symmetric\n";
std::string const array = "%%MatrixMarket matrix array real general\n";

TEST(MatrixMarket, ReadsEveryKind) {
    EXPECT_EQ(dense_of(general + "2 3 3\n1 3 -1.5e-3\n2 1 +7\n1 1 .5\n"), (dense{{0.5, 0, -1.5e-3}, {7, 0, 0}}));
    EXPECT_EQ(dense_of(symmetric + "2 2 2\n1 1 4\n2 1 -1\n"), (dense{{4, -1}, {-1, 0}}));
    EXPECT_EQ(dense_of("%%MatrixMarket matrix coordinate integer skew-symmetric\n2 2 2\n2 1 -3\n2 2 0\n"),
              (dense{{0, 3}, {-3, 0}}));
    EXPECT_EQ(dense_of("%%MatrixMarket matrix coordinate pattern symmetric\n3 3 2\n3 1\n2 2\n"),
              (dense{{0, 0, 1}, {0, 1, 0}, {1, 0, 0}}));
    EXPECT_EQ(dense_of("%%MatrixMarket matrix coordinate integer general\n1 1 1\n1 1 -9007199254740992\n"),
              (dense{{-0x1p53}}));
    EXPECT_EQ(from_matrix_market(general + "0 0 0\n").n_rows(), 0);
    EXPECT_EQ(vector_from_matrix_market(array + "3 1\n1\n-2.5\n0\n"), (std::vector{1.0, -2.5, 0.0}));
    EXPECT_EQ(vector_from_matrix_market("%%MatrixMarket matrix array integer general\n1 1\n-4\n"), std::vector{-4.0});
    EXPECT_EQ(vector_from_matrix_market("%%MatrixMarket matrix array real symmetric\n1 1\n2.5\n"), std::vector{2.5});
    EXPECT_TRUE(vector_from_matrix_market(array + "0 1\n").empty());
}

TEST(MatrixMarket, MindsNeitherCaseNorBlanksNorCommentsNorLineEnds) {
    dense const expected{{1, 0}, {0, 2}};
    EXPECT_EQ(dense_of("%%matrixmarket MATRIX Coordinate REAL General\r\n%\r\n\r\n 2\t2 2 \r\n1 1 1\r\n2 2 2\r\n"),
              expected);
    EXPECT_EQ(dense_of(general + "% a\n\n%b\n2 2 2\n% between\n1 1 1\n\n  \n2  2  2"), expected);
    EXPECT_EQ(dense_of(general + "2 2 2\n2 2 2\n1 1 1\n\n% the end\n"), expected);
}

TEST(MatrixMarket, AddsUpWhatIsGivenTwice) {
    auto const A = from_matrix_market(symmetric + "2 2 3\n2 1 1\n1 1 3\n2 1 0.5\n");
    EXPECT_EQ(to_dense(A), (dense{{3, 1.5}, {1.5, 0}}));
    EXPECT_EQ(A.n_entries(), 3U);
}

// What the reader refuses, and what it says: the line, the text, the remedy.
TEST(MatrixMarket, SaysWhatIsWrongAndWhere) {
    auto const says = [](std::string const& text, std::string const& message) {
        expect_message<input_error>([&] { (void)from_matrix_market(text); }, message);
    };
    says("", "the text: is empty");
    says("1 2 3\n", "the text:1: begins with '1 2 3' instead of %%MatrixMarket; if it is compressed");
    says("%%MatrixMarket vector coordinate real general\n", "the object 'vector'");
    says("%%MatrixMarket matrix sparse real general\n", "the format of the banner is 'sparse'; what is read is");
    says("%%MatrixMarket matrix coordinate complex general\n", "'complex'; what is read is real, integer, pattern");
    says("%%MatrixMarket matrix coordinate real hermitian\n", "'hermitian'; what is read is general, symmetric, skew");
    says("%%MatrixMarket matrix coordinate real\n", "the symmetry of the banner is ''");
    says("%%MatrixMarket matrix coordinate real general x\n", "goes on with 'x'");
    says("%%MatrixMarket matrix coordinate pattern skew-symmetric\n", "a pattern has no signs");
    says(array + "2 1\n1\n2\n", "read_matrix_market_vector()");
    says(general + "% only\n", "the text:2: the file ends before its line of sizes");
    says(general + "2 2\n", "the text:2: the number of entries is missing");
    says(general + "2 -2 1\n", "the number of columns '-2' is not a whole number");
    says(general + "2 2.0 1\n", "the number of columns '2.0' is not a whole number");
    says(general + "2147483647 2 1\n", "the number of rows '2147483647' is outside 0 ... 2147483646");
    says(general + "99999999999999999999999 2 1\n", "'99999999999999999999999' is outside 0");
    says(symmetric + "2 3 1\n2 1 1\n", "announces 2 x 3; a symmetric matrix is square");
    says(general + "% x\n2 2 1\n3 1 1\n", "the text:4: the row '3' is outside 1 ... 2");
    says(general + "2 2 1\n0 1 1\n", "the row '0' is outside 1 ... 2");
    says(general + "2 2 1\n1 x 1\n", "the column 'x' is not a whole number");
    says(general + "2 2 1\n1 1 \n", "the value is missing");
    says(general + "2 2 1\n1 1 1 1\n", "goes on with '1'; one entry stands on a line");
    says(general + "2 2 1\n1 1 1.5.0\n", "the value '1.5.0' is not a number such as -1.5e-3");
    says(general + "2 2 1\n1 1 1d5\n", "the value '1d5' is not a number");
    says(general + "2 2 1\n1 1 +-1\n", "the value '+-1' is not a number");
    says(general + "2 2 1\n1 1 -nan\n", "the value '-nan' is not finite");
    says(general + "2 2 1\n1 1 inf\n", "the value 'inf' is not finite");
    says(general + "2 2 1\n1 1 1e400\n", "'1e400' is beyond the range of a double");
    says(general + "2 2 1\n1 1 1e-400\n", "'1e-400' is beyond the range of a double");
    says(general + "2 2 2\n1 1 1e308\n1 1 1e308\n", "the entries (1, 1) add up to inf");
    says(symmetric + "2 2 1\n1 2 1\n", "the text:3: the entry (1, 2) is above the diagonal");
    says("%%MatrixMarket matrix coordinate real skew-symmetric\n2 2 1\n2 2 1\n", "the entry (2, 2) is 1; the diagonal");
    says("%%MatrixMarket matrix coordinate integer general\n1 1 1\n1 1 1.5\n", "'1.5' is not an integer");
    says("%%MatrixMarket matrix coordinate integer general\n1 1 1\n1 1 -9007199254740993\n", "equals no double");
    says("%%MatrixMarket matrix coordinate integer general\n1 1 1\n1 1 9223372036854775808\n", "equals no double");
    says(general + "2 2 1\n1 1 1\n2 2 2\n", "the text:4: goes on after the 1 entries");
    says(general + "2 2 2\n1 1 1\n% no more ......\n", "the text:4: the file ends after 1 of 2 entries");
}

TEST(MatrixMarket, SaysWhatIsWrongWithAVector) {
    auto const says = [](std::string const& text, std::string const& message) {
        expect_message<input_error>([&] { (void)vector_from_matrix_market(text); }, message);
    };
    says(general + "2 1 1\n1 1 1\n", "holds a sparse matrix, which read_matrix_market() reads");
    says("%%MatrixMarket matrix array pattern general\n1 1\n", "a vector is 'array real general'");
    says("%%MatrixMarket matrix array real skew-symmetric\n1 1\n", "a vector is 'array real general'");
    says("%%MatrixMarket matrix array real symmetric\n2 2\n1\n0\n1\n", "announces 2 x 2; a vector has one column");
    says("%%MatrixMarket matrix array real symmetric\n2 1\n1\n1\n", "2 x 1; a symmetric matrix is square: say general");
    says(array + "1 3\n1\n2\n3\n", "announces 1 x 3; a vector has one column");
    says(array + "2 1\n1\n\n\n", "ends after 1 of 2");
    says(array + "2 1\n1 2\n3\n", "goes on with '2'");
    says(array + "1 1\n1\n2\n", "goes on after the 1 entries");
    says(array + "1 1\nnan\n", "the text:3: the value 'nan' is not finite");
}

// Were they believed, these would be gigabytes.
TEST(MatrixMarket, BelievesNoNumberThatTheFileCannotHold) {
    expect_message<input_error>([] { (void)from_matrix_market(general + "9 9 2000000000\n1 1 1\n"); },
                                "2000000000 entries are announced, and the 6 bytes that follow can hold 1");
    expect_message<input_error>([] { (void)from_matrix_market(general + "2000000000 9 1\n1 1 1\n"); },
                                "announces 2000000000 rows in a file of 67 bytes");
    expect_message<input_error>([] { (void)vector_from_matrix_market(array + "9000000000000000000 1\n1\n"); },
                                "9000000000000000000 entries are announced");
    EXPECT_EQ(from_matrix_market(general + "1048576 2000000000 1\n1 1 1\n").n_cols(), 2'000'000'000);
    // The shortest lines there are, without a line feed at the end.
    EXPECT_EQ(from_matrix_market("%%MatrixMarket matrix coordinate pattern general\n1 2 2\n1 1\n1 2").n_entries(), 2U);
    EXPECT_EQ(vector_from_matrix_market(array + "2 1\n1\n2").size(), 2U);
}

TEST(MatrixMarket, WritesWhatItReadsToTheLastBit) {
    poise_test::temporary_folder const folder;
    for (unsigned seed = 0; seed < 50; ++seed) {
        std::mt19937_64 random{seed};
        std::uniform_real_distribution<double> exponent{-308, 308};
        std::size_t const n = 1 + random() % 20;
        dense numbers(n, std::vector<double>(1 + random() % 20));
        for (auto& row : numbers)
            for (double& number : row)
                if (random() % 3 == 0) number = (random() % 2 == 0 ? -1 : 1) * std::pow(10.0, exponent(random));
        for (auto& row : numbers) row.resize(numbers.front().size());
        write_matrix_market(folder.path("A.mtx"), from_dense(numbers));
        EXPECT_EQ(to_dense(read_matrix_market(folder.path("A.mtx"))), numbers) << "seed " << seed;
        write_matrix_market(folder.path("b.mtx"), numbers.front());
        EXPECT_EQ(read_matrix_market_vector(folder.path("b.mtx")), numbers.front()) << "seed " << seed;
    }
    EXPECT_EQ(folder.n_entries(), 2);
    EXPECT_EQ(to_matrix_market(from_dense({{0, 0.1}, {-1e-300, 0}})), general + "2 2 2\n1 2 0.1\n2 1 -1e-300\n");
    EXPECT_EQ(to_matrix_market(std::vector{0.1, -2.0}), array + "2 1\n0.1\n-2\n");
}

TEST(MatrixMarket, ReadsALaplacianWrittenInAnyOrderOfItsLines) {
    auto const A = neg_laplacian(grid::cartesian<2>{{.cells = {17, 23}}}, {});
    std::string const text = to_matrix_market(A);
    std::size_t const body = text.find('\n', text.find('\n') + 1) + 1;
    std::vector<std::string> lines;
    for (std::size_t at = body; at < text.size();) {
        std::size_t const end = text.find('\n', at) + 1;
        lines.push_back(text.substr(at, end - at));
        at = end;
    }
    ASSERT_EQ(lines.size(), A.n_entries());
    std::ranges::shuffle(lines, std::mt19937{7});
    std::string shuffled = text.substr(0, body);
    for (auto const& line : lines) shuffled += line;
    auto const B = from_matrix_market(shuffled);
    EXPECT_TRUE(std::ranges::equal(A.view().row_start, B.view().row_start));
    EXPECT_TRUE(std::ranges::equal(A.view().columns, B.view().columns));
    EXPECT_TRUE(std::ranges::equal(A.view().values, B.view().values));
}

TEST(MatrixMarket, WritesNothingThatItWouldNotRead) {
    poise_test::temporary_folder const folder;
    auto A = from_dense({{1, 2}});
    A.values()[1] = std::numeric_limits<double>::quiet_NaN();
    expect_message<std::invalid_argument>([&] { write_matrix_market(folder.path("A.mtx"), A); }, "A(0, 1) is nan");
    expect_message<std::invalid_argument>(
        [&] {
            write_matrix_market(folder.path("b.mtx"), std::vector{1.0, std::numeric_limits<double>::infinity()});
        },
        "b[1] is inf");
    EXPECT_EQ(folder.n_entries(), 0);
}

TEST(MatrixMarket, NamesTheFile) {
    poise_test::temporary_folder const folder;
    auto const path = folder.write("A.mtx", general + "1 1 1\n1 2 1\n");
    EXPECT_EQ(message_of<input_error>([&] { (void)read_matrix_market(path); }),
              path + ":3: the column '2' is outside 1 ... 1");
    EXPECT_EQ(message_of<input_error>([&] { (void)read_matrix_market_vector(folder.write("b", "b")); }),
              folder.path("b") + ":1: begins with 'b' instead of %%MatrixMarket; if it is compressed, unpack it first");
    expect_message<file_error>([&] { (void)read_matrix_market(folder.path("none")); }, "cannot be opened");
}

}  // namespace
}  // namespace poise::linear
