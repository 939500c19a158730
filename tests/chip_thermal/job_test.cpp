// SPDX-License-Identifier: MIT
#include "chip_thermal/job.hpp"

#include "support/message_of.hpp"
#include "support/temporary_folder.hpp"

#include <poise/linear/operator_cache.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <sstream>

using poise_test::content_of;
using poise_test::message_of;
using poise_test::temporary_folder;

namespace {

chip_thermal::options small(temporary_folder const& folder) {
    chip_thermal::options chosen;
    chosen.cells = 48;
    chosen.threads = 2;
    chosen.output = folder.path("out");
    return chosen;
}

chip_thermal::options ev6(temporary_folder const& folder) {
    auto chosen = small(folder);
    chosen.floorplan = POISE_TEST_DATA "/ev6/ev6.flp";
    chosen.power = POISE_TEST_DATA "/ev6/gcc.ptrace";
    chosen.cells = 256;
    return chosen;
}

std::vector<std::string> lines_of(std::string const& text) {
    std::vector<std::string> lines;
    std::istringstream in{text};
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

}  // namespace

TEST(Job, WritesWholeFilesAndKeepsTheEnergyBalance) {
    temporary_folder const folder;
    auto const result = chip_thermal::run_job(small(folder));
    EXPECT_EQ(result.n_samples, 48u);
    EXPECT_LE(result.worst_balance_error, 1e-12);
    ASSERT_EQ(result.files.size(), 3u);
    for (auto const& file : result.files) EXPECT_GT(std::filesystem::file_size(file), 1000u) << file;
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator{folder.path("out")}, {}), 3);
    EXPECT_EQ(content_of(result.files[1]).substr(1, 3), "PNG");
    EXPECT_EQ(content_of(result.files[2]).substr(0, 5), "<?xml");

    auto const table = lines_of(content_of(result.files[0]));
    ASSERT_EQ(table.size(), 49u);
    EXPECT_EQ(table[0].substr(0, 7), "sample,");
    EXPECT_EQ(std::ranges::count(table[0], ','), 24);
    EXPECT_EQ(table[48].substr(0, 3), "47,");
    EXPECT_EQ(table[1].size() - table[1].rfind('.') - 1, 6u) << "six decimals";
}

TEST(Job, DoesNotDependOnTheNumberOfThreads) {
    temporary_folder const folder;
    auto chosen = small(folder);
    std::vector<std::string> tables, pictures;
    for (std::size_t const threads : {1, 2, 3}) {
        chosen.threads = threads;
        auto const result = chip_thermal::run_job(chosen);
        tables.push_back(content_of(result.files[0]));
        pictures.push_back(content_of(result.files[1]));
        EXPECT_EQ(result.graph.threads, static_cast<int>(threads));
    }
    EXPECT_EQ(tables[0], tables[1]);
    EXPECT_EQ(tables[0], tables[2]);
    EXPECT_EQ(pictures[0], pictures[2]);
}

// One block, evenly powered, insulated edges: T = T_ambient + R P everywhere, exactly.
TEST(Job, GivesTheLumpedTemperatureOfAnEvenlyPoweredDie) {
    temporary_folder const folder;
    auto chosen = small(folder);
    chosen.floorplan = folder.write("one.flp", "all 0.01 0.008 0 0\n");
    chosen.power = folder.write("one.ptrace", "all\n20\n0\n");
    auto const result = chip_thermal::run_job(chosen);
    ASSERT_EQ(result.peaks.size(), 1u);
    EXPECT_NEAR(result.peaks[0].mean, 318.15 + 0.1 * 20, 1e-9);
    EXPECT_NEAR(result.peaks[0].highest, 318.15 + 0.1 * 20, 1e-9);
    EXPECT_EQ(result.peaks[0].mean_sample, 0u);
    EXPECT_EQ(lines_of(content_of(result.files[0]))[2], "1,318.150000");
}

