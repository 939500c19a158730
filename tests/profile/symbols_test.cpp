// SPDX-License-Identifier: MIT
// Compiled with -g -O2, whatever the rest is: CMakeLists.txt.
#include "profile/symbols.hpp"

#include "profile/stack_walk.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

namespace poise::profile::detail {
namespace symbols_test {

using stack = std::array<std::uintptr_t, 64>;

struct walked {
    stack addresses{};
    std::size_t size = 0;
};

template <class Number>
struct outer {
    // The asm keeps what comes before the return from becoming a jump, which would leave no frame.
    [[gnu::noinline]] static void walks(walked& seen) {
        seen.size = walk_stack(seen.addresses.data(), seen.addresses.size());
        asm volatile("" ::: "memory");
    }
};

constexpr unsigned line_of_call = __LINE__ + 2;
[[gnu::always_inline]] inline void is_inlined(walked& seen) {
    outer<double>::walks(seen);
    asm volatile("" ::: "memory");
}

[[gnu::noinline]] void calls(walked& seen) {
    is_inlined(seen);
    asm volatile("" ::: "memory");
}

[[gnu::noinline]] void recurses(int depth, walked& seen) {
    if (depth == 0)
        calls(seen);
    else
        recurses(depth - 1, seen);
    asm volatile("" ::: "memory");
}

}  // namespace symbols_test

namespace {

using namespace symbols_test;

std::vector<source_frame> frames_of(walked const& seen) {
    std::vector<source_frame> frames;
    for (std::size_t i = 0; i < seen.size; ++i)
        for (source_frame const& frame : symbolise(seen.addresses[i] - 1)) frames.push_back(frame);
    return frames;
}

std::size_t position_of(std::vector<source_frame> const& frames, std::string const& part) {
    auto const found = std::ranges::find_if(
        frames, [&](source_frame const& frame) { return frame.function.find(part) != std::string::npos; });
    return static_cast<std::size_t>(found - frames.begin());
}

#define POISE_NEEDS_LIBBACKTRACE() \
    if (symbol_source() != "libbacktrace") GTEST_SKIP() << "functions of a program: " << symbol_source()

TEST(Symbols, NameTemplatesFilesAndLines) {
    POISE_NEEDS_LIBBACKTRACE();
    walked seen;
    calls(seen);
    std::vector<source_frame> const frames = frames_of(seen);
    std::size_t const at = position_of(frames, "symbols_test::outer<double>::walks(");
    ASSERT_LT(at + 2, frames.size());
    EXPECT_TRUE(frames[at].file.ends_with("symbols_test.cpp")) << frames[at].file;
    EXPECT_FALSE(frames[at].inlined);
}

TEST(Symbols, ResolveInlinedFunctionsInnermostFirst) {
    POISE_NEEDS_LIBBACKTRACE();
    walked seen;
    calls(seen);
    std::vector<source_frame> const frames = frames_of(seen);
    std::size_t const at = position_of(frames, "symbols_test::is_inlined(");
    ASSERT_LT(at + 1, frames.size());
    EXPECT_TRUE(frames[at].inlined);
    EXPECT_EQ(frames[at].line, line_of_call);
    EXPECT_TRUE(frames[at].file.ends_with("symbols_test.cpp")) << frames[at].file;
    EXPECT_NE(frames[at + 1].function.find("symbols_test::calls("), std::string::npos) << frames[at + 1].function;
    EXPECT_FALSE(frames[at + 1].inlined);
}

TEST(Symbols, AreTheSameFromAllThreads) {
    auto const address = reinterpret_cast<std::uintptr_t>(&std::qsort);
    std::vector<source_frame> const expected = symbolise(address);
    std::array<bool, 4> same{};
    std::vector<std::thread> threads;
    for (bool& one : same) threads.emplace_back([&] { one = symbolise(address) == expected; });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(std::ranges::count(same, true), 4);
}

TEST(Symbols, OfSharedLibrariesNeedNoDebugInformation) {
    ASSERT_EQ(symbolise(reinterpret_cast<std::uintptr_t>(&::getenv)).size(), 1U);
    EXPECT_NE(symbolise(reinterpret_cast<std::uintptr_t>(&::getenv)).front().function.find("getenv"),
              std::string::npos);
}

TEST(Symbols, SayWhereWhatHasNoNameStands) {
    std::vector<source_frame> const nowhere = symbolise(0x10);
    ASSERT_EQ(nowhere.size(), 1U);
    EXPECT_EQ(nowhere.front(), (source_frame{"[0x10]", "", 0, false}));
    EXPECT_EQ(symbolise(0x10), nowhere);
}

TEST(StackWalk, SeesEveryCallOfARecursion) {
    walked shallow;
    recurses(0, shallow);
    walked deep;
    recurses(10, deep);
    EXPECT_EQ(deep.size, shallow.size + 10);
    // The ten frames return to the same place.
    auto const repeated = std::ranges::adjacent_find(deep.addresses);
    ASSERT_NE(repeated, deep.addresses.end());
    EXPECT_GE(std::ranges::count(deep.addresses, *repeated), 9);
}

TEST(StackWalk, StopsAtTheRoomThereIs) {
    std::array<std::uintptr_t, 4> addresses{};
    EXPECT_EQ(walk_stack(addresses.data(), 3), 3U);
    EXPECT_NE(addresses[2], 0U);
    EXPECT_EQ(addresses[3], 0U);
    EXPECT_EQ(walk_stack(addresses.data(), 0), 0U);
}

TEST(StackWalk, EndsWhereAThreadBegins) {
    walked seen;
    std::thread{[&] { calls(seen); }}.join();
    EXPECT_GE(seen.size, 3U);
    EXPECT_LT(seen.size, seen.addresses.size());
}

}  // namespace
}  // namespace poise::profile::detail
