// SPDX-License-Identifier: MIT
#include <poise/core/concat.hpp>

#include <gtest/gtest.h>

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>

namespace {

using poise::bytes_to_text;
using poise::concat;
using poise::seconds_to_text;
using poise::to_text;

double read_back(std::string const& text) {
    double value = 0.0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    EXPECT_TRUE(error == std::errc{} && end == text.data() + text.size()) << text;
    return value;
}

TEST(Concat, JoinsTextsAndNumbers) {
    EXPECT_EQ(concat(), "");
    EXPECT_EQ(concat("b has ", 3, " rows", ',', ' ', std::string{"A "}, std::string_view{"has "}, 4U),
              "b has 3 rows, A has 4");
    EXPECT_EQ(concat(-1, ' ', 2L, ' ', 3ULL, ' ', static_cast<short>(-4), ' ', std::uint8_t{5}), "-1 2 3 -4 5");
    EXPECT_EQ(concat(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
    EXPECT_EQ(concat(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
}

TEST(Concat, DoublesAreShortAndReadBackAsTheyWere) {
    EXPECT_EQ(to_text(0.1), "0.1");
    EXPECT_EQ(to_text(1.0), "1");
    EXPECT_EQ(to_text(-0.0), "-0");
    EXPECT_EQ(to_text(1e300), "1e+300");
    EXPECT_EQ(to_text(std::numeric_limits<double>::infinity()), "inf");
    EXPECT_EQ(to_text(std::numeric_limits<double>::quiet_NaN()), "nan");
    std::mt19937_64 random{1};
    for (int i = 0; i < 20'000; ++i) {
        auto const value = std::bit_cast<double>(random());
        if (!std::isfinite(value)) continue;
        ASSERT_EQ(read_back(to_text(value)), value) << "seed 1, number " << i;
    }
}

TEST(Concat, SignificantDigits) {
    EXPECT_EQ(to_text(3.14159, 3), "3.14");
    EXPECT_EQ(to_text(1234567.0, 3), "1.23e+06");
    EXPECT_EQ(to_text(0.5, 6), "0.5");
    EXPECT_EQ(to_text(2.5, 0), "2");  // at least one digit
    // No number of digits makes the text longer than its memory.
    EXPECT_EQ(read_back(to_text(-1.0 / 3.0 * 1e-300, 1000)), -1.0 / 3.0 * 1e-300);
}

TEST(Concat, DigitsAfterThePoint) {
    using poise::to_text_fixed;
    EXPECT_EQ(to_text_fixed(3.14159, 3), "3.142");
    EXPECT_EQ(to_text_fixed(-0.5, 0), "-0");  // halves go to the even neighbour
    EXPECT_EQ(to_text_fixed(318.15, 6), "318.150000");
    EXPECT_EQ(to_text_fixed(2.0, -3), "2");
    auto const longest = to_text_fixed(-std::numeric_limits<double>::max(), 1000);
    EXPECT_EQ(longest.size(), 1 + 309 + 1 + 17U);
    EXPECT_EQ(read_back(longest), -std::numeric_limits<double>::max());
}

TEST(Concat, BytesForPeople) {
    EXPECT_EQ(bytes_to_text(0), "0 B");
    EXPECT_EQ(bytes_to_text(1023), "1023 B");
    EXPECT_EQ(bytes_to_text(1024), "1.00 KiB");
    EXPECT_EQ(bytes_to_text(1536), "1.50 KiB");
    EXPECT_EQ(bytes_to_text(1024 * 1024 - 1), "1.00 MiB");  // and not 1024.00 KiB
    EXPECT_EQ(bytes_to_text(1000 * 1024), "1000.00 KiB");
    EXPECT_EQ(bytes_to_text(std::uint64_t{2} << 30), "2.00 GiB");
    EXPECT_EQ(bytes_to_text(std::uint64_t{3} << 40), "3.00 TiB");
    EXPECT_EQ(bytes_to_text(std::numeric_limits<std::uint64_t>::max()), "16.00 EiB");
}

TEST(Concat, SecondsForPeople) {
    EXPECT_EQ(seconds_to_text(0.0), "0 s");
    EXPECT_EQ(seconds_to_text(1.0), "1.000 s");
    EXPECT_EQ(seconds_to_text(12.34), "12.34 s");
    EXPECT_EQ(seconds_to_text(123.44), "123.4 s");
    EXPECT_EQ(seconds_to_text(12345.6), "12346 s");
    EXPECT_EQ(seconds_to_text(0.01234), "12.34 ms");
    EXPECT_EQ(seconds_to_text(-0.01234), "-12.34 ms");
    EXPECT_EQ(seconds_to_text(5e-6), "5.000 us");
    EXPECT_EQ(seconds_to_text(42e-9), "42.00 ns");
}

TEST(Concat, SecondsCarryIntoTheNextUnit) {
    EXPECT_EQ(seconds_to_text(0.99999), "1.000 s");  // and not 1000.0 ms
    EXPECT_EQ(seconds_to_text(9.9999e-5), "100.0 us");
    EXPECT_EQ(seconds_to_text(9.9999e-9), "10.00 ns");
    EXPECT_EQ(seconds_to_text(999.99), "1000 s");
}

TEST(Concat, SecondsOfAnySizeAreText) {
    EXPECT_EQ(seconds_to_text(1e60), "1e+60 s");
    EXPECT_EQ(seconds_to_text(std::numeric_limits<double>::infinity()), "inf s");
    EXPECT_EQ(seconds_to_text(-std::numeric_limits<double>::infinity()), "-inf s");
    EXPECT_EQ(seconds_to_text(std::numeric_limits<double>::quiet_NaN()), "nan s");
    EXPECT_EQ(seconds_to_text(std::numeric_limits<double>::denorm_min()), "0.000 ns");
}

}  // namespace
