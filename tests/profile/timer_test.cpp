// SPDX-License-Identifier: MIT
#include <poise/profile/timer.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace poise::profile {
namespace {

// Sleeps at least that long by the same clock, so that "at least" is no matter of luck.
void sleep_ms(int ms) { std::this_thread::sleep_for(std::chrono::milliseconds{ms}); }

TEST(Timer, RunsFromItsConstruction) {
    timer const t;
    EXPECT_TRUE(t.running());
    double const first = t.seconds();
    sleep_ms(2);
    double const second = t.seconds();
    EXPECT_GE(first, 0.0);
    EXPECT_GE(second - first, 0.002);
}

TEST(Timer, DoesNotCountWhilePaused) {
    timer t;
    sleep_ms(2);
    t.pause();
    double const before = t.seconds();
    EXPECT_GE(before, 0.002);
    sleep_ms(2);
    EXPECT_FALSE(t.running());
    EXPECT_EQ(t.seconds(), before);
    t.pause();
    EXPECT_EQ(t.seconds(), before);
    t.resume();
    EXPECT_TRUE(t.running());
    sleep_ms(1);
    t.resume();  // changes nothing
    EXPECT_GE(t.seconds(), before + 0.001);
}

TEST(Timer, LapsAddUp) {
    timer t;
    sleep_ms(1);
    double const first = t.lap();
    EXPECT_GE(first, 0.001);
    t.pause();
    sleep_ms(1);
    double const second = t.lap();
    EXPECT_GE(second, 0.0);
    EXPECT_EQ(t.lap(), 0.0);
    EXPECT_NEAR(first + second, t.seconds(), 1e-12);  // whole nanoseconds, rounded as doubles
}

TEST(Timer, RestartsFromZeroAndGivesWhatItHad) {
    timer t;
    sleep_ms(2);
    t.lap();
    t.pause();
    double const before = t.seconds();
    EXPECT_EQ(t.restart(), before);
    EXPECT_TRUE(t.running());
    t.pause();
    EXPECT_EQ(t.lap(), t.seconds());  // the lap before the restart is forgotten
}

}  // namespace
}  // namespace poise::profile
