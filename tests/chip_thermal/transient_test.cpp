// SPDX-License-Identifier: MIT
#include "chip_thermal/transient.hpp"

#include "chip_thermal/model.hpp"
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
    chosen.transient = true;
    chosen.cells = 48;
    chosen.threads = 2;
    chosen.output = folder.path("out");
    return chosen;
}

// Rows of numbers from transient.csv, the names left out.
std::vector<std::vector<double>> rows_of(std::string const& path) {
    std::vector<std::vector<double>> rows;
    std::istringstream in{content_of(path)};
    std::string line, cell;
    std::getline(in, line);
    while (std::getline(in, line)) {
        rows.emplace_back();
        std::istringstream cells{line};
        while (std::getline(cells, cell, ',')) rows.back().push_back(std::stod(cell));
    }
    return rows;
}

constexpr double of_six_digits = 0.51e-6;  // what rounding to six digits after the point leaves

}  // namespace

TEST(Transient, WritesATableAPictureAndASeries) {
    temporary_folder const folder;
    auto const result = chip_thermal::run_transient(small(folder));
    ASSERT_EQ(result.files.size(), 3u);
    auto const rows = rows_of(result.files[0]);
    ASSERT_EQ(rows.size(), 49u);
    for (std::size_t s = 0; s < rows.size(); ++s) {
        ASSERT_EQ(rows[s].size(), 25u);
        EXPECT_NEAR(rows[s][0], 0.01 * static_cast<double>(s), 1e-12);
    }
    EXPECT_TRUE(std::ranges::all_of(rows[0].begin() + 1, rows[0].end(), [](double T) { return T == 318.15; }));
    EXPECT_EQ(content_of(result.files[1]).substr(1, 3), "PNG");
    auto const series = content_of(result.files[2]);
    EXPECT_NE(series.find("timestep=\"0.48\""), std::string::npos) << series;
    EXPECT_NE(series.find("transient_0011.vti"), std::string::npos);
    EXPECT_TRUE(std::filesystem::exists(folder.path("out/transient_0011.vti")));
    EXPECT_FALSE(std::filesystem::exists(folder.path("out/transient_0012.vti")));
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator{folder.path("out")}, {}), 15);
}

// The defect is of sums over 48 x 40 cells and of three transforms, each of some ten operations a cell one after the
// other: ε times some hundreds.
TEST(Transient, KeepsTheEnergyBalance) {
    temporary_folder const folder;
    EXPECT_LE(chip_thermal::run_transient(small(folder)).worst_balance_error, 1e-13);
}

// One block, evenly powered: T = T_ambient + R P (1 − exp(−t/τ)) everywhere, τ = c d R A, and then on from there.
TEST(Transient, GivesTheLumpedTemperatureOfAnEvenlyPoweredDie) {
    temporary_folder const folder;
    auto chosen = small(folder);
    chosen.interval = 3e-3;
    chosen.floorplan = folder.write("one.flp", "all 0.01 0.008 0 0\n");
    chosen.power = folder.write("one.ptrace", "all\n20\n20\n0\n");
    auto const result = chip_thermal::run_transient(chosen);
    double const tau = 1.63e6 * 0.15e-3 * 0.1 * 0.01 * 0.008;
    EXPECT_NEAR(result.time_constant, tau, 1e-12 * tau);
    double const warm = 2.0 * -std::expm1(-6e-3 / tau);
    auto const rows = rows_of(result.files[0]);
    ASSERT_EQ(rows.size(), 4u);
    EXPECT_NEAR(rows[1][1], 318.15 + 2.0 * -std::expm1(-3e-3 / tau), of_six_digits);
    EXPECT_NEAR(rows[2][1], 318.15 + warm, of_six_digits);
    EXPECT_NEAR(rows[3][1], 318.15 + warm * std::exp(-3e-3 / tau), of_six_digits);
    EXPECT_NEAR(result.moments[2].steady, 318.15, 1e-9);
    EXPECT_NEAR(result.moments[2].farthest_mean, warm * std::exp(-3e-3 / tau), 1e-9);
}

// After 100 time constants e⁻¹⁰⁰ is left of what was there before; the steady solves leave 2e-10 of a rise of some
// 10 K in the mean, and in a cell sqrt(48 x 40) times as much at most.
TEST(Transient, ComesToTheSteadyTemperatures) {
    temporary_folder const folder;
    auto chosen = small(folder);
    chosen.interval = 100 * 1.63e6 * 0.15e-3 * 0.1 * 0.012 * 0.010;
    auto const result = chip_thermal::run_transient(chosen);
    ASSERT_EQ(result.moments.size(), 48u);
    for (auto const& each : result.moments) {
        EXPECT_LE(each.farthest_mean, 2e-9) << each.t;
        EXPECT_NEAR(each.highest, each.steady, 44 * 2e-9) << each.t;
    }
}

