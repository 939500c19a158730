// SPDX-License-Identifier: MIT
#include "profile/clock.hpp"

#include <gtest/gtest.h>

namespace poise::profile::detail {
namespace {

TEST(Clock, GoesForward) {
    choose_clock();
    ticks last = now();
    for (int i = 0; i < 1000; ++i) {
        ticks const next = now();
        ASSERT_GE(next, last);
        last = next;
    }
}

TEST(Timescale, AgreesWithTheMonotonicClock) {
    choose_clock();
    anchor const origin = drop_anchor();
    timescale const scale{origin};
    anchor const later = drop_anchor();
    auto const expected = static_cast<double>(later.ns - origin.ns);
    // An anchor is off by at most the two readings around it, well under 10 µs even on a busy machine's quietest of
    // five; the rate was taken over 1 ms or more.
    EXPECT_NEAR(static_cast<double>(scale.nanoseconds_at(later.at)), expected, 2e-2 * expected + 1e4);
    EXPECT_NEAR(scale.seconds(later.at - origin.at) * 1e9, expected, 2e-2 * expected + 1e4);
}

TEST(Timescale, PutsWhatLiesBeforeTheOriginAtZero) {
    choose_clock();
    anchor const origin = drop_anchor();
    timescale const scale{origin};
    EXPECT_EQ(scale.nanoseconds_at(origin.at), 0U);
    EXPECT_EQ(scale.nanoseconds_at(origin.at - 1000), 0U);
}

}  // namespace
}  // namespace poise::profile::detail
