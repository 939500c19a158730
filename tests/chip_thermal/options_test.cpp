// SPDX-License-Identifier: MIT
#include "chip_thermal/options.hpp"

#include "support/message_of.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace chip_thermal;
using poise_test::message_of;

options parsed(std::vector<char const*> const& arguments) { return parse_options(arguments); }
std::string refusal(std::vector<char const*> const& arguments) {
    return message_of<usage_error>([&] { parsed(arguments); });
}

TEST(Options, DefaultsAreTheExamplesOwnDie) {
    auto const o = parsed({});
    EXPECT_TRUE(std::filesystem::is_regular_file(o.floorplan)) << o.floorplan;
    EXPECT_TRUE(std::filesystem::is_regular_file(o.power)) << o.power;
    EXPECT_EQ(o.output, "out/chip_thermal");
    EXPECT_EQ(o.cells, 256);
    EXPECT_EQ(o.threads, std::max(1U, std::thread::hardware_concurrency()));
    EXPECT_EQ(o.conductivity, 130.0);
    EXPECT_EQ(o.thickness, 0.15e-3);
    EXPECT_EQ(o.resistance, 0.1);
    EXPECT_EQ(o.ambient, 318.15);
    EXPECT_FALSE(o.die.width.has_value());
    EXPECT_FALSE(o.die.height.has_value());
    EXPECT_FALSE(o.transient);
    EXPECT_EQ(o.interval, 10e-3);
    EXPECT_EQ(o.heat_capacity, 1.63e6);
    EXPECT_EQ(o.frames, 12U);
    EXPECT_TRUE(o.profile);
    EXPECT_FALSE(o.help);
}

TEST(Options, EveryOptionIsRead) {
    auto const o = parsed({"--floorplan",
                           "f.flp",
                           "--power",
                           "p.ptrace",
                           "--output",
                           "-out",
                           "--cells",
                           "64",
                           "--threads",
                           "3",
                           "--conductivity",
                           "150",
                           "--thickness",
                           "5e-4",
                           "--resistance",
                           "0.25",
                           "--ambient",
                           "300",
                           "--die-width",
                           "0.01",
                           "--die-height",
                           "0.02",
                           "--transient",
                           "--interval",
                           "0.02",
                           "--heat-capacity",
                           "1.75e6",
                           "--frames",
                           "5",
                           "--no-profile",
                           "--help"});
    EXPECT_EQ(o.floorplan, "f.flp");
    EXPECT_EQ(o.power, "p.ptrace");
    EXPECT_EQ(o.output, "-out");
    EXPECT_EQ(o.cells, 64);
    EXPECT_EQ(o.threads, 3U);
    EXPECT_EQ(o.conductivity, 150.0);
    EXPECT_EQ(o.thickness, 5e-4);
    EXPECT_EQ(o.resistance, 0.25);
    EXPECT_EQ(o.ambient, 300.0);
    EXPECT_EQ(o.die.width, 0.01);
    EXPECT_EQ(o.die.height, 0.02);
    EXPECT_TRUE(o.transient);
    EXPECT_EQ(o.interval, 0.02);
    EXPECT_EQ(o.heat_capacity, 1.75e6);
    EXPECT_EQ(o.frames, 5U);
    EXPECT_FALSE(o.profile);
    EXPECT_TRUE(o.help);
}

TEST(Options, ValueMayFollowAnEqualsSignAndTheLastCounts) {
    auto const o = parsed({"--cells=10", "--output=a=b", "--cells", "20"});
    EXPECT_EQ(o.cells, 20);
    EXPECT_EQ(o.output, "a=b");
}

TEST(Options, RefusesUnknownOptions) {
    EXPECT_EQ(refusal({"--cell", "4"}), "unknown option '--cell'; --help lists them all");
    EXPECT_EQ(refusal({"die.flp"}), "unknown option 'die.flp'; --help lists them all");
    EXPECT_EQ(refusal({"-h\n"}), "unknown option '-h?'; --help lists them all");
    EXPECT_EQ(refusal({""}), "unknown option ''; --help lists them all");
}

