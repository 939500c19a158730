// SPDX-License-Identifier: MIT
#include "profiled.hpp"

#include <poise/profile/context.hpp>
#include <poise/profile/report.hpp>

#include <gtest/gtest.h>

#include <pthread.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <sstream>
#include <string>

namespace poise::profile {
namespace {

using reports = profiled;

std::string text_of(report const& r) {
    std::ostringstream text;
    text << r;
    return text.str();
}

// Characters, counted by the bytes that begin one.
std::size_t longest_line(std::string const& text) {
    std::istringstream lines{text};
    std::size_t longest = 0;
    for (std::string line; std::getline(lines, line);)
        longest = std::max(longest, static_cast<std::size_t>(std::ranges::count_if(
                                        line, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; })));
    return longest;
}

TEST_F(reports, AreAtMost80ColumnsWide) {
    metrics_registry registry;
    registry.counter(std::string(200, 'm')).add(1);
    registry.gauge("gauge").set(-1.0 / 3.0 * 1e-300);
    enable({.memory = true});
    std::string name(100, 'x');
    for (int depth = 0; depth < 3; ++depth) name += "äöü€𝄞";
    scope const a{name};
    scope const b{"b"};
    scope const c{"c"};
    scope const d{"d"};
    scope const e{"e"};
    scope const f{"f"};
    scope const g{"g"};
    scope const h{"h"};
    scope const i{"i"};
    scope const deep{std::string(50, 'z')};
    report const r{registry};
    EXPECT_LE(longest_line(text_of(r)), 80U) << text_of(r);
}

TEST_F(reports, CutNamesBetweenCharacters) {
    std::string name;
    for (int n = 0; n < 40; ++n) name += "ß";
    { scope const timing{name}; }
    std::string shown;
    for (int n = 0; n < 23; ++n) shown += "ß";
    EXPECT_NE(text_of(report()).find("\n" + shown + "… "), std::string::npos) << text_of(report());
}

TEST_F(reports, CannotBeMadeToMoveTheCursor) {
    { scope const timing{"\x1b[2Jcleared\n"}; }
    std::string const text = text_of(report());
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
    EXPECT_NE(text.find("?[2Jcleared?"), std::string::npos) << text;
}

TEST_F(reports, FoldTheShortestOfManySiblings) {
    for (int i = 0; i < 100; ++i) {
        scope const timing{"solve[" + std::to_string(i) + "]"};
    }
    report const r;
    std::string const text = text_of(r);
    EXPECT_NE(text.find("\n… 88 more "), std::string::npos) << text;
    // A slow run may get advice as well.
    EXPECT_LE(std::ranges::count(text.substr(0, text.find("\nwhat to do next")), '\n'), 25);
    EXPECT_EQ(r.root().children.size(), 100U);
}

TEST_F(reports, CountScopesStillOpen) {
    scope const outer{"outer"};
    scope const inner{"inner"};
    report const first;
    ASSERT_NE(first.find("outer/inner"), nullptr);
    EXPECT_GT(first.find("outer/inner")->inclusive_s, 0.0);
    EXPECT_LE(first.find("outer/inner")->inclusive_s, first.find("outer")->inclusive_s);
    EXPECT_EQ(first.find("outer")->max_s, 0.0);
    report const second;
    EXPECT_GT(second.find("outer/inner")->inclusive_s, first.find("outer/inner")->inclusive_s);
    // Exclusive and inclusive agree while running, too: three numbers rounded from ticks.
    EXPECT_NEAR(second.find("outer")->exclusive_s + second.find("outer/inner")->inclusive_s,
                second.find("outer")->inclusive_s, 1e-12);
}

template <class Body>
void run_on_small_stack(Body body) {
    constexpr std::size_t stack_bytes = 256 * 1024;
    pthread_attr_t small;
    ASSERT_EQ(::pthread_attr_init(&small), 0);
    ASSERT_EQ(::pthread_attr_setstacksize(&small, stack_bytes), 0);
    pthread_t thread{};
    auto const call = [](void* called) -> void* {
        (*static_cast<Body*>(called))();
        return nullptr;
    };
    ASSERT_EQ(::pthread_create(&thread, &small, call, &body), 0);
    ::pthread_join(thread, nullptr);
    ::pthread_attr_destroy(&small);
}

TEST_F(reports, OfDeepTreesNeedLittleStack) {
    constexpr std::size_t n_scopes = 8000;
    run_on_small_stack([&] {
        std::deque<scope> open;
        for (std::size_t i = 0; i < n_scopes; ++i) open.emplace_back(std::to_string(i));
        report const r;
        EXPECT_EQ(r.calls(), n_scopes);
        EXPECT_EQ(r.unrecorded_calls(), 0U);
        EXPECT_EQ(r.find("(other)")->calls, n_scopes - 128);
        EXPECT_NE(text_of(r).find("\n(other) "), std::string::npos);
        while (!open.empty()) open.pop_back();
    });
}

TEST_F(reports, OfLongChainsOfTasksNeedLittleStack) {
    constexpr int n_tasks = 60000;
    context last, deepest;
    run_on_small_stack([&] {
        for (int i = 0; i < n_tasks; ++i) {
            context_guard const guard{last};
            scope const task{std::to_string(i), category::task};
            last = capture();
            if (i == 127) deepest = last;
        }
    });
    // Another thread has to follow the whole path.
    run_on_small_stack([&] {
        context_guard const guard{deepest};
        scope const task{"too deep"};
        EXPECT_EQ(report().find("(other)")->calls, static_cast<std::uint64_t>(n_tasks - 128 + 1));
    });
}

TEST_F(reports, FindPathsWithSlashesInNames) {
    {
        scope const a{"a"};
        scope const slashed{"b/c"};
        scope const d{"d"};
    }
    report const r;
    EXPECT_NE(r.find("a/b/c/d"), nullptr);
    EXPECT_EQ(r.find("a/b"), nullptr);
    EXPECT_EQ(r.find(""), nullptr);
    EXPECT_EQ(r.find("a/"), nullptr);
}

TEST_F(reports, SayWhatTheProfilerCosts) {
    for (int i = 0; i < 1000; ++i) {
        scope const timing{"cheap"};
    }
    report const r;
    EXPECT_EQ(r.calls(), 1000U);
    EXPECT_GT(r.scope_cost_s(), 0.0);
    EXPECT_EQ(r.overhead_s(), 1000 * r.scope_cost_s());
    EXPECT_NE(text_of(r).find("1000 scopes, own cost"), std::string::npos) << text_of(r);
}

TEST_F(reports, ShowTheMetricsTheyAreGiven) {
    metrics_registry registry;
    registry.counter("linear.operator_cache.hits").add(99);
    std::string const text = text_of(report{registry});
    EXPECT_NE(text.find("linear.operator_cache.hits "), std::string::npos) << text;
    EXPECT_NE(text.find(" 99\n"), std::string::npos) << text;
}

TEST_F(reports, ShowTheResidentSet) {
    report const r;
    EXPECT_GT(r.resident_bytes(), 0U);
    EXPECT_GE(r.resident_peak_bytes(), r.resident_bytes());
    EXPECT_NE(text_of(r).find("resident "), std::string::npos);
}

TEST_F(reports, OrderChildrenByTime) {
    for (int i = 0; i < 10; ++i) {
        scope const timing{"short"};
    }
    {
        scope const timing{"long"};
        static_cast<void>(report());
    }
    EXPECT_EQ(report().root().children.at(0).name, "long");
}

TEST(ReportsOff, SayHowToTurnProfilingOn) {
    disable();
    reset();
    EXPECT_NE(text_of(report()).find("nothing measured; call poise::profile::enable() or set POISE_PROFILE=1"),
              std::string::npos)
        << text_of(report());
}

}  // namespace
}  // namespace poise::profile
