// SPDX-License-Identifier: MIT
#include "profile/stack_walk.hpp"

#include "profile/unwinder.hpp"

#include <unwind.h>

namespace poise::profile::detail {

#if defined(POISE_HAS_CALL_FRAMES)

std::size_t walk_stack(std::uintptr_t* into, std::size_t max) noexcept {
    // No stack we know is larger, and where it ends is expensive to find out.
    constexpr std::uintptr_t largest_stack = std::uintptr_t{1} << 30;
    std::uintptr_t rip = 0, rsp = 0, rbp = 0;
    asm volatile("leaq 0(%%rip), %0\n\tmovq %%rsp, %1\n\tmovq %%rbp, %2" : "=&r"(rip), "=&r"(rsp), "=&r"(rbp));
    machine_state here;
    here.set(dwarf_register::rip, rip);
    here.set(dwarf_register::rsp, rsp);
    here.set(dwarf_register::rbp, rbp);
    unwinder walker{here, {rsp, rsp + largest_stack}};
    std::size_t n = 0;
    while (n < max) {
        into[n++] = walker.address() + 1;
        if (walker.step() != unwinding::done) break;
    }
    return n;
}

#else

std::size_t walk_stack(std::uintptr_t* into, std::size_t max) noexcept {
    struct walk {
        std::uintptr_t* into;
        std::size_t size, max;
    } state{into, 0, max};
    auto const add = [](_Unwind_Context* context, void* to) {
        walk& w = *static_cast<walk*>(to);
        if (w.size == w.max) return _URC_END_OF_STACK;
        if (std::uintptr_t const address = _Unwind_GetIP(context); address != 0) w.into[w.size++] = address;
        return _URC_NO_REASON;
    };
    _Unwind_Backtrace(add, &state);
    return state.size;
}

#endif

}  // namespace poise::profile::detail
