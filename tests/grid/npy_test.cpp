// SPDX-License-Identifier: MIT
#include "support/expect_message.hpp"
#include "support/temporary_folder.hpp"

#include <poise/core/error.hpp>
#include <poise/grid/npy.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
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

using poise_test::expect_message;

// A file of format `major`.0 with this dictionary, unpadded, and these bytes.
std::string npy(std::string const& dictionary, std::string const& bytes, int major = 1) {
    std::string file = "\x93NUMPY" + std::string{static_cast<char>(major), '\0'} + static_cast<char>(dictionary.size());
    file.append(major == 1 ? 1 : 3, '\0');
    return file + dictionary + bytes;
}

std::string dictionary(std::string const& descr, std::string const& shape, bool fortran = false) {
    return "{'descr': '" + descr + "', 'fortran_order': " + (fortran ? "True" : "False") + ", 'shape': " + shape + "}";
}

// The numbers as bytes, the lowest first or last.
template <class Number>
std::string bytes_of(std::vector<Number> const& numbers, std::endian order = std::endian::little) {
    std::string bytes;
    for (Number const number : numbers) {
        std::string one(sizeof number, '\0');
        std::memcpy(one.data(), &number, sizeof number);
        if (order != std::endian::native) std::ranges::reverse(one);
        bytes += one;
    }
    return bytes;
}

