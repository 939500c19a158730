// SPDX-License-Identifier: MIT
#include "core/exact_double.hpp"
#include "core/quoted.hpp"
#include "support/expect_message.hpp"
#include "support/temporary_folder.hpp"

#include <poise/core/error.hpp>
#include <poise/core/input_file.hpp>

#include <gtest/gtest.h>

#include <sys/stat.h>

#include <array>
#include <cerrno>

namespace poise {
namespace {

using poise_test::expect_message;

TEST(InputFile, ReadsWhatIsThereInPieces) {
    poise_test::temporary_folder const folder;
    input_file file{folder.write("a", std::string{"one\0two\n", 8})};
    EXPECT_EQ(file.size(), 8U);
    std::array<char, 4> first{};
    std::array<char, 4> second{};
    file.read(first);
    file.read(second);
    EXPECT_EQ(std::string(first.data(), 4), std::string("one\0", 4));
    EXPECT_EQ(std::string(second.data(), 4), "two\n");
    expect_message<file_error>([&] { file.read(first); }, "ends early");
}

TEST(InputFile, ReadFileGivesTheWholeContent) {
    poise_test::temporary_folder const folder;
    std::string const content(300'000, 'x');
    EXPECT_EQ(read_file(folder.write("a", content)), content);
    EXPECT_EQ(read_file(folder.write("empty", "")), "");
}

TEST(InputFile, RefusesWhatIsNoRegularFile) {
    poise_test::temporary_folder const folder;
    expect_message<file_error>([&] { (void)read_file(folder.path()); }, "is a folder; give a file name");
    ASSERT_EQ(::mkfifo(folder.path("pipe").c_str(), 0600), 0);
    expect_message<file_error>([&] { (void)read_file(folder.path("pipe")); }, "pipe: is not a regular file");
    expect_message<file_error>([&] { (void)read_file(folder.path("none")); }, "cannot be opened for reading: No such");
    try {
        input_file const none{folder.path("none")};
        ADD_FAILURE();
    } catch (file_error const& error) {
        EXPECT_EQ(error.error_number(), ENOENT);
    }
}

TEST(Quoted, StaysOnOneLineAndShort) {
    EXPECT_EQ(detail::quoted("1.5e"), "'1.5e'");
    EXPECT_EQ(detail::quoted("a\nb\x93\x7f"),
              "'a?b?"
              "?'");
    EXPECT_EQ(detail::quoted(std::string(41, 'x')), "'" + std::string(40, 'x') + "...'");
}

TEST(FitsDouble, KnowsThe53Bits) {
    std::uint64_t const limit = std::uint64_t{1} << 53;
    for (std::uint64_t const number :
         {std::uint64_t{0}, limit - 1, limit, limit + 2, std::uint64_t{1} << 63, ~std::uint64_t{0} << 11})
        EXPECT_TRUE(detail::fits_double(number)) << number;
    for (std::uint64_t const number : {limit + 1, 2 * limit + 2, ~std::uint64_t{0}, ~std::uint64_t{0} << 10})
        EXPECT_FALSE(detail::fits_double(number)) << number;
}

}  // namespace
}  // namespace poise
