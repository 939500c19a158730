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

// The contents of all files of a run that builds its operator anew.
std::vector<std::string> files_with(chip_thermal::options chosen, std::size_t threads) {
    chosen.threads = threads;
    poise::linear::default_operator_cache().clear();
    auto const result = chip_thermal::run_job(chosen);
    EXPECT_EQ(result.graph.threads, static_cast<int>(threads));
    std::vector<std::string> contents;
    for (auto const& file : result.files) contents.push_back(content_of(file));
    EXPECT_EQ(contents.size(), 3u);
    return contents;
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
    // Rounding leaves a residual of about ε ‖A‖/shift = ε (1 + 8/(h² shift)) = 31 ε of the source, 7e-15, for cells of
    // h = 0.25 mm and a shift of 4.3e6 per m². Sums and peaks in the power get a factor of 100.
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

// Compared with EXPECT_TRUE, for a failure would print megabytes.
TEST(Job, DoesNotDependOnTheNumberOfThreads) {
    temporary_folder const folder;
    auto const chosen = small(folder);
    auto const alone = files_with(chosen, 1);
    for (std::size_t const threads : {2u, 3u})
        EXPECT_TRUE(files_with(chosen, threads) == alone) << threads << " threads";
}

// One block, evenly powered, insulated edges: T = T_ambient + R P everywhere, exactly. The residual is at most 1e-10 of
// the source in the 2-norm, and the smallest eigenvalue is the shift: so is the error of the rise of 2 K. That bounds
// the mean; a single one of the 48 x 38 cells may be off by sqrt(48 x 38) = 43 times as much.
TEST(Job, GivesTheLumpedTemperatureOfAnEvenlyPoweredDie) {
    temporary_folder const folder;
    auto chosen = small(folder);
    chosen.floorplan = folder.write("one.flp", "all 0.01 0.008 0 0\n");
    chosen.power = folder.write("one.ptrace", "all\n20\n0\n");
    auto const result = chip_thermal::run_job(chosen);
    ASSERT_EQ(result.peaks.size(), 1u);
    EXPECT_NEAR(result.peaks[0].mean, 318.15 + 0.1 * 20, 2e-10);
    EXPECT_NEAR(result.peaks[0].highest, 318.15 + 0.1 * 20, 43 * 2e-10);
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
    // On cells, the last term of mean_left comes out divided by √(1 + (root·spacing)²/4): by 1e-3 less. It is 5 % of
    // the mean, which is off by 5e-5.
    EXPECT_NEAR(peak->mean, 318.15 + mean_left, 1e-4 * mean_left);
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
    EXPECT_THROW((void)chip_thermal::run_job(chosen), chip_thermal::usage_error);
    chosen = small(folder);
    chosen.ambient = 1e308;
    EXPECT_THROW((void)chip_thermal::run_job(chosen), chip_thermal::input_error);
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
    // As above with h = 62.5 um and a shift of 2e6 per m²: 1000 ε = 2e-13, and 1e-10 is what the job asks of its
    // solves.
    EXPECT_LE(two.worst_balance_error, 1e-10);
    EXPECT_TRUE(files_with(chosen, 1) == files_with(chosen, 2));
}
