// SPDX-License-Identifier: MIT
#include "profile/text.hpp"

#include <gtest/gtest.h>

#include <string>

namespace poise::profile::detail {
namespace {

TEST(Text, FitsByCharacters) {
    EXPECT_EQ(fitted("abc", 3), "abc");
    EXPECT_EQ(fitted("abcd", 3), "ab…");
    EXPECT_EQ(fitted("äöüß", 4), "äöüß");
    EXPECT_EQ(fitted("äöüßé", 4), "äöü…");
    EXPECT_EQ(fitted("", 4), "");
    EXPECT_EQ(padded("ä", 3), "ä  ");
}

TEST(Text, KeepsTheEndWhereThatTellsMore) {
    EXPECT_EQ(fitted_end("run/solve", 9), "run/solve");
    EXPECT_EQ(fitted_end("run/solve", 6), "…solve");
    EXPECT_EQ(fitted_end("äöü/Δß", 4), "…/Δß");
    EXPECT_EQ(fitted_end("a\xff\xff\n", 3), "…??");
}

TEST(Text, BecomesAFrameOfAStack) {
    EXPECT_EQ(stack_frame("a;b\nc\xff"), "a,b c\xef\xbf\xbd");
    EXPECT_EQ(stack_frame(""), "(no name)");
    EXPECT_EQ(valid_utf8("é;\n\xff"), "é;\n\xef\xbf\xbd");
}

TEST(Text, ShowsWhatCannotBePrintedAsQuestionMarks) {
    EXPECT_EQ(fitted("a\nb\x7f", 10), "a?b?");
    EXPECT_EQ(fitted("\xc2\x9b"
                     "31m",
                     10),
              "?31m");  // CSI as one C1 character
    EXPECT_EQ(fitted("\xff\xfe", 10), "??");
}

TEST(Json, EscapesQuotesBackslashesAndControlCharacters) {
    EXPECT_EQ(json_string("a\"b\\c"), R"("a\"b\\c")");
    EXPECT_EQ(json_string(std::string_view{"\0\n\x1f", 3}), R"("\u0000\u000a\u001f")");
    EXPECT_EQ(json_string("Δu/λ 𝄞"), "\"Δu/λ 𝄞\"");
}

TEST(Json, CanStandInsideAScript) {
    EXPECT_EQ(json_string("a</script><!--"), R"("a\u003c/script>\u003c!--")");
    std::string text = "x";
    append_json_string(text,
                       "a<\xff"
                       "b");
    EXPECT_EQ(text, R"(x"a\u003c\ufffdb")");
}

TEST(Json, ReplacesWhatIsNoUtf8) {
    EXPECT_EQ(json_string("\x80"), R"("\ufffd")");                                // continuation alone
    EXPECT_EQ(json_string("\xe2\x82"), R"("\ufffd\ufffd")");                      // cut short
    EXPECT_EQ(json_string("\xc0\xaf"), R"("\ufffd\ufffd")");                      // overlong
    EXPECT_EQ(json_string("\xe0\x80\xaf"), R"("\ufffd\ufffd\ufffd")");            // overlong
    EXPECT_EQ(json_string("\xed\xa0\x80"), R"("\ufffd\ufffd\ufffd")");            // surrogate
    EXPECT_EQ(json_string("\xf4\x90\x80\x80"), R"("\ufffd\ufffd\ufffd\ufffd")");  // beyond U+10FFFF
    EXPECT_EQ(json_string("\xc3(x"), R"("\ufffd(x")");
}

}  // namespace
}  // namespace poise::profile::detail
