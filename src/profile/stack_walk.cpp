// SPDX-License-Identifier: MIT
#include "profile/stack_walk.hpp"

#include <unwind.h>

namespace poise::profile::detail {

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

}  // namespace poise::profile::detail