TEST(ReadNpy, ReadsEveryTypeInBothOrdersOfBytes) {
    auto const expect = [](auto number, std::string const& type) {
        std::vector const numbers{number, decltype(number){1}};
        std::vector const expected{static_cast<double>(number), 1.0};
        EXPECT_EQ(from_npy(npy(dictionary("<" + type, "(2,)"), bytes_of(numbers))).values, expected) << type;
        EXPECT_EQ(from_npy(npy(dictionary(">" + type, "(2,)"), bytes_of(numbers, std::endian::big))).values, expected)
            << type;
    };
    expect(-1.0 / 3.0, "f8");
    expect(-1.0F / 3.0F, "f4");
    expect(std::int64_t{-(std::int64_t{1} << 53)}, "i8");
    expect(std::numeric_limits<std::int64_t>::min(), "i8");
    expect(std::int32_t{-2'000'000'001}, "i4");
    expect(std::int16_t{-30'001}, "i2");
    expect(std::int8_t{-128}, "i1");
    expect(std::uint64_t{1} << 63, "u8");
    expect(std::uint32_t{4'000'000'001}, "u4");
    expect(std::uint16_t{60'001}, "u2");
    expect(std::uint8_t{255}, "u1");
    EXPECT_EQ(from_npy(npy(dictionary("|u1", "(1,)"), "\x07")).values, std::vector{7.0});
}

TEST(ReadNpy, ReadsEveryFormatAndRank) {
    for (int const major : {1, 2, 3})
        EXPECT_EQ(from_npy(npy(dictionary("<f8", "(1,)"), bytes_of<double>({2.5}), major)).values, std::vector{2.5});
    auto const number = from_npy(npy(dictionary("<f8", "()"), bytes_of<double>({2.5})));
    EXPECT_TRUE(number.shape.empty());
    EXPECT_EQ(number.values, std::vector{2.5});
    auto const none = from_npy(npy(dictionary("<f8", "(3, 0, 18446744073709551615)"), ""));
    EXPECT_EQ(none.shape, (std::vector<std::size_t>{3, 0, ~std::size_t{0}}));
    EXPECT_TRUE(none.values.empty());
    auto const keys = "{ \"shape\" :(2,1 ,) ,'fortran_order':False, 'descr' : '|i1' , }  \n";
    EXPECT_EQ(from_npy(npy(keys, "\x01\x02")).values, (std::vector{1.0, 2.0}));
}

// a[i, j, k] = 100 i + 10 j + k, with i fastest in the file.
TEST(ReadNpy, TurnsFortranOrderIntoC) {
    std::vector<double> fortran;
    std::vector<double> c;
    for (int k = 0; k < 4; ++k)
        for (int j = 0; j < 3; ++j)
            for (int i = 0; i < 2; ++i) fortran.push_back(100 * i + 10 * j + k);
    for (int i = 0; i < 2; ++i)
        for (int j = 0; j < 3; ++j)
            for (int k = 0; k < 4; ++k) c.push_back(100 * i + 10 * j + k);
    EXPECT_EQ(from_npy(npy(dictionary("<f8", "(2, 3, 4)", true), bytes_of(fortran))).values, c);
    EXPECT_EQ(from_npy(npy(dictionary("<f8", "(2, 3, 4)"), bytes_of(c))).values, c);
}

TEST(ReadNpy, ReadsWhatWriteNpyWrites) {
    poise_test::temporary_folder const folder;
    auto const round_trip = [&](auto const& u) {
        write_npy(folder.path("u.npy"), u);
        auto const v = read_npy(folder.path("u.npy"), u.grid());
        EXPECT_EQ(v.grid(), u.grid());
        EXPECT_TRUE(std::ranges::equal(v.values(), u.values()));
        EXPECT_TRUE(std::ranges::equal(read_npy(folder.path("u.npy")).values, u.values()));
    };
    round_trip(sample(cartesian<1>{{.cells = {20'001}}}, [](double x) { return std::sqrt(x); }));
    round_trip(sample(cartesian<2>{{.cells = {301, 40}}}, [](double x, double y) { return x / (1 + y); }));
    round_trip(sample(cartesian<3>{{.cells = {2, 3, 4}, .centering = centering::node}},
                      [](double x, double y, double z) { return x + 10 * y + 100 * z; }));
}

// Longer than the pieces in which a file is read, and not a multiple of them.
TEST(ReadNpy, ReadsALargeFortranArrayOfFloats) {
    poise_test::temporary_folder const folder;
    std::vector<float> fortran;
    for (int i = 0; i < 301; ++i)
        for (int j = 0; j < 101; ++j) fortran.push_back(static_cast<float>(j * 301 + i));
    auto const path =
        folder.write("u.npy", npy(dictionary(">f4", "(101, 301)", true), bytes_of(fortran, std::endian::big)));
    auto const u = read_npy(path, cartesian<2>{{.cells = {301, 101}}});
    for (std::size_t i = 0; i < u.values().size(); ++i) ASSERT_EQ(u.values()[i], static_cast<double>(i));
}

TEST(ReadNpy, KeepsWhatIsNotFinite) {
    double const nan = std::numeric_limits<double>::quiet_NaN();
    auto const u = from_npy(npy(dictionary("<f8", "(2,)"), bytes_of<double>({nan, -HUGE_VAL})));
    EXPECT_TRUE(std::isnan(u.values[0]));
    EXPECT_EQ(u.values[1], -HUGE_VAL);
}

TEST(ReadNpy, RefusesAShapeThatIsNotTheGrids) {
    poise_test::temporary_folder const folder;
    auto const path = folder.write("u.npy", npy(dictionary("|i1", "(2, 3)"), "abcdef"));
    EXPECT_EQ(read_npy(path, cartesian<2>{{.cells = {3, 2}}})(2, 0), 'c');
    EXPECT_EQ(read_npy(path, cartesian<2>{{.cells = {2, 1}, .centering = centering::node}})(0, 1), 'd');
    expect_message<input_error>(
        [&] {
            (void)read_npy(path, cartesian<2>{{.cells = {2, 3}}});
        },
        path +
            ": has the shape (2, 3), the grid's points have (3, 2), x last; save its "
            "transpose, u.T");
    expect_message<input_error>([&] { (void)read_npy(path, cartesian<1>{{.cells = {6}}}); },
                                "has the shape (2, 3), the grid's points have (6,), x last; save it on that grid");
}

TEST(ReadNpy, SaysWhatIsWrong) {
    auto const says = [](std::string const& bytes, std::string const& message) {
        expect_message<input_error>([&] { (void)from_npy(bytes); }, message);
    };
    std::string const one = bytes_of<double>({1});
    std::string const good = npy(dictionary("<f8", "(1,)"), one);
    says("", "the bytes: is no .npy file");
    says("PK\x03\x04 and so on", "is no .npy file; if it is a .npz, unzip it first");
    says(good.substr(0, 9), "ends within its header");
    says(good.substr(0, 30), "ends within its header; is it cut short?");
    says(good.substr(0, good.size() - 1), "the shape (1,), which takes 8 bytes, and 7 follow; is it cut short?");
    says(good + "x", "the shape (1,), which takes 8 bytes, and 9 follow; save one array in a file");
    says(npy(dictionary("<f8", "(1,)"), one, 4), "has format 4.0; 1.0, 2.0 and 3.0 are read");
    says(std::string("\x93NUMPY\x02\x00\xff\xff\xff\xff", 12), "has a header of 4294967295 bytes; at most 65536");
    // These products are 0 and 8 in 64 bits.
    says(npy(dictionary("<f8", "(4294967296, 4294967296)"), ""), "takes more than 2^64 bytes, and 0 follow");
    says(npy(dictionary("<f8", "(2305843009213693953,)"), one), "takes more than 2^64 bytes, and 8 follow");
    says(npy(dictionary("<f8", "(1000000000000,)"), one), "takes 8000000000000 bytes, and 8 follow");
    for (auto const* descr : {"<c16", "|O", "<f2", "|f8", "f8", "=f8", "<U3", "<f88", "", "|b1", "<M8[s]"})
        says(npy(dictionary(descr, "(1,)"), one),
             std::string{"holds numbers of type '"} + descr + "'; floats of 4 and 8 bytes and integers are read");
    says(npy(dictionary("<i8", "(1,)"), bytes_of<std::int64_t>({(std::int64_t{1} << 53) + 1})),
         "holds the integer 9007199254740993, which no double equals");
    says(npy(dictionary("<i8", "(1,)"), bytes_of<std::int64_t>({-(std::int64_t{1} << 53) - 1})),
         "holds the integer -9007199254740993, which no double equals");
}

TEST(ReadNpy, SaysWhereTheHeaderIsDamaged) {
    auto const says = [](std::string const& header, std::string const& message) {
        expect_message<input_error>([&] { (void)from_npy(npy(header, "")); }, message);
    };
    says("", "expected '{' at byte 0 of ''; save it again with numpy.save");
    says("{}", "expected descr, fortran_order and shape at byte 2");
    says("{'descr': [('a', '<f8')]}", "expected a type such as '<f8', which has no fields at byte 10 of '[('a'");
    says("{'descr': '<f8}", "expected the end of a type");
    says("{'descr' '<f8'}", "expected ':' at byte 9");
    says("{'descr': '<f8', 'descr': '<f8'}", "once each instead of 'descr'");
    says("{'descr': '<f8' 'shape': ()}", "expected '}' at byte 16");
    says("{'colour': 1}", "expected descr, fortran_order and shape once each instead of 'colour'");
    says("{'fortran_order': 0}", "expected True or False at byte 18");
    says("{'shape': 3}", "expected '(' at byte 10");
    says("{'shape': (3)}", "expected a comma after the only number of a tuple at byte 12");
    says("{'shape': (-3,)}", "expected a whole number of 64 bits at byte 11");
    says("{'shape': (18446744073709551616,)}", "expected a whole number of 64 bits");
    says("{'shape': (3 4)}", "expected a comma after the only number");
    says("{'shape': (3, 4 5)}", "expected ')' at byte 16");
    std::string many = "(";
    for (int i = 0; i < 65; ++i) many += "1,";
    says("{'shape': " + many + ")}", "expected at most 64 dimensions");
    says(dictionary("<f8", "(0,)") + " x", "expected nothing more at byte");
}

}  // namespace
}  // namespace poise::grid
