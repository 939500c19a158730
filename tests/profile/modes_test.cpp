// SPDX-License-Identifier: MIT
// How scopes are recorded: counted, sampled, timed, precise, off; and demoted when they cost too much.
#include "profile/recorder.hpp"
#include "profiled.hpp"

#include <poise/profile/report.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <source_location>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace poise::profile {
namespace {

using modes = profiled;

TEST_F(modes, CountedScopesHaveCallsAndNoTime) {
    for (int i = 0; i < 100; ++i) {
        scope const counted{"counted", mode::counted};
        scope const inner{"inner", mode::counted};
    }
    report const r;
    EXPECT_EQ(r.find("counted")->calls, 100U);
    EXPECT_EQ(r.find("counted")->timed_calls, 0U);
    EXPECT_EQ(r.find("counted")->inclusive_s, 0.0);
    EXPECT_EQ(r.find("counted")->recorded, mode::counted);
    EXPECT_EQ(r.find("counted/inner")->calls, 100U);
    EXPECT_EQ(r.overhead_s(), 200 * r.data().counted_cost_s);
}

TEST_F(modes, TheTimeBelowACountedScopeIsNotLostToTheOneAround) {
    {
        scope const outer{"outer"};
        scope const counted{"counted", mode::counted};
        scope const inner{"inner"};
    }
    report const r;
    EXPECT_NEAR(r.find("outer")->inclusive_s, r.find("outer")->exclusive_s + r.find("outer/counted/inner")->inclusive_s,
                1e-12);
}

TEST_F(modes, OfSampledScopesTheFirst16AndThenOneOf16AreTimed) {
    constexpr std::uint64_t calls = 16 + 16 * 1000;
    for (std::uint64_t i = 0; i < calls; ++i) scope const sampled{"sampled", mode::sampled};
    report const r;
    EXPECT_EQ(r.find("sampled")->calls, calls);
    EXPECT_EQ(r.find("sampled")->timed_calls, 16U + 1000U);  // one of each block, at whatever place
}

TEST_F(modes, ShortSampledScopesAreExact) {
    for (int i = 0; i < 10; ++i) scope const sampled{"sampled", mode::sampled};
    report const r;
    EXPECT_EQ(r.find("sampled")->timed_calls, 10U);
}

TEST_F(modes, OffScopesAreNotThere) {
    {
        scope const off{"off", mode::off};
        scope const inner{"inner"};
    }
    report const r;
    EXPECT_EQ(r.find("off"), nullptr);
    EXPECT_NE(r.find("inner"), nullptr);
}

TEST_F(modes, ThoseOfTheProgramHoldForScopesThatStateNone) {
    enable({.scopes = mode::counted});
    { scope const plain{"plain"}; }
    { scope const stated{"stated", mode::precise}; }
    EXPECT_EQ(report().find("plain")->recorded, mode::counted);
    EXPECT_EQ(report().find("stated")->recorded, mode::precise);
    enable({.scopes = mode::precise});
    { scope const plain{"plain"}; }
    report const r;
    EXPECT_EQ(r.find("plain")->recorded, mode::precise);
    EXPECT_EQ(r.find("plain")->timed_calls, 1U);
    EXPECT_GT(r.find("plain")->max_s, 0.0);
}

TEST_F(modes, AreToldByName) {
    auto const enter_both = [] {
        { scope const known{"known"}; }
        { scope const stated{"stated", mode::timed}; }
    };
    enter_both();
    set_mode("known", mode::off);
    set_mode("stated", mode::counted);
    set_mode("later", mode::counted);
    enter_both();
    { scope const later{std::string{"later"}}; }
    report const r;
    EXPECT_EQ(r.find("known")->calls, 1U);
    EXPECT_EQ(r.find("stated")->calls, 2U);
    EXPECT_EQ(r.find("stated")->timed_calls, 1U);
    EXPECT_EQ(r.find("later")->timed_calls, 0U);
    for (char const* name : {"known", "stated", "later"}) set_mode(name, mode::automatic);
    enter_both();
    EXPECT_EQ(report().find("known")->calls, 2U);
    EXPECT_EQ(report().find("stated")->timed_calls, 2U);
}

TEST_F(modes, ToldOfAnotherThreadsScopesTakeEffect) {
    std::thread{[] { scope const theirs{"theirs"}; }}.join();
    set_mode("theirs", mode::off);
    std::thread{[] { scope const theirs{"theirs"}; }}.join();
    EXPECT_EQ(report().find("theirs")->calls, 1U);
    set_mode("theirs", mode::automatic);
}

TEST_F(modes, NamesThatCannotBeScopesAreRefused) {
    EXPECT_THROW(set_mode("", mode::off), std::invalid_argument);
    EXPECT_THROW(set_mode(std::string(256, 'x'), mode::off), std::invalid_argument);
}

TEST_F(modes, OptionsThatMakeNoSenseAreRefused) {
    EXPECT_THROW(enable({.scopes = mode::automatic}), std::invalid_argument);
    EXPECT_THROW(enable({.scopes = mode::off}), std::invalid_argument);
    EXPECT_THROW(enable({.overhead_budget = -0.1}), std::invalid_argument);
    EXPECT_THROW(enable({.overhead_budget = std::numeric_limits<double>::quiet_NaN()}), std::invalid_argument);
    EXPECT_TRUE(enabled());
}

// Empty scopes in a loop cost about all of the time: the budget is passed as soon as there are enough calls to tell.
TEST_F(modes, AScopeThatCostsMoreThanTheBudgetIsDemotedAndNamed) {
    enable({.trace = false, .overhead_budget = 0.02});
    constexpr std::uint64_t calls = 300'000;
    for (std::uint64_t i = 0; i < calls; ++i) scope const hot{"hot"};
    { scope const rare{"rare"}; }
    report const r;
    EXPECT_TRUE(r.find("hot")->demoted);
    EXPECT_EQ(r.find("hot")->recorded, mode::sampled);
    EXPECT_EQ(r.find("hot")->calls, calls);
    EXPECT_GE(r.find("hot")->timed_calls, 65536U);
    EXPECT_LT(r.find("hot")->timed_calls, 100'000U);
    EXPECT_FALSE(r.find("rare")->demoted);
    EXPECT_NE(r.text().find("because they cost more than 2 %:\n  hot\n"), std::string::npos) << r.text();
    reset();
    { scope const hot{"hot"}; }
    EXPECT_FALSE(report().find("hot")->demoted);
}

TEST_F(modes, TimeWithProfilingOffIsNoBudget) {
    disable();
    std::this_thread::sleep_for(std::chrono::milliseconds{300});
    enable({.trace = false});
    for (int i = 0; i < 150'000; ++i) scope const hot{"hot after a pause"};
    EXPECT_TRUE(report().find("hot after a pause")->demoted);
}

TEST_F(modes, EnablingAnewTimesDemotedScopesAgain) {
    enable({.trace = false});
    for (int i = 0; i < 150'000; ++i) scope const hot{"demoted once"};
    EXPECT_TRUE(report().find("demoted once")->demoted);
    enable({.trace = false, .overhead_budget = 1.0});
    EXPECT_FALSE(report().find("demoted once")->demoted);
}

TEST_F(modes, TimesOfWhichAPartIsMissingAreMarked) {
    auto const enter = [] { scope const changed{"changed"}; };
    for (int i = 0; i < 10; ++i) enter();
    enable({.scopes = mode::counted});
    for (int i = 0; i < 10; ++i) enter();
    EXPECT_NE(report().text().find("> at least: only some of the calls were timed"), std::string::npos);
}

TEST_F(modes, NoScopeIsDemotedWithoutABudgetNorOneThatStatesItsMode) {
    enable({.trace = false, .overhead_budget = 1.0});
    for (int i = 0; i < 150'000; ++i) scope const unlimited{"unlimited"};
    enable({.trace = false, .overhead_budget = 0.0});
    for (int i = 0; i < 150'000; ++i) scope const stated{"stated", mode::timed};
    EXPECT_FALSE(report().find("unlimited")->demoted);
    EXPECT_FALSE(report().find("stated")->demoted);
}

TEST_F(modes, WorkIsAddedUp) {
    for (int i = 0; i < 10; ++i) {
        scope timing{"work"};
        timing.bytes(1000).flops(50);
        timing.bytes(24);
    }
    {
        scope counted{"counted", mode::counted};
        counted.flops(7);
    }
    report const r;
    EXPECT_EQ(r.find("work")->moved_bytes, 10240.0);
    EXPECT_EQ(r.find("work")->flops, 500.0);
    EXPECT_EQ(r.find("counted")->flops, 7.0);
    EXPECT_NE(r.text().find("Gflop/s"), std::string::npos);
}

TEST_F(modes, PlacesInTheSourceAreKept) {
    unsigned const line = __LINE__ + 1;
    { scope const here{"here"}; }
    { scope const copied{std::string{"copied"}}; }
    { scope const function{std::source_location::current()}; }
    report const r;
    EXPECT_EQ(r.find("here")->line, line);
    EXPECT_TRUE(r.find("here")->file.ends_with("modes_test.cpp")) << r.find("here")->file;
    EXPECT_EQ(r.find("copied")->line, line + 1);
    auto const& last = r.root().children;
    EXPECT_TRUE(std::ranges::any_of(last, [&](scope_statistics const& s) {
        return s.name.find("TestBody") != std::string::npos && s.line == line + 2;
    }));
}

// A record with a clock of the test's own.
class estimates : public testing::Test {
protected:
    detail::frame* enter_at(detail::ticks start, char const* name, mode how) {
        detail::traits const here = detail::traits_of(0, category::phase, how);
        auto const size = static_cast<unsigned>(std::string_view{name}.size());
        return detail::open_at(*state, {name, size, "", here, detail::literal_key(name, here)},
                               detail::enabled_bit | static_cast<unsigned>(mode::timed) << detail::mode_shift, start);
    }
    detail::node const& find(std::string_view name) const {
        detail::node const* found = nullptr;
        state->tree().each([&](detail::node const& n) {
            if (std::string_view{n.name, n.name_size} == name) found = &n;
        });
        return *found;
    }

    detail::thread_state* state = detail::thread_state::make();
};

// Calls of 100 ticks but for every fourth, of 1100: a rhythm that a fixed step of 16 would see nothing of, or all.
TEST_F(estimates, OfARhythmAreOfTheWholeOfIt) {
    constexpr int calls = 160'016;
    detail::ticks clock = 1000;
    for (int i = 0; i < calls; ++i) {
        detail::frame* const entered = enter_at(clock, "rhythm", mode::sampled);
        clock += i % 4 == 0 ? 1100 : 100;
        state->close(entered, clock);
    }
    detail::node const& n = find("rhythm");
    EXPECT_EQ(n.exact.calls.load(), 16U);
    EXPECT_EQ(n.sampled.calls.load(), 10'000U);
    double const mean = static_cast<double>(n.sampled.inclusive.load()) / 10'000.0;
    // 10⁴ draws of 100 or 1100 with probability 3/4 and 1/4: their mean has a standard deviation of 4.33.
    EXPECT_NEAR(mean, 350.0, 6 * 4.33);
}

TEST_F(estimates, DurationsAreCountedOneByOne) {
    for (detail::ticks const t : {0U, 1U, 7U, 8U, 100U, 100U, 5000U})
        state->close(enter_at(10, "d", mode::timed), 10 + t);
    std::vector<std::uint64_t> counts(detail::duration_buckets::n_buckets);
    find("d").lasting.each(state->tree().pool(), [&](std::size_t bucket, std::uint64_t n) { counts[bucket] += n; });
    for (detail::ticks const t : {0U, 1U, 7U, 8U, 5000U})
        EXPECT_EQ(counts[detail::duration_buckets::index(t)], 1U) << t;
    EXPECT_EQ(counts[detail::duration_buckets::index(100)], 2U);
}

TEST_F(estimates, AClosedScopeMayHaveUntimedOnesAndTimedOnesAbove) {
    detail::frame* const outer = enter_at(100, "outer", mode::timed);
    detail::frame* const counted = enter_at(0, "counted", mode::counted);
    (void)enter_at(120, "inner", mode::timed);
    state->close(outer, 200);  // the others were never left
    (void)counted;
    EXPECT_EQ(state->depth(), 0U);
    EXPECT_EQ(find("inner").exact.inclusive.load(), 80U);
    EXPECT_EQ(find("outer").exact.exclusive.load(), 20U);
    EXPECT_EQ(find("counted").exact.calls.load(), 0U);
}

TEST(Percentiles, OfAReportAreWithinABucketOfTheTruth) {
    enable({.trace = false, .overhead_budget = 1.0});
    reset();
    // 99 calls that do nothing and one that waits.
    for (int i = 0; i < 100; ++i) {
        scope const timing{"mostly short"};
        if (i == 50) std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    report const r;
    disable();
    scope_statistics const& s = *r.find("mostly short");
    EXPECT_LE(s.min_s, s.p50_s);
    EXPECT_LE(s.p50_s, s.p90_s);
    EXPECT_LE(s.p90_s, s.p99_s);
    EXPECT_LE(s.p99_s, s.max_s);
    EXPECT_GE(s.max_s, 5e-3);
    EXPECT_LT(s.p50_s, 5e-3);
    EXPECT_LT(s.p90_s, 5e-3);
}

// Last, because it renumbers the lines: 256 of them apart.
TEST_F(modes, EqualNamesOnLinesFarApartNest) {
    scope const outer{"same"};
#line 551
    scope const inner{"same"};
    EXPECT_NE(report().find("same/same"), nullptr);
}

}  // namespace
}  // namespace poise::profile
