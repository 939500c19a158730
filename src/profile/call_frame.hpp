// SPDX-License-Identifier: MIT
// How to get from a function to its caller, as the tables that exceptions use (.eh_frame) tell.
#pragma once

#include <cstdint>

#if defined(__x86_64__) && defined(__linux__)
#include <dlfcn.h>
#if defined(DLFO_STRUCT_HAS_EH_DBASE)  // glibc 2.35 and later: _dl_find_object(), which takes no lock
#define POISE_HAS_CALL_FRAMES 1
#endif
#endif

namespace poise::profile::detail {

/// Registers by DWARF's numbers, of x86-64.
namespace dwarf_register {
inline constexpr unsigned rbp = 6, rsp = 7, rip = 16, count = 17;
}

/// Where a value is found.
struct frame_rule {
    enum class kind : unsigned char {
        unchanged,           ///< the register still has it
        undefined,           ///< nowhere; of the return address: nobody called
        at_frame,            ///< in memory, at the frame's address + offset
        at_register,         ///< in memory, at a register + offset
        register_plus,       ///< is a register + offset
        expression_address,  ///< in memory, where an expression says
        expression_value,    ///< is what an expression gives
    };
    kind how = kind::unchanged;
    unsigned char reg = 0;
    std::int32_t offset = 0;
    unsigned char const* expression = nullptr;  ///< with its length before it
};

/// The rules at one instruction. `frame` is what DWARF calls CFA: the stack pointer before the call.
struct frame_row {
    frame_rule frame{frame_rule::kind::undefined};
    frame_rule rbp;
    frame_rule return_address;
    bool is_signal_frame = false;
    std::uintptr_t function_begin = 0;
};

/// False where no table covers the address, or has what compilers do not write. Async-signal-safe once it was called.
/// Cost: a binary search and the interpretation of some 20 bytes, about 200 ns.
/// Source: DWARF 5, section 6.4; Linux Standard Base Core 5.0, chapter 10.6.
bool find_frame_row(std::uintptr_t address, frame_row& found) noexcept;

}  // namespace poise::profile::detail
