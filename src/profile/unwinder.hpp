// SPDX-License-Identifier: MIT
// The callers of a function, found from the registers at any instruction: code without frame pointers too.
//
// Why not the unwinder of the compiler's runtime: it takes some 130 ns a frame, may take a lock, and believes what it
// finds. This one remembers what it looked up, is called in signal handlers, and reads nothing outside of one stack.
#pragma once

#include "profile/call_frame.hpp"

#include <array>
#include <cstdint>

namespace poise::profile::detail {

/// Registers by DWARF's numbers, as far as they are known.
struct machine_state {
    std::array<std::uintptr_t, dwarf_register::count> registers{};
    std::uint32_t known = 0;  ///< a bit per register

    void set(unsigned which, std::uintptr_t value) noexcept {
        registers[which] = value;
        known |= 1U << which;
    }
    [[nodiscard]] bool knows(unsigned which) const noexcept {
        return which < dwarf_register::count && (known >> which & 1U) != 0;
    }
};

/// Memory that may be read: [low, high).
struct address_range {
    std::uintptr_t low = 0, high = 0;
};

enum class unwinding : unsigned char {
    done,
    no_caller,  ///< the thread begins here
    lost        ///< no table covers the code, or it leads out of the stack
};

/// Async-signal-safe and reentrant once find_frame_row() was called. Cost: some 20 ns per frame seen before by any
/// thread, 300 ns otherwise. Only on x86-64 Linux; elsewhere it is always lost.
class unwinder {
public:
    unwinder(machine_state const& innermost, address_range stack) noexcept : state_{innermost}, stack_{stack} {}

    /// In the instruction that is executed, or in the call that has not returned.
    [[nodiscard]] std::uintptr_t address() const noexcept {
        return state_.registers[dwarf_register::rip] - (interrupted_ ? 0 : 1);
    }
    [[nodiscard]] std::uintptr_t stack_pointer() const noexcept { return state_.registers[dwarf_register::rsp]; }

    /// The stack pointer that the caller has after this function returned: frames of callees lie below it.
    unwinding find_frame(std::uintptr_t& frame) noexcept;
    /// Goes on to the caller. After a signal handler that ran on a stack of its own, set_stack() must follow.
    unwinding step() noexcept;
    void set_stack(address_range stack) noexcept { stack_ = stack; }
    /// The last step led from a signal handler to what it interrupted.
    [[nodiscard]] bool is_interrupted() const noexcept { return interrupted_; }

private:
    bool look_up() noexcept;
    bool load(std::uintptr_t address, std::uintptr_t& value) const noexcept;
    bool apply(frame_rule const& rule, std::uintptr_t& value, bool& is_known) const noexcept;
    bool evaluate(unsigned char const* expression, bool on_frame, std::uintptr_t& value) const noexcept;

    machine_state state_;
    address_range stack_;
    frame_row row_;
    std::uintptr_t frame_ = 0;
    bool interrupted_ = true;
    bool looked_up_ = false;
};

/// Forgets what was looked up: libraries may have been unloaded since, and others loaded in their place.
void forget_frame_rows() noexcept;

}  // namespace poise::profile::detail
