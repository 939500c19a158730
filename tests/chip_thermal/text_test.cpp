// SPDX-License-Identifier: MIT
#include "chip_thermal/text.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

namespace {

using chip_thermal::in_quotes;
using chip_thermal::parse_integer;
using chip_thermal::parse_number;

TEST(Text, ReadsWholeNumbersOnly) {
    EXPECT_EQ(parse_number("1.44"), 1.44);
    EXPECT_EQ(parse_number("-2e-3"), -2e-3);
    EXPECT_TRUE(std::isnan(parse_number("nan").value_or(0.0)));
    EXPECT_TRUE(std::isinf(parse_number("inf").value_or(0.0)));
    for (char const* text : {"", " 1", "1 ", "1,5", "1.5W", "0x10", "one", "--1", "1e999"})
        EXPECT_FALSE(parse_number(text).has_value()) << text;
    EXPECT_EQ(parse_integer("256"), 256);
    EXPECT_EQ(parse_integer("-1"), -1);
    for (char const* text : {"", "1.0", "1e3", "12x", "99999999999999999999"})
        EXPECT_FALSE(parse_integer(text).has_value()) << text;
}

TEST(Text, QuotesOnOneLineAndCutsWhatIsLong) {
    EXPECT_EQ(in_quotes("L2"), "'L2'");
    EXPECT_EQ(in_quotes("a\nb\x1b[0m"), "'a?b?[0m'");
    EXPECT_EQ(in_quotes("\xc3\xa9"), "'\xc3\xa9'");
    EXPECT_EQ(in_quotes(std::string(41, 'x')), "'" + std::string(40, 'x') + "...'");
}

}  // namespace
