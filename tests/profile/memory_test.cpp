// SPDX-License-Identifier: MIT
#include "profiled.hpp"

#include <poise/profile/memory.hpp>
#include <poise/profile/report.hpp>

#include <gtest/gtest.h>

#include <malloc.h>

#include <memory>
#include <new>
#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace poise::profile {
namespace {

// Blocks of the test's own, so that the compiler leaves none out and their real sizes are known.
class block {
public:
    explicit block(std::size_t size) : start_{::operator new(size)} {}
    ~block() { ::operator delete(start_); }
    block(block const&) = delete;
    block& operator=(block const&) = delete;
    [[nodiscard]] std::uint64_t bytes() const { return ::malloc_usable_size(start_); }

private:
    void* volatile start_;
};

class memory : public profiled {
protected:
    void SetUp() override {
        if (!hooks_in_effect()) GTEST_SKIP() << "a sanitizer owns the heap";
        enable({.memory = true});
        reset();
        ballast_.emplace(std::size_t{1} << 24);
    }

private:
    // So that the heap's total, which never goes below 0, does not start there in a program that frees older memory.
    std::optional<block> ballast_;
};

TEST_F(memory, CountsAllocationsBytesAndPeakOfEachScope) {
    std::uint64_t first = 0, second = 0, third = 0;
    {
        scope const outer{"outer"};
        block a{1000};
        first = a.bytes();
        {
            scope const inner{"inner"};
            block b{5000};
            second = b.bytes();
        }
        block c{3000};
        third = c.bytes();
    }
    report const r;
    EXPECT_EQ(r.find("outer/inner")->allocations, 1U);
    EXPECT_EQ(r.find("outer/inner")->allocated_bytes, second);
    EXPECT_EQ(r.find("outer/inner")->peak_bytes, second);
    EXPECT_EQ(r.find("outer")->allocations, 3U);
    EXPECT_EQ(r.find("outer")->allocated_bytes, first + second + third);
    EXPECT_EQ(r.find("outer")->peak_bytes, first + second);
}

TEST_F(memory, PeakOfAScopeCountsFromWhatWasHeldWhenItWasEntered) {
    block const before{100000};
    std::uint64_t small = 0;
    for (std::size_t const size : {std::size_t{100}, std::size_t{2000}, std::size_t{500}}) {
        scope const timing{"each"};
        block const b{size};
        small = std::max<std::uint64_t>(small, b.bytes());
    }
    { scope const timing{"nothing"}; }
    report const r;
    EXPECT_EQ(r.find("each")->peak_bytes, small);
    EXPECT_EQ(r.find("nothing")->peak_bytes, 0U);
    EXPECT_EQ(r.find("nothing")->allocations, 0U);
}

void descend(int depth) {
    scope const timing{"descend"};
    block const held{1000};
    if (depth > 1) descend(depth - 1);
}

TEST_F(memory, OfARecursionIsCountedOnce) {
    std::uint64_t const each = block{1000}.bytes();
    descend(5);
    report const r;
    EXPECT_EQ(r.find("descend")->allocations, 5U);
    EXPECT_EQ(r.find("descend")->allocated_bytes, 5 * each);
    EXPECT_EQ(r.find("descend")->peak_bytes, 5 * each);
}

// A compiler may leave out a new whose memory nobody sees.
template <class Pointer>
Pointer kept(Pointer pointer) {
    asm volatile("" : : "r"(pointer.get()) : "memory");
    return pointer;
}

TEST_F(memory, EveryFormOfNewAndDeleteIsBalanced) {
    struct alignas(256) wide {
        char bytes[512];
    };
    auto const before = process_memory_usage();
    for (int i = 0; i < 100; ++i) {
        std::vector<std::unique_ptr<int[]>> arrays;
        arrays.push_back(kept(std::make_unique<int[]>(100)));
        auto const single = kept(std::make_unique<std::string>(200, 'x'));
        auto const aligned = kept(std::make_unique<wide>());
        auto const aligned_array = kept(std::make_unique<wide[]>(3));
        ASSERT_EQ(reinterpret_cast<std::uintptr_t>(aligned.get()) % 256, 0U);
        auto const quiet = kept(std::unique_ptr<int>{new (std::nothrow) int{1}});
        auto const quiet_array = kept(std::unique_ptr<int[]>{new (std::nothrow) int[7]});
        ::operator delete(::operator new(77));
        ::operator delete (::operator new (77, std::align_val_t{64}, std::nothrow), std::align_val_t{64}, std::nothrow);
        ::operator delete[](::operator new[](77, std::nothrow), std::nothrow);
    }
    auto const after = process_memory_usage();
    EXPECT_EQ(after.heap_live_bytes, before.heap_live_bytes);
    // 6 objects, the string's and the vector's own memory, 3 by hand.
    EXPECT_EQ(after.allocations - before.allocations, 100U * 11U);
}

TEST_F(memory, ThatCannotBeHadIsReportedAsTheStandardSays) {
    std::size_t const volatile too_much = std::size_t{1} << 62;
    EXPECT_THROW(::operator delete(::operator new(too_much)), std::bad_alloc);
    EXPECT_EQ(::operator new(too_much, std::nothrow), nullptr);
    EXPECT_EQ(::operator new (too_much, std::align_val_t{128}, std::nothrow), nullptr);
}

TEST_F(memory, FreedByAnotherThreadLeavesNothingLive) {
    auto const before = process_memory_usage();
    auto owned = std::make_unique<std::vector<char>>(1 << 20);
    EXPECT_GE(process_memory_usage().heap_live_bytes, before.heap_live_bytes + (1U << 20));
    std::thread{[&] { owned.reset(); }}.join();
    // The thread object's own state is freed by the thread too.
    EXPECT_EQ(process_memory_usage().heap_live_bytes, before.heap_live_bytes);
    EXPECT_GE(process_memory_usage().heap_peak_bytes, before.heap_live_bytes + (1U << 20));
}

TEST_F(memory, OfLibrariesCountsIntoScopesAndATotalOfItsOwn) {
    auto const before = process_memory_usage();
    {
        scope const timing{"factor"};
        account_memory(1 << 20);
        account_memory(1 << 19);
        account_memory(-(1 << 19));
    }
    auto const after = process_memory_usage();
    EXPECT_EQ(after.library_live_bytes - before.library_live_bytes, 1U << 20);
    EXPECT_GE(after.library_peak_bytes, (1U << 20) + (1U << 19));
    EXPECT_EQ(after.heap_live_bytes, before.heap_live_bytes);
    report const r;
    EXPECT_EQ(r.find("factor")->peak_bytes, (1U << 20) + (1U << 19));
    EXPECT_EQ(r.find("factor")->allocations, 0U);
    account_memory(-(1 << 20));
    std::ostringstream text;
    text << r;
    EXPECT_NE(text.str().find("libraries"), std::string::npos) << text.str();
}

TEST_F(memory, IsNotCountedWhenItIsOff) {
    enable({.memory = false});
    {
        scope const timing{"off"};
        block const b{1000};
    }
    EXPECT_EQ(report().find("off")->allocations, 0U);
}

TEST_F(memory, ResetStartsTheTotalsAnew) {
    { block const b{1 << 20}; }
    reset();
    auto const usage = process_memory_usage();
    EXPECT_EQ(usage.allocations, 0U);
    EXPECT_EQ(usage.allocated_bytes, 0U);
    EXPECT_EQ(usage.heap_peak_bytes, usage.heap_live_bytes);
}

TEST_F(memory, ScopesThemselvesAllocateNothing) {
    auto const before = process_memory_usage();
    for (int i = 0; i < 1000; ++i) {
        scope const timing{"literal"};
        scope const copied{std::string_view{"copied"}};
    }
    EXPECT_EQ(process_memory_usage().allocations, before.allocations);
}

}  // namespace
}  // namespace poise::profile
