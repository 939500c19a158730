// SPDX-License-Identifier: MIT
#include "profile/unwinder.hpp"

#include "profile/frame_expression.hpp"

#include <atomic>
#include <cstddef>

namespace poise::profile::detail {
namespace {

using kind = frame_rule::kind;

// What was found for an address, in two words that threads and signal handlers may read and write at any time: the
// first is the address, mixed with the second, so that halves of two writers match no address. Hyatt's lockless hash.
struct cached_row {
    std::atomic<std::uint64_t> check{0};
    std::atomic<std::uint64_t> row{0};
};
constexpr std::size_t n_cached = 8192;
constinit std::array<cached_row, n_cached> cache;

cached_row& place_of(std::uintptr_t address) noexcept { return cache[(address * 0x9E3779B97F4A7C15ULL) >> (64 - 13)]; }
static_assert(n_cached == 1U << 13);

// The common rows fit into a word: the frame is found from rsp or rbp, the return address is the last thing before it.
//   bits 0–3 how the frame is found, 4 whether from rbp; 5–8 how rbp is found; 9 nobody called; 10 a row at all;
//   16–39 rbp's offset; 40–63 the frame's
constexpr std::uint64_t is_row = 1U << 10, is_outermost = 1U << 9, from_rbp = 1U << 4;

bool fits(std::int32_t offset) noexcept { return -(1 << 23) <= offset && offset < (1 << 23); }

std::uint64_t packed(frame_row const& row) noexcept {
    bool const outermost = row.return_address.how == kind::undefined;
    bool const usual_return = row.return_address.how == kind::at_frame && row.return_address.offset == -8;
    bool const usual_frame = (row.frame.how == kind::register_plus || row.frame.how == kind::at_register) &&
                             (row.frame.reg == dwarf_register::rsp || row.frame.reg == dwarf_register::rbp);
    bool const usual_rbp = row.rbp.how == kind::unchanged || row.rbp.how == kind::undefined ||
                           row.rbp.how == kind::at_frame ||
                           (row.rbp.how == kind::at_register && row.rbp.reg == dwarf_register::rbp);
    if (row.is_signal_frame || !(outermost || usual_return) || !usual_rbp || !fits(row.rbp.offset)) return 0;
    if (!outermost && (!usual_frame || !fits(row.frame.offset))) return 0;
    return is_row | (outermost ? is_outermost : 0) | static_cast<std::uint64_t>(row.frame.how) |
           (row.frame.reg == dwarf_register::rbp ? from_rbp : 0) | static_cast<std::uint64_t>(row.rbp.how) << 5 |
           (static_cast<std::uint64_t>(row.rbp.offset) & 0xFFFFFF) << 16 |
           (static_cast<std::uint64_t>(row.frame.offset) & 0xFFFFFF) << 40;
}

frame_row unpacked(std::uint64_t word) noexcept {
    auto const signed_bits = [](std::uint64_t bits) {  // the upper 24 of the word
        return static_cast<std::int32_t>(static_cast<std::int64_t>(bits) >> 40);
    };
    frame_row row;
    row.frame = {static_cast<kind>(word & 0xF),
                 static_cast<unsigned char>((word & from_rbp) != 0 ? dwarf_register::rbp : dwarf_register::rsp),
                 signed_bits(word), nullptr};
    row.rbp = {static_cast<kind>(word >> 5 & 0xF), dwarf_register::rbp, signed_bits(word << 24), nullptr};
    row.return_address = {(word & is_outermost) != 0 ? kind::undefined : kind::at_frame, 0, -8, nullptr};
    return row;
}

}  // namespace

bool unwinder::look_up() noexcept {
    if (looked_up_) return true;
    std::uintptr_t const at = address();
    cached_row& place = place_of(at);
    std::uint64_t const word = place.row.load(std::memory_order_relaxed);
    if ((word & is_row) != 0 && (place.check.load(std::memory_order_relaxed) ^ word) == at) {
        row_ = unpacked(word);
        return looked_up_ = true;
    }
    if (!find_frame_row(at, row_)) return false;
    if (std::uint64_t const made = packed(row_); made != 0) {
        place.check.store(at ^ made, std::memory_order_relaxed);
        place.row.store(made, std::memory_order_relaxed);
    }
    return looked_up_ = true;
}

// Frames have red zones under the address sanitizer, and what lies between them is read here on purpose.
#if defined(__GNUC__)
[[gnu::noinline]] __attribute__((no_sanitize("address", "undefined")))
#endif
bool unwinder::load(std::uintptr_t address, std::uintptr_t& value) const noexcept {
    if (address % sizeof(std::uintptr_t) != 0 || address < stack_.low || address > stack_.high ||
        stack_.high - address < sizeof(std::uintptr_t))
        return false;
    value = *reinterpret_cast<std::uintptr_t const volatile*>(address);
    return true;
}

unwinding unwinder::find_frame(std::uintptr_t& frame) noexcept {
    if (!look_up()) return unwinding::lost;
    if (row_.return_address.how == kind::undefined) return unwinding::no_caller;
    bool is_known = false;
    if (!apply(row_.frame, frame_, is_known) || !is_known) return unwinding::lost;
    // Only a handler on a stack of its own is not below what it interrupted.
    if (!row_.is_signal_frame && (frame_ <= stack_pointer() || frame_ > stack_.high)) return unwinding::lost;
    frame = frame_;
    return unwinding::done;
}

unwinding unwinder::step() noexcept {
    std::uintptr_t unused = 0;
    if (unwinding const found = find_frame(unused); found != unwinding::done) return found;
    machine_state caller;
    bool is_known = false;
    std::uintptr_t value = 0;
    if (!apply(row_.return_address, value, is_known) || !is_known) return unwinding::lost;
    if (value == 0) return unwinding::no_caller;
    caller.set(dwarf_register::rip, value);
    caller.set(dwarf_register::rsp, frame_);
    value = state_.registers[dwarf_register::rbp];
    is_known = state_.knows(dwarf_register::rbp);
    if (row_.rbp.how != kind::unchanged && !apply(row_.rbp, value, is_known)) is_known = false;
    if (is_known) caller.set(dwarf_register::rbp, value);
    state_ = caller;
    interrupted_ = row_.is_signal_frame;
    looked_up_ = false;
    return unwinding::done;
}

bool unwinder::apply(frame_rule const& rule, std::uintptr_t& value, bool& is_known) const noexcept {
    is_known = true;
    std::uintptr_t const offset = static_cast<std::uintptr_t>(std::int64_t{rule.offset});
    switch (rule.how) {
        case kind::at_frame:
            return load(frame_ + offset, value);
        case kind::at_register:
            return state_.knows(rule.reg) && load(state_.registers[rule.reg] + offset, value);
        case kind::register_plus:
            value = state_.registers[rule.reg < dwarf_register::count ? rule.reg : 0] + offset;
            return state_.knows(rule.reg);
        case kind::expression_address:
            return evaluate(rule.expression, true, value) && load(value, value);
        case kind::expression_value:
            return evaluate(rule.expression, &rule != &row_.frame, value);
        case kind::unchanged:
        case kind::undefined:
            break;
    }
    is_known = false;
    return true;
}

void forget_frame_rows() noexcept {
    for (cached_row& row : cache) row.row.store(0, std::memory_order_relaxed);
}

bool unwinder::evaluate(unsigned char const* expression, bool on_frame, std::uintptr_t& value) const noexcept {
    auto const register_of = [this](std::uint64_t which, std::uintptr_t& to) noexcept {
        if (which >= dwarf_register::count || !state_.knows(static_cast<unsigned>(which))) return false;
        to = state_.registers[which];
        return true;
    };
    auto const from_memory = [this](std::uintptr_t address, std::uintptr_t& to) noexcept { return load(address, to); };
    frame_expression machine{register_of, from_memory};
    if (on_frame) machine.push(frame_);  // rules of registers start with the frame's address
    return machine.run(expression, value);
}

}  // namespace poise::profile::detail
