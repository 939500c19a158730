// SPDX-License-Identifier: MIT
#include "chip_thermal/input_rows.hpp"

#include "support/message_of.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using chip_thermal::input_error;
using chip_thermal::input_rows;
using poise_test::message_of;
using poise_test::temporary_folder;

struct row {
    std::size_t line;
    std::vector<std::string> words;
    friend bool operator==(row const&, row const&) = default;
};

std::vector<row> rows_of(std::string_view text) {
    temporary_folder const folder;
    input_rows rows{folder.write("rows", text), "remedy"};
    std::vector<row> result;
    while (rows.next()) result.push_back({rows.line(), {rows.words().begin(), rows.words().end()}});
    return result;
}

TEST(InputRows, SkipsAndCountsCommentsAndEmptyLines) {
    std::vector<row> const expected{{3, {"a", "1"}}, {6, {"b", "#2"}}};
    EXPECT_EQ(rows_of("# comment\n\n\ta \t1 \n  # indented\n\nb #2\n\n\n"), expected);
}

TEST(InputRows, TakesEveryLineEnd) {
    std::vector<row> const expected{{1, {"a", "b"}}, {2, {"c"}}};
    EXPECT_EQ(rows_of("a b\nc\n"), expected);
    EXPECT_EQ(rows_of("a b\r\nc\r\n\r\n"), expected);
    EXPECT_EQ(rows_of("a\tb\nc"), expected);
}

TEST(InputRows, HasNoRowsInAnEmptyFile) {
    EXPECT_TRUE(rows_of("").empty());
    EXPECT_TRUE(rows_of("\n\n# nothing\n").empty());
}

TEST(InputRows, SaysWhyAFileCannotBeRead) {
    temporary_folder const folder;
    auto const missing = folder.path("missing.flp");
    EXPECT_EQ(message_of<input_error>([&] {
                  input_rows{missing, "give a file"};
              }),
              missing + ": cannot be opened: No such file or directory; give a file");
    EXPECT_EQ(message_of<input_error>([&] {
                  input_rows{folder.path(), "give a file"};
              }),
              folder.path() + ": cannot be read: Is a directory; give a file");
}

TEST(InputRows, StopsReadingAnEndlessDevice) {
    EXPECT_EQ(message_of<input_error>([] {
                  input_rows{"/dev/zero", "give a file"};
              }),
              "/dev/zero: is larger than 256 MiB; give a file");
}

TEST(InputRows, MessagesStayOnOneLine) {
    EXPECT_EQ(std::string{input_error("a\nb", 3, "word \t\x01 is wrong; mend it").what()},
              "a?b:3: word ?? is wrong; mend it");
    EXPECT_EQ(std::string{input_error("a", 0, "is empty").what()}, "a: is empty");
}

}  // namespace
