// SPDX-License-Identifier: MIT
#include "chip_thermal/power_trace.hpp"

#include "chip_thermal/options.hpp"
#include "support/message_of.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <string>
#include <vector>

namespace {

using namespace chip_thermal;
using poise_test::message_of;
using poise_test::temporary_folder;

floorplan const& plan_of_three() {
    static floorplan const plan{"die.flp", {{"a", 0, 0, 1, 1, 1}, {"b", 1, 0, 1, 1, 2}, {"c", 2, 0, 1, 1, 3}}};
    return plan;
}

power_trace trace_of(std::string const& text) {
    temporary_folder const folder;
    return read_power_trace(folder.write("p.ptrace", text), plan_of_three());
}

// The message for a file with this text, without the folder's name.
std::string refusal(std::string const& text) {
    auto const message = message_of<input_error>([&] { trace_of(text); });
    auto const name = message.find("p.ptrace");
    return name == std::string::npos ? message : message.substr(name);
}

std::vector<double> sample(power_trace const& trace, std::size_t i) {
    return {trace.watts(i).begin(), trace.watts(i).end()};
}

TEST(PowerTrace, StoresPowersInTheOrderOfTheFloorplan) {
    auto const trace = trace_of("c\ta\tb\n3 1 2\n0.3\t1e-1\t0\n");
    ASSERT_EQ(trace.n_samples(), 2U);
    EXPECT_EQ(sample(trace, 0), (std::vector{1.0, 2.0, 3.0}));
    EXPECT_EQ(sample(trace, 1), (std::vector{0.1, 0.0, 0.3}));
    EXPECT_EQ(message_of<std::invalid_argument>([&] { static_cast<void>(trace.watts(2)); }),
              "power trace: sample 2 of 2");
}

TEST(PowerTrace, TakesCommentsWindowsLinesAndEmptyLinesAtTheEnd) {
    auto const trace = trace_of("# who\r\na b c\r\n# cold\r\n1 2 3\r\n\r\n\r\n");
    ASSERT_EQ(trace.n_samples(), 1U);
    EXPECT_EQ(sample(trace, 0), (std::vector{1.0, 2.0, 3.0}));
}

TEST(PowerTrace, RefusesAMissingFile) {
    temporary_folder const folder;
    auto const path = folder.path("none.ptrace");
    EXPECT_EQ(message_of<input_error>([&] { static_cast<void>(read_power_trace(path, plan_of_three())); }),
              path + ": cannot be opened: No such file or directory; give an existing power trace with --power");
}

TEST(PowerTrace, RefusesAFileWithoutSamples) {
    for (char const* text : {"", "\n", "# nothing\n"})
        EXPECT_EQ(refusal(text), "p.ptrace: is empty; write a line of block names, then a row of watts per sample");
    EXPECT_EQ(refusal("a b c\n\n"), "p.ptrace: has block names but no samples; add a row of watts per sample");
}

TEST(PowerTrace, RefusesRaggedRows) {
    std::string const remedy = "; write one power in watts for each block named in the first line";
    EXPECT_EQ(refusal("a b c\n1 2 3\n1 2\n"), "p.ptrace:3: 2 of 3 columns" + remedy);
    EXPECT_EQ(refusal("a b c\n\n1 2 3 4\n"), "p.ptrace:3: 4 of 3 columns" + remedy);
}

TEST(PowerTrace, RefusesWhatIsNotANumber) {
    EXPECT_EQ(refusal("a c b\n1 2 3\n1 hot 3\n"),
              "p.ptrace:3: power of block c is 'hot', which is not a number; write watts, such as 1.44");
    EXPECT_EQ(refusal("a b c\n1 2 1e999\n"),
              "p.ptrace:2: power of block c is '1e999', which is not a number; write watts, such as 1.44");
}

TEST(PowerTrace, RefusesNegativeAndNonFinitePowers) {
    std::string const remedy = " W; a power must be finite and not negative";
    EXPECT_EQ(refusal("a b c\n1 2 3\n\n1 -0.5 3\n"), "p.ptrace:4: power of block b is -0.5" + remedy);
    EXPECT_EQ(refusal("c a b\ninf 2 3\n"), "p.ptrace:2: power of block c is inf" + remedy);
    EXPECT_EQ(refusal("a b c\nnan 2 3\n"), "p.ptrace:2: power of block a is nan" + remedy);
}

TEST(PowerTrace, RefusesBlocksThatAreUnknownTwiceOrMissing) {
    EXPECT_EQ(
        refusal("a b c d\n1 2 3 4\n"),
        "p.ptrace:1: block 'd' is not in the floorplan die.flp; rename or remove the column, or give the floorplan "
        "that belongs to this trace");
    EXPECT_EQ(refusal("# head\na b\n1 2\n"),
              "p.ptrace:2: block c of the floorplan die.flp has no column; add one, with 0 W if it is idle");
    EXPECT_EQ(refusal("a b c b\n1 2 3 4\n"), "p.ptrace:1: block b has two columns; give every block one");
}

TEST(PowerTrace, RefusesPowersThatAreNotWholeRows) {
    EXPECT_EQ(message_of<std::invalid_argument>([] {
                  power_trace{3, {1.0, 2.0}};
              }),
              "power trace: 2 powers are not whole rows of 3 blocks");
    EXPECT_THROW((power_trace{0, {}}), std::invalid_argument);
}

TEST(PowerTrace, OwnTraceTellsItsStory) {
    auto const plan = read_floorplan(example_data("quad_core.flp"));
    auto const trace = read_power_trace(example_data("quad_core.ptrace"), plan);
    ASSERT_EQ(trace.n_samples(), 48U);
    auto const total = [&](std::size_t i) { return std::reduce(trace.watts(i).begin(), trace.watts(i).end()); };
    auto const hottest = [&](std::size_t i) {
        auto const watts = trace.watts(i);
        return plan.blocks()[static_cast<std::size_t>(std::ranges::max_element(watts) - watts.begin())].name;
    };
    EXPECT_LT(total(0), total(10));
    EXPECT_LT(total(10), total(20));
    EXPECT_LT(total(47), total(30));
    EXPECT_EQ(hottest(10), "core0_integer");
    EXPECT_EQ(hottest(28), "core0_float");
    EXPECT_EQ(hottest(39), "core3_float");
}

TEST(PowerTrace, ReadsTheRealTrace) {
    std::filesystem::path const data{POISE_TEST_DATA};
    if (data.empty()) GTEST_SKIP() << "POISE_TEST_DATA is not set";
    auto const plan = read_floorplan(data / "ev6" / "ev6.flp");
    auto const trace = read_power_trace(data / "ev6" / "gcc.ptrace", plan);
    ASSERT_EQ(trace.n_samples(), 100U);
    EXPECT_EQ(trace.watts(0)[plan.find("Dcache").value()], 14.3);
    EXPECT_EQ(trace.watts(1)[plan.find("IntExec").value()], 4.98);
}

}  // namespace