TEST(Options, RefusesMissingAndUnwantedValues) {
    EXPECT_EQ(refusal({"--cells"}), "--cells needs a value; write --cells N");
    EXPECT_EQ(refusal({"--output", "--threads", "2"}), "--output needs a value; write --output FOLDER");
    EXPECT_EQ(refusal({"--output="}), "--output is ''; give a path");
    EXPECT_EQ(refusal({"--transient=yes"}), "--transient takes no value; write it alone");
    EXPECT_EQ(refusal({"--help=yes"}), "--help takes no value; write it alone");
}

TEST(Options, RefusesWhatIsOfTransientAlone) {
    EXPECT_EQ(refusal({"--frames", "3"}), "--frames is of --transient; add that, or leave it out");
    EXPECT_EQ(refusal({"--interval", "1"}), "--interval is of --transient; add that, or leave it out");
    EXPECT_EQ(refusal({"--heat-capacity", "1"}), "--heat-capacity is of --transient; add that, or leave it out");
}

TEST(Options, RefusesCountsThatAreNotPositiveWholeNumbers) {
    for (std::string const text : {"0", "-1", "1000001", "12.5", "1e3", "many", ""})
        EXPECT_EQ(refusal({"--cells", text.c_str()}),
                  "--cells is '" + text + "'; give a whole number from 1 to 1000000");
    for (std::string const text : {"0", "-4", "1025", "two"})
        EXPECT_EQ(refusal({"--threads", text.c_str()}),
                  "--threads is '" + text + "'; give a whole number from 1 to 1024");
    for (std::string const text : {"0", "-4", "1001", "all"})
        EXPECT_EQ(refusal({"--frames", text.c_str()}),
                  "--frames is '" + text + "'; give a whole number from 1 to 1000");
}

TEST(Options, RefusesConstantsThatAreNotPositiveAndFinite) {
    std::vector<std::pair<std::string, std::string>> const names_and_units{
        {"--conductivity", "W/(m K)"}, {"--thickness", "m"},
        {"--resistance", "K/W"},       {"--ambient", "K"},
        {"--die-width", "m"},          {"--die-height", "m"},
        {"--interval", "s"},           {"--heat-capacity", "J/(m^3 K)"}};
    for (auto const& [name, unit] : names_and_units)
        for (std::string const text : {"0", "-1", "nan", "inf", "0,5", "1e999", "1 "})
            EXPECT_EQ(refusal({name.c_str(), text.c_str()}),
                      name + " is '" + text + "'; give a positive number of " + unit);
}

TEST(Options, HelpNamesEveryOptionWithUnitAndDefault) {
    auto const help = help_text();
    for (char const* expected : {"--floorplan FILE",
                                 "--power FILE",
                                 "--output FOLDER",
                                 "--cells N",
                                 "--threads N",
                                 "--conductivity W/(m K)",
                                 "--thickness m",
                                 "--resistance K/W",
                                 "--ambient K",
                                 "--die-width m",
                                 "--die-height m",
                                 "--transient",
                                 "--interval s",
                                 "--heat-capacity J/(m^3 K)",
                                 "--frames N",
                                 "10e-3",
                                 "1.63e6",
                                 "12",
                                 "--no-profile",
                                 "--help",
                                 "256",
                                 "130",
                                 "0.15e-3",
                                 "0.1",
                                 "318.15",
                                 "out/chip_thermal"})
        EXPECT_NE(help.find(expected), std::string::npos) << expected;
    for (std::size_t start = 0; start < help.size();) {
        auto const end = help.find('\n', start);
        EXPECT_LE(end - start, 100U) << help.substr(start, end - start);
        start = end + 1;
    }
}

}  // namespace
