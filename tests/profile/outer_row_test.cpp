// SPDX-License-Identifier: MIT
// What is done elsewhere, told afterwards, in the report and on the timeline.
#include "profile/outer_row.hpp"

#include "profile/profiled.hpp"

#include <poise/profile/control.hpp>
#include <poise/profile/report.hpp>
#include <poise/profile/trace.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

namespace poise::profile {
namespace {

using detail::outer_call, detail::outer_row;

class outer_rows : public profiled {
protected:
    outer_rows() { enable({.trace_events_per_thread = 1000}); }

    static void wait() { std::this_thread::sleep_for(std::chrono::milliseconds{12}); }
    static timeline_row const* row_of(timeline const& taken, std::string const& name) {
        auto const found = std::ranges::find(taken.rows, name, &timeline_row::name);
        return found == taken.rows.end() ? nullptr : &*found;
    }
};

TEST_F(outer_rows, AreScopesOfTheReportWithTimesAndBytes) {
    outer_row row{"gpu:0"};
    wait();
    for (int i = 0; i < 2; ++i) {
        wait();
        row.add(outer_row::moment(), 0.010,
                std::vector<outer_call>{{"down", 0.0, 0.004, 4e6}, {"up", 0.004, 0.010, 0.0}});
    }
    auto const data = report().data();
    auto const* const all = data.root.find("gpu:0");
    auto const* const down = data.root.find("gpu:0/down");
    auto const* const up = data.root.find("gpu:0/up");
    ASSERT_TRUE(all != nullptr && down != nullptr && up != nullptr);
    EXPECT_EQ(all->calls, 2U);
    EXPECT_EQ(down->calls, 2U);
    // The rate of the clock is known to some 1e-4 after these milliseconds.
    EXPECT_NEAR(all->inclusive_s, 0.020, 2e-4);
    EXPECT_NEAR(down->inclusive_s, 0.008, 2e-4);
    EXPECT_NEAR(up->inclusive_s, 0.012, 2e-4);
    EXPECT_NEAR(all->exclusive_s, 0.0, 1e-6);
    EXPECT_EQ(down->moved_bytes, 8e6);
    EXPECT_EQ(up->moved_bytes, 0.0);
}

TEST_F(outer_rows, HaveARowOfTheirNameOnTheTimeline) {
    outer_row row{"gpu:1"};
    wait();
    row.add(outer_row::moment(), 0.010, std::vector<outer_call>{{"down", 0.001, 0.004, 0.0}});
    auto const taken = take_timeline();
    auto const* const found = row_of(taken, "gpu:1");
    ASSERT_NE(found, nullptr);
    ASSERT_EQ(found->events.size(), 2U);
    EXPECT_EQ(taken.names.at(found->events[0].name), "gpu:1");
    EXPECT_EQ(taken.names.at(found->events[1].name), "down");
    EXPECT_NEAR(found->events[1].start_s - found->events[0].start_s, 0.001, 1e-4);
    EXPECT_NEAR(found->events[1].stop_s - found->events[1].start_s, 0.003, 1e-4);
    EXPECT_NE(to_trace(taken).find("\"gpu:1\""), std::string::npos);
}

TEST_F(outer_rows, NeverDoTwoThingsAtATime) {
    outer_row row{"gpu:2"};
    wait();
    auto const end = outer_row::moment();
    row.add(end, 0.010, std::vector<outer_call>{});
    row.add(end, 0.005, std::vector<outer_call>{{"none", 0.0, 0.005, 0.0}});  // no time is left for it
    wait();
    row.add(outer_row::moment(), 1.0, std::vector<outer_call>{{"some", 0.0, 2.0, 0.0}});
    auto const taken = take_timeline();
    auto const* const found = row_of(taken, "gpu:2");
    ASSERT_NE(found, nullptr);
    ASSERT_EQ(found->events.size(), 3U);
    EXPECT_GE(found->events[1].start_s, found->events[0].stop_s);
    EXPECT_EQ(found->events[2].start_s, found->events[1].start_s);
    EXPECT_EQ(found->events[2].stop_s, found->events[1].stop_s);
}

TEST_F(outer_rows, GoOnWhereOneOfTheirNameEnded) {
    for (int i = 0; i < 3; ++i) {
        outer_row row{"gpu:3"};
        wait();
        row.add(outer_row::moment(), 0.001, std::vector<outer_call>{});
    }
    auto const taken = take_timeline();
    EXPECT_EQ(std::ranges::count(taken.rows, std::string{"gpu:3"}, &timeline_row::name), 1);
    EXPECT_EQ(row_of(taken, "gpu:3")->events.size(), 3U);
}

TEST(outer_row, RecordsNothingWhereProfilingIsOff) {
    outer_row row{"gpu:4"};
    EXPECT_FALSE(outer_row::is_on());
    row.add(outer_row::moment(), 0.001, std::vector<outer_call>{{"down", 0.0, 0.001, 1.0}});
    outer_row none{"a label that is longer than rows have room for"};
    enable();
    reset();
    none.add(outer_row::moment(), 1e-6, std::vector<outer_call>{});
    disable();
    EXPECT_TRUE(report().data().root.children.empty());
    reset();
}

}  // namespace
}  // namespace poise::profile