// Two halves, one powered: along x it is −k d u'' + h u = q on a half, with a closed solution.
TEST(Job, AgreesWithTheClosedSolutionOfAHalfPoweredDie) {
    temporary_folder const folder;
    auto chosen = small(folder);
    chosen.cells = 256;
    chosen.floorplan = folder.write("two.flp", "left 0.005 0.01 0 0\nright 0.005 0.01 0.005 0\n");
    chosen.power = folder.write("two.ptrace", "right left\n0 10\n");
    auto const result = chip_thermal::run_job(chosen);
    double const area = 1e-4, h = 1 / (0.1 * area), kd = 130 * 0.15e-3, q = 10 / (0.5 * area);
    double const root = std::sqrt(h / kd), half = 0.005;
    // u = q/h − (q/2h) cosh(root x)/cosh(root half) on the powered half: symmetric about the middle, value q/2h there.
    double const mean_left = q / h - q / (2 * h) * std::tanh(root * half) / (root * half);
    auto const peak = std::ranges::find(result.peaks, "left", &chip_thermal::block_peak::block);
    ASSERT_NE(peak, result.peaks.end());
    EXPECT_NEAR(peak->mean, 318.15 + mean_left, 1e-4 * mean_left);  // (root·spacing)²/12 = 2.6e-4 on a part of the mean
    EXPECT_LT(std::ranges::find(result.peaks, "right", &chip_thermal::block_peak::block)->mean, peak->mean);
}

TEST(Job, BuildsItsOperatorOnce) {
    temporary_folder const folder;
    auto chosen = small(folder);
    chosen.cells = 37;
    auto const before = poise::linear::default_operator_cache().statistics();
    (void)chip_thermal::run_job(chosen);
    auto const after = poise::linear::default_operator_cache().statistics();
    EXPECT_EQ(after.misses - before.misses, 1u);
    EXPECT_EQ(after.hits - before.hits, 48u + 1u) << "each sample, and the hottest once more";
}

TEST(Job, QuotesNamesInTheTable) {
    temporary_folder const folder;
    auto chosen = small(folder);
    chosen.floorplan = folder.write("odd.flp", "a,b\"c 0.01 0.01 0 0\n");
    chosen.power = folder.write("odd.ptrace", "a,b\"c\n1\n");
    EXPECT_EQ(lines_of(content_of(chip_thermal::run_job(chosen).files[0]))[0], "sample,\"a,b\"\"c\"");
}

TEST(Job, LeavesNothingBehindOnBadInput) {
    temporary_folder const folder;
    auto chosen = small(folder);
    chosen.power = folder.write("bad.ptrace", "nobody\n1\n");
    EXPECT_THROW((void)chip_thermal::run_job(chosen), chip_thermal::input_error);
    chosen.power = folder.path("missing.ptrace");
    EXPECT_THROW((void)chip_thermal::run_job(chosen), chip_thermal::input_error);
    chosen = small(folder);
    chosen.cells = 60000;
    EXPECT_THROW((void)chip_thermal::run_job(chosen), std::invalid_argument);
    EXPECT_FALSE(std::filesystem::exists(folder.path("out")));
}

TEST(Job, SaysWhichOutputCannotBeWritten) {
    temporary_folder const folder;
    auto chosen = small(folder);
    chosen.output = folder.write("file", "in the way") + "/below";
    auto const message = message_of<poise::file_error>([&] { (void)chip_thermal::run_job(chosen); });
    EXPECT_NE(message.find("file/below: cannot be made; give another folder with --output"), std::string::npos)
        << message;
}

TEST(Job, PrintsATableWithEveryBlock) {
    temporary_folder const folder;
    auto const result = chip_thermal::run_job(small(folder));
    std::ostringstream out;
    out << result;
    for (auto const& peak : result.peaks) EXPECT_NE(out.str().find(peak.block), std::string::npos);
    EXPECT_NE(out.str().find("in each of 48 samples"), std::string::npos);
    EXPECT_TRUE(std::ranges::is_sorted(result.peaks, std::greater{}, &chip_thermal::block_peak::highest));
    EXPECT_EQ(result.hottest_blocks.size(), 48u);
}

TEST(Job, RunsTheRealTraceWithinItsEnergyBalance) {
    if (std::string{POISE_TEST_DATA}.empty()) GTEST_SKIP() << "POISE_TEST_DATA names no folder with ev6/";
    temporary_folder const folder;
    auto chosen = ev6(folder);
    auto const two = chip_thermal::run_job(chosen);
    EXPECT_EQ(two.n_samples, 100u);
    EXPECT_EQ(two.peaks.size(), 30u);
    EXPECT_LE(two.worst_balance_error, 1e-10);
    auto const table = content_of(two.files[0]);
    chosen.threads = 1;
    EXPECT_EQ(content_of(chip_thermal::run_job(chosen).files[0]), table);
}
