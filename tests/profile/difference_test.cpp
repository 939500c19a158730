// SPDX-License-Identifier: MIT
#include "snapshots.hpp"

#include <poise/profile/difference.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <sstream>
#include <string>
#include <vector>

namespace poise::profile {
namespace {

TEST(ProfileDifference, SubtractsScopesByPath) {
    auto const earlier = snapshot_of(
        2.0,
        {scope_of("run", 3, 1.5, {scope_of("solve", 6, 1.0), scope_of("idle", 1, 0.25)}), scope_of("load", 1, 0.5)});
    auto later = snapshot_of(
        5.0,
        {scope_of("run", 5, 3.5, {scope_of("solve", 10, 1.5), scope_of("idle", 1, 0.25), scope_of("new", 2, 0.75)}),
         scope_of("load", 1, 0.5)});
    later.root.children[0].max_s = 7.0;
    snapshot const d = difference(later, earlier);
    EXPECT_EQ(d.wall_s, 3.0);
    ASSERT_EQ(d.root.children.size(), 1U);  // nothing happened in "load"
    auto const& run = d.root.children[0];
    EXPECT_EQ(run.calls, 2U);
    EXPECT_EQ(run.inclusive_s, 2.0);
    EXPECT_EQ(run.exclusive_s, 0.75);
    EXPECT_EQ(run.max_s, 7.0);  // the later one's
    ASSERT_EQ(run.children.size(), 2U);
    EXPECT_EQ(run.children[0].name, "new");  // the longest first, again
    EXPECT_EQ(run.children[0].calls, 2U);
    EXPECT_EQ(run.children[1].name, "solve");
    EXPECT_EQ(run.children[1].calls, 4U);
    EXPECT_EQ(run.children[1].inclusive_s, 0.5);
    ASSERT_EQ(d.threads.size(), 1U);
    auto thread = d.threads[0].root.children;
    ASSERT_EQ(thread.size(), 1U);
    thread[0].max_s = 7.0;  // was set in the logical tree alone
    EXPECT_TRUE(thread == d.root.children);
}

TEST(ProfileDifference, OfASnapshotWithItselfIsNothing) {
    snapshot const s = full_snapshot();
    snapshot const d = difference(s, s);
    EXPECT_TRUE(d.root.children.empty());
    EXPECT_TRUE(d.threads.empty());
    EXPECT_TRUE(d.allocation_sites.empty());
    EXPECT_TRUE(d.samples.empty());
    EXPECT_TRUE(d.comparisons.empty());
    EXPECT_TRUE(d.measurements.empty());
    EXPECT_TRUE(d.memory_over_time.empty());
    EXPECT_EQ(d.wall_s, 0.0);
    EXPECT_EQ(d.calls, 0U);
    EXPECT_EQ(d.memory.allocations, 0U);
    EXPECT_EQ(d.memory.heap_peak_bytes, s.memory.heap_peak_bytes);
    EXPECT_EQ(d.resident_bytes, s.resident_bytes);
    EXPECT_TRUE(difference(s, {}) == s);
}

TEST(ProfileDifference, SubtractsMetricsSitesAndLists) {
    snapshot earlier, later;
    earlier.wall_s = 1.0;
    later.wall_s = 2.0;
    earlier.metrics = {{"a.hits", metric_kind::counter, 3.0, {}, {}, {}},
                       {"a.level", metric_kind::gauge, 5.0, {}, {}, {}}};
    later.metrics = {{"a.hits", metric_kind::counter, 10.0, {}, {}, {}},
                     {"a.level", metric_kind::gauge, 2.0, {}, {}, {}}};
    allocation_site site{{{"f", "f.cpp", 1, false}}, "run", 2, 20.0, 2000.0};
    earlier.allocation_sites = {site};
    site = {site.stack, "run", 5, 50.0, 5000.0};
    later.allocation_sites = {site, {site.stack, "other", 1, 9.0, 90.0}};
    earlier.memory_over_time = {{0.5, 100}};
    later.memory_over_time = {{0.5, 100}, {1.5, 200}};
    earlier.measurements.resize(1);
    later.measurements = earlier.measurements;
    later.measurements.emplace_back().name = "new";
    snapshot const d = difference(later, earlier);
    EXPECT_EQ(d.metrics[0].value, 7.0);
    EXPECT_EQ(d.metrics[1].value, 2.0);
    ASSERT_EQ(d.allocation_sites.size(), 2U);
    EXPECT_EQ(d.allocation_sites[0], (allocation_site{site.stack, "run", 3, 30.0, 3000.0}));
    EXPECT_EQ(d.memory_over_time, (std::vector<memory_point>{{1.5, 200}}));
    ASSERT_EQ(d.measurements.size(), 1U);
    EXPECT_EQ(d.measurements[0].name, "new");
}

TEST(ProfileDifference, CountsFromAResetInBetween) {
    auto const earlier = snapshot_of(5.0, {scope_of("run", 9, 4.0)});
    auto const later = snapshot_of(2.0, {scope_of("run", 3, 1.0)});
    EXPECT_TRUE(difference(later, earlier) == later);
    // One tree alone: a record that was reused.
    auto const longer = snapshot_of(6.0, {scope_of("run", 3, 1.0)});
    EXPECT_EQ(difference(longer, earlier).root.children.at(0).calls, 3U);
    EXPECT_EQ(difference(longer, earlier).wall_s, 1.0);
}

TEST(ProfileDifference, TellsTasksFromPhasesAndTwinsApart) {
    auto task = scope_of("solve", 5, 1.0);
    task.kind = category::task;
    auto const earlier =
        snapshot_of(2.0, {scope_of("solve", 2, 0.5), scope_of("twin", 4, 0.25), scope_of("twin", 1, 0.125)});
    auto const later =
        snapshot_of(3.0, {task, scope_of("solve", 3, 0.75), scope_of("twin", 4, 0.25), scope_of("twin", 2, 0.25)});
    snapshot const d = difference(later, earlier);
    ASSERT_EQ(d.root.children.size(), 3U);
    EXPECT_EQ(d.root.children[0].calls, 5U);
    EXPECT_EQ(d.root.children[1].calls, 1U);
    EXPECT_EQ(d.root.children[2].name, "twin");
    EXPECT_EQ(d.root.children[2].calls, 1U);
}

// A tree with n more calls here and there.
void grow(scope_statistics& s, std::mt19937_64& random, int depth) {
    for (int i = 0; i < 3; ++i) {
        std::string const name = std::to_string(random() % 5);
        auto child = std::ranges::find(s.children, name, &scope_statistics::name);
        if (child == s.children.end()) {
            s.children.emplace_back().name = name;
            child = s.children.end() - 1;
        }
        std::uint64_t const more = 1 + random() % 1000;
        child->calls += more;
        child->timed_calls += more;
        child->inclusive_s += static_cast<double>(more) * 1e-6;
        child->exclusive_s += static_cast<double>(more) * 0.5e-6;
        child->allocations += more * 7;
        if (depth != 0) grow(*child, random, depth - 1);
    }
}
void expect_sum(scope_statistics const& whole, scope_statistics const& first, scope_statistics const& second) {
    EXPECT_EQ(whole.calls, first.calls + second.calls) << whole.name;
    EXPECT_EQ(whole.allocations, first.allocations + second.allocations) << whole.name;
    scope_statistics const nothing;
    auto const find = [&](scope_statistics const& in, std::string const& name) -> scope_statistics const& {
        auto const found = std::ranges::find(in.children, name, &scope_statistics::name);
        return found == in.children.end() ? nothing : *found;
    };
    for (auto const& child : whole.children) expect_sum(child, find(first, child.name), find(second, child.name));
}

TEST(ProfileDifference, AddsUpToTheLaterOne) {
    constexpr unsigned seed = 20240611;
    std::mt19937_64 random{seed};
    for (int round = 0; round < 20; ++round) {
        snapshot earlier;
        grow(earlier.root, random, 3);
        snapshot later = earlier;
        grow(later.root, random, 3);
        expect_sum(later.root, earlier.root, difference(later, earlier).root);
    }
    RecordProperty("seed", static_cast<int>(seed));
}

TEST(ProfileChanges, AreSortedByTheChangeOfSelfTime) {
    auto const before =
        snapshot_of(3.0, {scope_of("run", 1, 2.0, {scope_of("solve", 4, 1.5)}), scope_of("gone", 1, 0.25)});
    auto const after =
        snapshot_of(2.0, {scope_of("run", 1, 1.0, {scope_of("solve", 4, 0.5)}), scope_of("a/new", 2, 0.125)});
    change_list const list = changes(before, after);
    EXPECT_EQ(list.wall_before_s, 3.0);
    EXPECT_EQ(list.wall_after_s, 2.0);
    ASSERT_EQ(list.scopes.size(), 4U);
    EXPECT_EQ(list.scopes[0], (scope_change{"run/solve", 4, 4, 1.5, 0.5, 1.5, 0.5}));
    EXPECT_EQ(list.scopes[0].change_s(), -1.0);
    EXPECT_EQ(list.scopes[1], (scope_change{"gone", 1, 0, 0.25, 0.0, 0.25, 0.0}));
    EXPECT_EQ(list.scopes[2], (scope_change{"a\\/new", 0, 2, 0.0, 0.125, 0.0, 0.125}));
    EXPECT_EQ(list.scopes[3].change_s(), 0.0);  // "run" itself did not change, what is in it did

    std::ostringstream text;
    text << list;
    EXPECT_EQ(text.str(),
              "self time by scope                     before        after       change   ratio\n"
              "(wall time)                           3.000 s      2.000 s     -1.000 s    0.67\n"
              "run/solve                             1.500 s     500.0 ms     -1.000 s    0.33\n"
              "gone                                 250.0 ms          0 s    -250.0 ms    gone\n"
              "a\\/new                                    0 s     125.0 ms    +125.0 ms     new\n"
              "… 1 more, changed less\n");
}

TEST(ProfileChanges, AreAtMost80ColumnsWide) {
    std::vector<scope_statistics> many;
    for (int i = 0; i < 30; ++i)
        many.push_back(scope_of(std::string(100, 'x') + std::to_string(i), 1, 1e-9 * std::pow(10.0, i - 8)));
    auto const before = snapshot_of(1e-12, {}), after = snapshot_of(1e12, many);
    for (auto const& list : {changes(before, after), changes(after, before)}) {
        std::ostringstream text;
        text << list;
        std::istringstream lines{text.str()};
        std::size_t n = 0;
        for (std::string line; std::getline(lines, line); ++n)
            EXPECT_LE(
                std::ranges::count_if(line, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }), 80)
                << line;
        EXPECT_EQ(n, 23U);
    }
}

}  // namespace
}  // namespace poise::profile