// What one sample of 20 ms does, two of 10 ms do: nothing is lost between samples.
TEST(Transient, DoesNotDependOnHowTimeIsCut) {
    temporary_folder const folder;
    auto chosen = small(folder);
    chosen.floorplan = folder.write("two.flp", "left 0.005 0.01 0 0\nright 0.005 0.01 0.005 0\n");
    chosen.power = folder.write("whole.ptrace", "left right\n10 0\n1 5\n");
    chosen.interval = 20e-3;
    auto const whole = rows_of(chip_thermal::run_transient(chosen).files[0]);
    chosen.power = folder.write("halves.ptrace", "left right\n10 0\n10 0\n1 5\n1 5\n");
    chosen.interval = 10e-3;
    auto const halves = rows_of(chip_thermal::run_transient(chosen).files[0]);
    ASSERT_EQ(halves.size(), 5u);
    for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(whole[i][c], halves[2 * i][c], 2 * of_six_digits);
    EXPECT_GT(whole[1][1], whole[1][2] + 0.1) << "the powered half is the warmer one";
}

TEST(Transient, DoesNotDependOnTheNumberOfThreads) {
    temporary_folder const folder;
    auto chosen = small(folder);
    std::vector<std::string> first;
    for (std::size_t const threads : {1u, 2u, 3u}) {
        chosen.threads = threads;
        poise::linear::default_operator_cache().clear();
        std::vector<std::string> contents;
        for (auto const& file : chip_thermal::run_transient(chosen).files) contents.push_back(content_of(file));
        contents.push_back(content_of(folder.path("out/transient_0011.vti")));
        if (first.empty()) first = contents;
        EXPECT_TRUE(contents == first) << threads << " threads";
    }
}

TEST(Transient, KeepsAsManyFramesAsThereAreSamplesAtMost) {
    temporary_folder const folder;
    auto chosen = small(folder);
    chosen.floorplan = folder.write("one.flp", "all 0.01 0.008 0 0\n");
    chosen.power = folder.write("one.ptrace", "all\n20\n20\n0\n");
    (void)chip_thermal::run_transient(chosen);
    EXPECT_TRUE(std::filesystem::exists(folder.path("out/transient_0002.vti")));
    EXPECT_FALSE(std::filesystem::exists(folder.path("out/transient_0003.vti")));
    chosen.output = folder.path("single");
    chosen.frames = 1;
    auto const result = chip_thermal::run_transient(chosen);
    EXPECT_NE(content_of(result.files[2]).find("timestep=\"0.03\""), std::string::npos) << "the last one";
    EXPECT_FALSE(std::filesystem::exists(folder.path("single/transient_0001.vti")));
}

TEST(Transient, RefusesAnIntervalThatIsNothingBesideTheTimeConstant) {
    temporary_folder const folder;
    auto chosen = small(folder);
    for (double const interval : {1e-12, 1e9}) {
        chosen.interval = interval;
        auto const message = message_of<chip_thermal::usage_error>([&] { (void)chip_thermal::run_transient(chosen); });
        EXPECT_NE(message.find("within 0.00293 s, and --interval is 1e"), std::string::npos) << message;
    }
    chosen.interval = 10e-3;
    chosen.heat_capacity = 1e300;
    EXPECT_THROW((void)chip_thermal::run_transient(chosen), chip_thermal::usage_error);
    chosen.heat_capacity = 1e-320;
    EXPECT_THROW((void)chip_thermal::run_transient(chosen), chip_thermal::usage_error);
    EXPECT_FALSE(std::filesystem::exists(folder.path("out")));
}

TEST(Transient, PrintsAShortTableWithTheHottestMoment) {
    temporary_folder const folder;
    auto const result = chip_thermal::run_transient(small(folder));
    std::ostringstream out;
    out << result;
    auto const text = out.str();
    EXPECT_LE(std::ranges::count(text, '\n'), 1 + 20 + 3);
    auto const hottest = std::ranges::max_element(result.moments, {}, &chip_thermal::moment::highest);
    auto const line = text.find("  hottest\n");
    ASSERT_NE(line, std::string::npos);
    EXPECT_NE(text.rfind(hottest->hottest_block, line), std::string::npos);
    EXPECT_NE(text.find("       480  "), std::string::npos) << "the end\n" << text;
    EXPECT_NE(text.find("energy balance"), std::string::npos);
}

// Of the real trace: a die of 6.3 ms is 1 − e^(−10/6.3) = 80 % on its way after each sample.
TEST(Transient, FollowsTheRealTrace) {
    if (std::string{POISE_TEST_DATA}.empty()) GTEST_SKIP() << "POISE_TEST_DATA names no folder with ev6/";
    temporary_folder const folder;
    auto chosen = small(folder);
    chosen.floorplan = POISE_TEST_DATA "/ev6/ev6.flp";
    chosen.power = POISE_TEST_DATA "/ev6/gcc.ptrace";
    chosen.cells = 128;
    auto const result = chip_thermal::run_transient(chosen);
    ASSERT_EQ(result.moments.size(), 100u);
    EXPECT_NEAR(result.time_constant, 1.63e6 * 0.15e-3 * 0.1 * 0.016 * 0.016, 1e-9);
    EXPECT_LE(result.worst_balance_error, 1e-12);
}
