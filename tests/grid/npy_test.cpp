// SPDX-License-Identifier: MIT
#include "support/temporary_folder.hpp"

#include <poise/grid/npy.hpp>

#include <gtest/gtest.h>

#include <cstring>
#include <limits>

namespace poise::grid {
namespace {

using poise_test::content_of;

// 10 bytes before the text; the text fills up to a multiple of 64 and ends with a line feed.
std::string header(std::string const& shape, std::size_t total) {
    std::string text = "{'descr': '<f8', 'fortran_order': False, 'shape': " + shape + ", }";
    text.resize(total - 11, ' ');
    std::string const magic{"\x93NUMPY\x01\x00", 8};
    return magic + static_cast<char>(total - 10) + std::string(1, '\0') + text + '\n';
}

template <std::size_t D>
void expect_file(field<D> const& u, std::string const& expected_header) {
    poise_test::temporary_folder const folder;
    write_npy(folder.path("u.npy"), u);
    std::string const bytes = content_of(folder.path("u.npy"));
    ASSERT_EQ(bytes.size(), expected_header.size() + 8 * u.values().size());
    EXPECT_EQ(bytes.substr(0, expected_header.size()), expected_header);
    EXPECT_EQ(std::memcmp(bytes.data() + expected_header.size(), u.values().data(), u.values().size_bytes()), 0);
    EXPECT_EQ(folder.n_entries(), 1);
}

TEST(Npy, WritesTheShapeSlowestFirst) {
    expect_file(field<1>{cartesian<1>{{.cells = {2}}}, {1.5, -2.0}}, header("(2,)", 128));
    expect_file(field<2>{cartesian<2>{{.cells = {2, 1}}}, {1.5, -2.0}}, header("(1, 2)", 128));
    auto const number = [](double x, double y, double z) { return x + 10 * y + 100 * z; };
    expect_file(sample(cartesian<3>{{.cells = {2, 3, 4}, .centering = centering::node}}, number),
                header("(5, 4, 3)", 128));
}

// Shapes of one to six digits: the padding differs, the place of the numbers does not.
TEST(Npy, PadsTo64Bytes) {
    for (std::ptrdiff_t cells = 1; cells < 200000; cells *= 10) {
        poise_test::temporary_folder const folder;
        write_npy(folder.path("u.npy"), field<1>{cartesian<1>{{.cells = {cells}}}});
        std::string const bytes = content_of(folder.path("u.npy"));
        std::size_t const start = bytes.size() - 8 * static_cast<std::size_t>(cells);
        EXPECT_EQ(start % 64, 0U);
        EXPECT_EQ(bytes[start - 1], '\n');
        EXPECT_EQ(static_cast<std::size_t>(static_cast<unsigned char>(bytes[8])), start - 10);
    }
}

TEST(Npy, WritesLittleEndianNumbers) {
    poise_test::temporary_folder const folder;
    write_npy(folder.path("u.npy"), field<1>{cartesian<1>{{.cells = {2}}}, {1.0, -2.0}});
    std::string const bytes = content_of(folder.path("u.npy"));
    // 1.0 is 0x3ff0000000000000 and -2.0 is 0xc000000000000000.
    EXPECT_EQ(bytes.substr(bytes.size() - 16), std::string("\0\0\0\0\0\0\xf0\x3f\0\0\0\0\0\0\0\xc0", 16));
}

TEST(Npy, WritesFieldsLargerThanOnePiece) {
    auto const grid = cartesian<2>{{.cells = {301, 400}}};
    expect_file(sample(grid, [](double x, double y) { return x / y; }), header("(400, 301)", 128));
}

TEST(Npy, KeepsWhatIsNotFinite) {
    double const nan = std::numeric_limits<double>::quiet_NaN();
    expect_file(field<1>{cartesian<1>{{.cells = {2}}}, {nan, -std::numeric_limits<double>::infinity()}},
                header("(2,)", 128));
}

}  // namespace
}  // namespace poise::grid
