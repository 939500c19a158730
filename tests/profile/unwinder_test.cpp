// SPDX-License-Identifier: MIT
#include "profile/unwinder.hpp"

#include "profile/stack_walk.hpp"

#include <gtest/gtest.h>

#include <dlfcn.h>
#include <unwind.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <vector>

namespace poise::profile::detail {
namespace {

#if defined(POISE_HAS_CALL_FRAMES)

std::vector<std::uintptr_t> by_the_runtime() {
    std::vector<std::uintptr_t> addresses;
    auto const add = [](_Unwind_Context* context, void* to) {
        if (std::uintptr_t const address = _Unwind_GetIP(context); address != 0)
            static_cast<std::vector<std::uintptr_t>*>(to)->push_back(address);
        return _URC_NO_REASON;
    };
    _Unwind_Backtrace(add, &addresses);
    return addresses;
}

std::vector<std::uintptr_t> by_ourselves() {
    std::vector<std::uintptr_t> addresses(256);
    addresses.resize(walk_stack(addresses.data(), addresses.size()));
    return addresses;
}

// The inner frames are those of the walks themselves; the outermost that the runtime tells of has no function.
void expect_the_same_callers() {
    std::vector<std::uintptr_t> const expected = by_the_runtime();
    std::vector<std::uintptr_t> const found = by_ourselves();
    std::size_t same = 0;
    while (same < found.size() && same < expected.size() &&
           found[found.size() - 1 - same] == expected[expected.size() - 1 - same])
        ++same;
    // All but the frames within this function and those called from it.
    EXPECT_GE(same + 3, found.size());
    EXPECT_GE(same + 3, expected.size());
    EXPECT_GE(same, 3U);
}

// A stack pointer that is aligned at run time, and one that moves.
[[gnu::noinline]] void from_an_aligned_frame(int n, std::function<void()> const& then) {
    alignas(64) double values[8] = {};
    auto* const room = static_cast<char volatile*>(__builtin_alloca(static_cast<std::size_t>(n)));
    then();
    asm volatile("" ::"r"(values), "r"(room) : "memory");
}

[[gnu::noinline]] void from_a_recursion(int depth, std::function<void()> const& then) {
    if (depth == 0)
        then();
    else
        from_a_recursion(depth - 1, then);
    asm volatile("" ::: "memory");
}

TEST(Unwinder, FindsTheCallersThatTheRuntimeFinds) {
    expect_the_same_callers();
    from_an_aligned_frame(100, expect_the_same_callers);
    from_a_recursion(50, expect_the_same_callers);
    from_an_aligned_frame(3000,
                          [] { from_a_recursion(5, [] { from_an_aligned_frame(10, expect_the_same_callers); }); });
    forget_frame_rows();
    expect_the_same_callers();
}

int compare_and_check(void const* a, void const* b) {
    static bool checked = false;
    if (!checked) expect_the_same_callers();
    checked = true;
    return *static_cast<int const*>(a) - *static_cast<int const*>(b);
}

TEST(Unwinder, GoesThroughLibrariesWithoutFramePointers) {
    std::array<int, 64> numbers{};
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<int>(i * 37 % 64);
    std::qsort(numbers.data(), numbers.size(), sizeof(int), compare_and_check);
    EXPECT_TRUE(std::ranges::is_sorted(numbers));
}

TEST(Unwinder, IsLostWhereNothingIsKnown) {
    std::array<std::uintptr_t, 8> stack{};
    auto const low = reinterpret_cast<std::uintptr_t>(stack.data());
    machine_state state;
    state.set(dwarf_register::rip, low);  // no code
    state.set(dwarf_register::rsp, low);
    unwinder walker{state, {low, low + sizeof stack}};
    EXPECT_EQ(walker.address(), low);
    std::uintptr_t frame = 0;
    EXPECT_EQ(walker.find_frame(frame), unwinding::lost);
    EXPECT_EQ(walker.step(), unwinding::lost);
}

// A function that was just entered has its return address on top of the stack; nothing outside of the bounds is read.
TEST(Unwinder, StaysWithinTheStack) {
    auto const entry = reinterpret_cast<std::uintptr_t>(::dlsym(RTLD_DEFAULT, "qsort"));
    ASSERT_NE(entry, 0U);
    std::array<std::uintptr_t, 2> stack{entry + 1, 0};
    auto const low = reinterpret_cast<std::uintptr_t>(stack.data());
    machine_state state;
    state.set(dwarf_register::rip, entry);
    state.set(dwarf_register::rsp, low);
    unwinder inside{state, {low, low + sizeof(std::uintptr_t)}};
    EXPECT_EQ(inside.step(), unwinding::done);
    EXPECT_EQ(inside.address(), entry);
    EXPECT_EQ(inside.stack_pointer(), low + sizeof(std::uintptr_t));
    EXPECT_EQ(inside.step(), unwinding::lost);
    unwinder outside{state, {low + 8, low + 16}};
    EXPECT_EQ(outside.step(), unwinding::lost);
    state.registers[dwarf_register::rsp] = low + 1;
    unwinder crooked{state, {low, low + sizeof stack}};
    EXPECT_EQ(crooked.step(), unwinding::lost);
}

#endif

}  // namespace
}  // namespace poise::profile::detail
