// SPDX-License-Identifier: MIT
#include "profiled.hpp"

#include <poise/profile/control.hpp>
#include <poise/profile/report.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace poise::profile {
namespace {

using control = profiled;

TEST_F(control, EnablingTwiceKeepsWhatWasMeasured) {
    { scope const timing{"before"}; }
    enable({.memory = true, .trace = false});
    { scope const timing{"after"}; }
    EXPECT_TRUE(enabled());
    report const r;
    EXPECT_TRUE(r.has_memory());
    EXPECT_NE(r.find("before"), nullptr);
    EXPECT_NE(r.find("after"), nullptr);
}

TEST_F(control, DisablingKeepsWhatWasMeasuredAndStopsTheClock) {
    { scope const timing{"measured"}; }
    disable();
    disable();
    EXPECT_FALSE(enabled());
    double const wall_s = report().wall_s();
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
    report const r;
    EXPECT_NE(r.find("measured"), nullptr);
    // Only the calibration of the clock differs, which is good to 1e-4 after a millisecond; a running clock would add
    // 20 ms to what is far less.
    EXPECT_LT(r.wall_s(), wall_s + 0.01);
}

TEST_F(control, ResettingForgets) {
    { scope const timing{"forgotten"}; }
    std::thread{[] { scope const timing{"forgotten elsewhere"}; }}.join();
    reset();
    report const r;
    EXPECT_EQ(r.calls(), 0U);
    EXPECT_EQ(r.threads(), 0U);
    EXPECT_TRUE(r.root().children.empty());
    EXPECT_TRUE(enabled());
}

}  // namespace
}  // namespace poise::profile
