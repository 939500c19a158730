// SPDX-License-Identifier: MIT
// profile::memory for one block of code, the heap over time, and the places that allocate.
#include "profiled.hpp"

#include <poise/profile/memory.hpp>
#include <poise/profile/report.hpp>

#include <gtest/gtest.h>

#include <malloc.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <new>
#include <sstream>
#include <thread>
#include <vector>

namespace poise::profile {
namespace {

struct release {
    void operator()(void* block) const { ::operator delete(block); }
};
using block = std::unique_ptr<void, release>;

// Through a pointer the compiler cannot see through, so that it leaves none out.
block make_block(std::size_t size) {
    void* (*const volatile allocate)(std::size_t) = ::operator new;
    return block{allocate(size)};
}
std::uint64_t bytes_of(block const& b) { return ::malloc_usable_size(b.get()); }

class memory_blocks : public testing::Test {
protected:
    void SetUp() override {
        if (!hooks_in_effect()) GTEST_SKIP() << "a sanitizer owns the heap";
        disable();
        reset();
    }
};

TEST_F(memory_blocks, AreMeasuredWithProfilingOff) {
    block kept;
    memory const used;
    std::uint64_t first = 0, second = 0;
    {
        block const gone = make_block(10'000);
        first = bytes_of(gone);
        kept = make_block(3000);
        second = bytes_of(kept);
    }
    memory_block const found = used.so_far();
    EXPECT_TRUE(found.measured);
    EXPECT_EQ(found.allocations, 2U);
    EXPECT_EQ(found.allocated_bytes, first + second);
    EXPECT_EQ(found.peak_bytes, first + second);
    EXPECT_EQ(found.retained_bytes, static_cast<std::int64_t>(second));
    std::ostringstream text;
    text << found;
    EXPECT_EQ(text.str(), "2 allocations, 12.70 KiB, peak 12.70 KiB, retained 2.93 KiB");
    EXPECT_FALSE(enabled());
}

TEST_F(memory_blocks, NothingIsCountedAfterTheLast) {
    std::uint64_t const before = process_memory_usage().allocations;
    {
        memory const used;
        memory const inner;
        (void)make_block(100);
        EXPECT_EQ(inner.so_far().allocations, 1U);
        EXPECT_EQ(used.so_far().allocations, 1U);
    }
    (void)make_block(100);
    EXPECT_EQ(process_memory_usage().allocations, before + 1);
}

TEST_F(memory_blocks, NestWithEachOtherAndWithScopes) {
    enable({.memory = true});
    memory const outer;
    { block const large = make_block(100'000); }
    {
        scope const timing{"scope"};
        memory const inner;
        { block const small = make_block(1000); }
        EXPECT_LT(inner.so_far().peak_bytes, 2000U);
    }
    EXPECT_GE(outer.so_far().peak_bytes, 100'000U);
    EXPECT_LT(report().find("scope")->peak_bytes, 2000U);
    EXPECT_GE(report().find("scope")->peak_bytes, 1000U);
}

TEST_F(memory_blocks, ThatReleaseMoreThanTheyTakeSaySo) {
    block old = make_block(50'000);
    memory const used;
    old.reset();
    EXPECT_LE(used.so_far().retained_bytes, -50'000);
    std::ostringstream text;
    text << used.so_far();
    EXPECT_NE(text.str().find("released 48."), std::string::npos) << text.str();
}

TEST_F(memory_blocks, LookedAtFromAnotherThreadAreNothing) {
    memory const used;
    (void)make_block(100);
    memory_block seen{true};
    std::thread{[&] { seen = used.so_far(); }}.join();
    EXPECT_EQ(seen, memory_block{});
}

TEST_F(memory_blocks, TheHeapOverTimeHasItsPeak) {
    enable({.memory = true});
    reset();
    std::vector<block> held;
    for (int i = 0; i < 64; ++i) held.push_back(make_block(1 << 20));
    held.clear();
    report const r;
    disable();
    auto const& points = r.data().memory_over_time;
    ASSERT_GE(points.size(), 2U);
    std::uint64_t highest = 0;
    double last = 0.0;
    for (memory_point const& p : points) {
        EXPECT_GE(p.at_s, last);
        EXPECT_LE(p.at_s, r.wall_s() + 1e-3);
        last = p.at_s;
        highest = std::max(highest, p.heap_live_bytes);
    }
    EXPECT_GE(highest, r.memory().heap_peak_bytes - (1U << 17));
    EXPECT_GE(r.memory().heap_peak_bytes, (64U << 20) - (1U << 17));
}

[[gnu::noinline]] void allocate_a_lot(std::size_t n, std::size_t size) {
    for (std::size_t i = 0; i < n; ++i) (void)make_block(size);
}

// 16384 blocks of 4 KiB: a block is looked at with probability p = 1 − exp(−4112/524288) = 0.0078, so that 128 samples
// are expected and the estimate of bytes has a relative standard deviation of √((1 − p)/(n p)) = 0.088.
TEST_F(memory_blocks, PlacesThatAllocateAreFoundAndTheirBytesEstimated) {
    enable({.memory = true, .trace = false});
    reset();
    memory const used;
    {
        scope const timing{"allocates"};
        allocate_a_lot(16384, 4096);
    }
    auto const truth = static_cast<double>(used.so_far().allocated_bytes);
    report const r;
    disable();
    double bytes = 0.0, allocations = 0.0;
    bool named = false;
    for (allocation_site const& site : r.data().allocation_sites) {
        if (site.scope != "allocates") continue;
        bytes += site.allocated_bytes;
        allocations += site.allocations;
        for (source_frame const& frame : site.stack)
            named = named || frame.function.find("allocate_a_lot") != std::string::npos;
        for (source_frame const& frame : site.stack)
            EXPECT_EQ(frame.function.find("operator new"), std::string::npos) << "machinery is left out";
    }
    EXPECT_NEAR(bytes, truth, 6 * 0.088 * truth);
    EXPECT_NEAR(allocations, 16384.0, 6 * 0.088 * 16384.0);
    EXPECT_TRUE(named);
}

// 1 200 scopes with a block of 16 MiB each, all but surely looked at: more places than are told apart.
TEST_F(memory_blocks, PlacesBeyondTheLastAreOneTogether) {
    enable({.memory = true, .trace = false});
    reset();
    for (int i = 0; i < 1200; ++i) {
        scope const timing{"scope " + std::to_string(i)};
        allocate_a_lot(1, 16 << 20);
    }
    report const r;
    disable();
    auto const& sites = r.data().allocation_sites;
    auto const elsewhere =
        std::ranges::find_if(sites, [](allocation_site const& s) { return s.stack.empty() && s.scope.empty(); });
    ASSERT_NE(elsewhere, sites.end());
    // A thread's first block sets its first mark; of the reports before, one may stand in a place too.
    EXPECT_NEAR(static_cast<double>(elsewhere->samples), 1200.0 - 1024.0, 2.0);
    double const truth = static_cast<double>(elsewhere->samples) * (16 << 20);
    EXPECT_NEAR(elsewhere->allocated_bytes, truth, 0.001 * truth);
    EXPECT_NE(r.text().find("(elsewhere)"), std::string::npos);
}

TEST_F(memory_blocks, PlacesAreForgottenByReset) {
    enable({.memory = true, .trace = false});
    allocate_a_lot(100, 1 << 20);
    auto const is_found = [] {
        report const r;
        return std::ranges::any_of(r.data().allocation_sites, [](allocation_site const& site) {
            return std::ranges::any_of(site.stack, [](source_frame const& frame) {
                return frame.function.find("allocate_a_lot") != std::string::npos;
            });
        });
    };
    EXPECT_TRUE(is_found());
    reset();
    EXPECT_FALSE(is_found());
    disable();
}

}  // namespace
}  // namespace poise::profile
